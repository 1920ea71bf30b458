"""The marker chain of ch. 3 on the glioma table, IDH from VASARI, clinical data and radiomics, apart and averaged.

python Testing/benchmarks/bench_markers.py pass [--workers 2]       one honest pass, timed
python Testing/benchmarks/bench_markers.py nested OUT [--workers 2]     5 folds, every pass inside the training patients
python Testing/benchmarks/bench_markers.py published OUT [--workers 2]  as published, leaking: ten splits of 70 and 30 %

A pass is, for each source, 1,000 forests, 1,000 models an algorithm and the best five over ten splits; its sources are
averaged. ``nested`` and ``published`` keep what is done in OUT and go on there. Tables: ../shared/data, or --data.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from oncologyai.outcome import (
    MarkerChain,
    assess_classes,
    compare_concordance,
    folds,
    judged_from,
    leaking,
    read_study,
    repeated_splits,
)
from oncologyai.workflows.outcome_tables import read_study_data

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "Resources" / "examples" / "outcome" / "glioma-idh.yaml"
SOURCES = ("vasari", "clinical", "radiomics")
SEED = 20261128


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("pass", "nested", "published"))
    parser.add_argument("out", type=Path, nargs="?", default=Path("markers"))
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--draws", type=int, default=1000)
    given = parser.parse_args(arguments)
    data = read_study_data(read_study(STUDY, data=given.data))[0].data
    chain = MarkerChain(forests=given.draws, searches=given.draws, workers=given.workers)
    {"pass": one_pass, "nested": nested, "published": published}[given.what](data, chain, given.out)


def one_pass(data, chain, _):
    """Say what a pass on all patients takes."""
    start, used = time.perf_counter(), time.process_time()
    for number, source in enumerate(SOURCES):
        here, own = time.perf_counter(), time.process_time()
        chain.fit(data.of_source(source), stream(number))
        say(source, f"{time.process_time() - own:.0f} s of processor, {time.perf_counter() - here:.0f} s")
    say("one pass", f"{time.process_time() - used:.0f} s of processor, {time.perf_counter() - start:.0f} s")


def nested(data, chain, out):
    """Fit each fold's pass on its training patients alone, and judge the others."""
    splits = folds(data, 5, np.random.default_rng(SEED))

    def fitted(source, number):
        learned = data.of_source(source).rows(splits[number].train)
        return chain.fit(learned, stream(SOURCES.index(source), number))

    def said(source, number, found):
        own = data.of_source(source)
        return found.predict(own.rows(splits[number].test)), found.predict(own.rows(splits[number].train))

    report(data, splits, out / "nested", fitted, said)


def published(data, chain, out):
    """Let filters, scaling, features and the choice of the model see who is judged, as the chapter does."""
    seen = {}
    splits = repeated_splits(data, 10, np.random.default_rng(SEED))

    def changed(source):
        if source not in seen:
            seen[source] = leaking(chain, data.of_source(source), stream(SOURCES.index(source)))
        return seen[source]

    def fitted(source, number):
        learner, own = changed(source)
        return learner.fit(own.rows(splits[number].train), stream(SOURCES.index(source), number))

    def said(source, number, found):
        own = changed(source)[1]
        return found.predict(own.rows(splits[number].test)), found.predict(own.rows(splits[number].train))

    report(data, splits, out / "published", fitted, said)


def report(data, splits, out, fitted, said):
    """Fit what is not kept yet, average, and say how well each does."""
    out.mkdir(parents=True, exist_ok=True)
    kept = {(source, n): kept_or_made(out, source, n, fitted, said) for source in SOURCES for n in range(len(splits))}
    for source in SOURCES:
        parts = [kept[source, n] for n in range(len(splits))]
        seconds = sum(part["seconds"] for part in parts)
        say(source, f"{seconds:.0f} s of processor; models: " + "; ".join(part["model"] for part in parts))
    judged = {source: judge(data, splits, [kept[source, n] for n in range(len(splits))], source) for source in SOURCES}
    pairs = {"VASARI + radiomics": ("vasari", "radiomics"), "all three": SOURCES}
    for name, sources in pairs.items():
        mean = [
            {key: np.mean([kept[source, n][key] for source in sources], axis=0) for key in ("test", "train")}
            for n in range(len(splits))
        ]
        judged[name] = judge(data, splits, mean, name)
    for name, one in judged.items():
        found = assess_classes(one, data, splits)
        figures = {key: getattr(found, key) for key in ("auc", "balanced_accuracy", "precision", "recall", "f1")}
        shown = ", ".join(f"{key} {v.value:.2f} ({v.low:.2f} to {v.high:.2f})" for key, v in figures.items())
        slope, intercept = found.calibration.slope, found.calibration.intercept
        say(name, f"{shown}, slope {slope:.2f}, intercept {intercept:.2f}, {found.confusion}")
    for source in ("vasari", "clinical", "radiomics", "VASARI + radiomics"):
        gain = compare_concordance(judged["all three"].score, judged[source].score)
        say(f"all three less {source}", f"{gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f}), p {gain.p:.2g}")


def kept_or_made(out, source, number, fitted, said):
    path = out / f"{source}-{number}.json"
    if not path.is_file():
        start = time.process_time()
        found = fitted(source, number)
        test, train = said(source, number, found)
        told = found.told()["model"]
        model = told["search"][0]["model"] if "search" in told else told["kind"]
        content = {"test": test.tolist(), "train": train.tolist(), "model": model, "kept": list(found.kept)}
        path.write_text(json.dumps(content | {"seconds": time.process_time() - start}), encoding="utf-8")
        say(f"{source}, split {number + 1}", f"{time.process_time() - start:.0f} s of processor")
    return json.loads(path.read_text(encoding="utf-8"))


def judge(data, splits, parts, name):
    tests, trains = ([np.array(part[key]) for part in parts] for key in ("test", "train"))
    return judged_from(name, data, splits, tests, [{} for _ in splits], trains)


def stream(*numbers):
    return np.random.default_rng([SEED, *numbers])


def say(what, text):
    sys.stdout.write(f"{what}: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
