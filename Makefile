# make demo: set up and run the main job on a synthetic study.   make test: set up and pass the tests.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
DEMO_OUT ?= demo
# Tests that start Qt run in a process of their own, without the threads of the test runner and of other libraries.
QT_TESTS := $(addprefix Testing/unit/,host panels SegmentationAI RadiomicsOutcome BoneScanClassifier) \
            $(wildcard Testing/integration/test_*_panel.py)

.PHONY: help setup setup-test demo test test-slow lint format clean

help:
	@echo "make demo        set up, then segment, measure and report a synthetic CT study into $(DEMO_OUT)/"
	@echo "make test        set up, then lint, types and the fast tests"
	@echo "make test-slow   real patients, whole commands, benchmarks' smoke runs"
	@echo "make setup       only set up what the main job needs"

setup: $(VENV)/.ready
setup-test: $(VENV)/.ready-test

$(VENV)/.ready: pyproject.toml Testing/setup/debian.sh
	PYTHON=$(PYTHON) bash Testing/setup/debian.sh run
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[scene]'
	touch $@

$(VENV)/.ready-test: $(VENV)/.ready Testing/setup/references.sh
	PYTHON=$(PYTHON) bash Testing/setup/debian.sh test
	$(BIN)/python -m pip install --quiet --disable-pip-version-check torch==2.13.0 -e '.[scene,infer,train,test]'
	bash Testing/setup/references.sh $(BIN)/python
	touch $@

demo: setup
	$(BIN)/oncology-ai run --sample ct --out $(DEMO_OUT)

lint: setup-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint
	$(BIN)/python -m pytest -m "not slow" $(QT_TESTS)
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile --max-worker-restart=0 $(QT_TESTS:%=--ignore=%)

test-slow: setup-test
	$(BIN)/python -m pytest -m slow $(PYTEST_ARGS) $(QT_TESTS)
	$(BIN)/python -m pytest -m slow $(PYTEST_ARGS) $(QT_TESTS:%=--ignore=%)

format: setup-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) $(DEMO_OUT) build .pytest_cache .mypy_cache .ruff_cache .hypothesis
