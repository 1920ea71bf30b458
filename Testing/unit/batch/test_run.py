"""A batch computes each case once, survives its workers and itself, and lists what failed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from oncologyai.batch import BatchOptions, Case, State, gather, run_cases, run_recipe
from oncologyai.errors import CancelledError, InputError, MissingDependencyError

ROOT = Path(__file__).resolve().parents[3]
ONE = BatchOptions(workers=1)


def test_gathers_the_rows_of_all_cases_in_their_order(letters, tmp_path: Path) -> None:
    cases = [letters.case("b", "xx"), letters.case("a", "xyz")]
    report = run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=ONE)
    assert report.table.columns == ("patient", "case", "segment", "letters")
    assert report.table.rows == (("B", "b", "GTV-1", 2), ("A", "a", "GTV-1", 3))
    assert (report.computed, report.reused, report.failures, report.unfinished) == (2, 0, (), 0)
    assert (report.folders["a", "letters"] / "copy.txt").read_text() == "xyz"


def test_killed_workers_and_a_corrupt_file_cost_one_row_and_nothing_is_computed_twice(letters, tmp_path: Path) -> None:
    cases = [letters.case(f"c{n}", "x" * n) for n in range(1, 21)]
    cases[3] = letters.case("c4", "damaged")
    cases[7] = letters.case("c8", "x" * 8, die=1)
    cases[11] = letters.case("c12", "x" * 12, die=1)
    report = run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=ONE)
    assert len(report.table.rows) == 19
    assert [(f.case, f.kind, f.reason) for f in report.failures] == [
        ("c4", "input", "c4.txt: expected letters, got damage")
    ]
    started, ended = letters.noted("start"), letters.noted("end")
    assert sorted({*started}) == sorted(case.name for case in cases)
    assert [name for name in started if started.count(name) > 1] == ["c12", "c12", "c8", "c8"]
    assert sorted(ended) == sorted(case.name for case in cases if case.name != "c4")
    with State(tmp_path / "out") as state:
        attempts = list(state.attempts("letters"))
    assert [(case, number) for case, _, number, failure, _ in attempts if failure == "crash"] == [("c8", 1), ("c12", 1)]
    assert not list((tmp_path / "out" / "drafts").iterdir())


def test_the_same_call_again_computes_nothing(letters, tmp_path: Path) -> None:
    cases = [letters.case("a", "x"), letters.case("b", "damaged")]
    for _ in range(2):
        report = run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=ONE)
    assert (report.computed, report.reused, len(report.failures)) == (0, 1, 1)
    assert letters.noted("start") == ["a", "b"]


def test_changed_input_or_setting_is_computed_again(letters, tmp_path: Path) -> None:
    cases = [letters.case("a", "x"), letters.case("b", "damaged"), letters.case("c", "xx")]
    run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=ONE)
    letters.case("a", "xxxx"), letters.case("b", "mended")
    report = run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=ONE)
    assert [row[-1] for row in report.table.rows] == [4, 6, 2]
    assert (report.computed, report.reused) == (2, 1)
    settings = {**letters.settings, "factor": 2}
    report = run_cases(letters.step, cases, tmp_path / "out", settings=settings, options=ONE)
    assert [row[-1] for row in report.table.rows] == [8, 12, 4]


def test_equal_inputs_are_computed_once_also_in_another_batch(letters, tmp_path: Path) -> None:
    out = tmp_path / "out"
    report = run_cases(letters.step, [letters.case("a", "x")], out, settings=letters.settings, options=ONE, name="one")
    report = run_cases(letters.step, [letters.case("b", "x")], out, settings=letters.settings, options=ONE, name="two")
    assert (report.name, report.reused, report.table.rows) == ("two", 1, (("B", "b", "GTV-1", 1),))
    assert letters.noted("start") == ["a"]
    assert gather(out, "one").table.rows == (("A", "a", "GTV-1", 1),)


def test_any_error_is_a_row_and_only_what_may_end_otherwise_is_tried_again(letters, tmp_path: Path) -> None:
    cases = [
        letters.case("fault", "fault"),
        letters.case("greedy", "greedy"),
        letters.case("dies", "x", die=9),
        Case("absent", {"text": tmp_path / "absent.txt"}),
        letters.case("wrong", "x", factor="many"),
    ]
    options = BatchOptions(workers=1, retries=1)
    report = run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=options)
    assert {f.case: f.kind for f in report.failures} == {
        "fault": "fault",
        "greedy": "resources",
        "dies": "crash",
        "absent": "input",
        "wrong": "input",
    }
    reasons = {f.case: f.reason for f in report.failures}
    assert reasons["fault"] == "ZeroDivisionError: nobody thought of this"
    assert reasons["dies"] == "the worker died (signal 9); out of memory, or a fault in a library; 2 attempts"
    assert reasons["absent"].startswith("letters.text: expected an existing file or folder, got ")
    assert reasons["wrong"].startswith("letters.factor: expected a valid integer")
    assert letters.noted("start") == ["dies", "dies", "fault", "greedy", "greedy"]
    with State(tmp_path / "out") as state:
        assert "count_letters" in next(t.trace for t in state.tasks("letters", "failed") if t.case == "fault")


def test_failures_are_tried_again_when_asked(letters, tmp_path: Path) -> None:
    cases = [letters.case("a", "damaged")]
    for again in (False, False, True):
        run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=ONE, again=again)
    assert letters.noted("start") == ["a", "a"]


class _CancelAfter:
    """Progress that cancels when a number of tasks has ended."""

    def __init__(self, ended: int) -> None:
        self.ended, self.reached, self.moment = ended, False, 0.0

    def stage(self, name: str, share: float) -> None:
        if name.startswith(f"{self.ended} of") and not self.reached:
            self.reached, self.moment = True, time.monotonic()

    def cancelled(self) -> bool:
        return self.reached


def test_cancel_keeps_what_is_done_and_the_next_run_goes_on(letters, tmp_path: Path) -> None:
    out = tmp_path / "out"
    cases = [letters.case("a", "x"), letters.case("b", "xx", seconds=60.0), letters.case("c", "xxx")]
    watch = _CancelAfter(1)
    with pytest.raises(CancelledError):
        run_cases(letters.step, cases, out, settings=letters.settings, options=ONE, progress=watch)
    with State(out) as state:
        assert [task.state for task in state.tasks("letters")] == ["done", "cancelled", "cancelled"]
    assert not list((out / "drafts").iterdir())
    cases[1] = letters.case("b", "xx")
    report = run_cases(letters.step, cases, out, settings=letters.settings, options=ONE)
    assert (report.computed, report.reused) == (2, 1)


def test_a_task_that_takes_too_long_fails_and_the_rest_goes_on(letters, tmp_path: Path) -> None:
    cases = [letters.case("a", "x", seconds=600.0), letters.case("b", "xx")]
    options = BatchOptions(workers=1, time_limit_s=60.0)
    fast = BatchOptions(workers=1, time_limit_s=0.5)
    run_cases(letters.step, cases[1:], tmp_path / "out", settings=letters.settings, options=options)
    report = run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=fast)
    assert [(f.case, f.kind, f.reason) for f in report.failures][:1] == [("a", "time", "it took longer than 0.5 s")]


def test_one_process_at_a_time_works_in_a_folder(letters, tmp_path: Path) -> None:
    from oncologyai.batch.lock import try_lock

    lock = try_lock(tmp_path / "out" / "batch.lock")
    assert lock is not None
    with pytest.raises(InputError, match="another process works on"):
        run_cases(letters.step, [letters.case("a", "x")], tmp_path / "out", settings=letters.settings, options=ONE)
    lock.release()


def test_a_damaged_result_is_made_again(letters, tmp_path: Path) -> None:
    cases = [letters.case("a", "xyz")]
    report = run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=ONE)
    (report.folders["a", "letters"] / "copy.txt").unlink()
    report = run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=ONE)
    assert (report.computed, (report.folders["a", "letters"] / "copy.txt").read_text()) == (1, "xyz")


def test_steps_of_a_recipe_use_columns_and_earlier_outputs(letters, tmp_path: Path) -> None:
    letters.case("a", "xy"), letters.case("b", "damaged")
    (tmp_path / "cases.csv").write_text("case,patient,file,word\na,P1,data/a.txt,-\nb,P2,data/b.txt,+\n")
    (tmp_path / "recipe.yaml").write_text(
        f"""
name: two-steps
table: cases.csv
steps:
  - name: count
    use: letters
    with: {{text: "{{file}}", log: {json.dumps(str(letters.log))}, factor: 2}}
  - name: both
    use: join
    with: {{texts: "{{count.copy}}", word: "{{word}}"}}
"""
    )
    report = run_recipe(tmp_path / "recipe.yaml", tmp_path / "out", options=ONE)
    assert report.main == "both"
    assert report.table.rows == (("P1", "a", "xyxy"),)
    assert report.tables["count"].rows == (("P1", "a", "GTV-1", 4),)
    assert [(f.case, f.step) for f in report.failures] == [("b", "count")]
    report = run_recipe(tmp_path / "recipe.yaml", tmp_path / "out", options=ONE)
    assert (report.computed, report.reused, letters.noted("start")) == (0, 2, ["a", "b"])


def test_several_workers_without_dask_say_what_to_install(letters, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    cases = [letters.case("a", "x"), letters.case("b", "xx")]
    with pytest.raises(MissingDependencyError, match=r"oncologyai\[batch\]"):
        run_cases(letters.step, cases, tmp_path, settings=letters.settings, options=BatchOptions(workers=2))


def test_a_killed_batch_leaves_no_worker_and_goes_on(letters, tmp_path: Path) -> None:
    """The process that leads is killed in the midst of a case; another one ends the work."""
    cases = [letters.case("a", "x"), letters.case("b", "xx", seconds=1.0), letters.case("c", "xxx")]
    program = tmp_path / "lead.py"
    program.write_text(
        "import sys; sys.path[:0] = [{!r}, {!r}]\n"
        "from pathlib import Path\n"
        "from oncologyai.batch import BatchOptions, Case, Step, run_cases\n"
        "cases = [Case(n, dict(text=Path({!r}) / (n + '.txt'), seconds=600.0 * (n == 'b'))) for n in 'abc']\n"
        "step = Step('letters', 'letter_steps:count_letters', dict(copy='copy.txt'))\n"
        "run_cases(step, cases, {!r}, settings=dict(log={!r}), options=BatchOptions(workers=1))\n".format(
            str(ROOT), str(tmp_path / "modules"), str(letters.folder), str(tmp_path / "out"), str(letters.log)
        )
    )
    leader = subprocess.Popen([sys.executable, str(program)])
    _until(lambda: "b" in letters.noted("start"))
    leader.send_signal(signal.SIGKILL)
    leader.wait()
    with State(tmp_path / "out") as state:
        assert [task.state for task in state.tasks("letters")] == ["done", "running", "waiting"]
        assert len(list((tmp_path / "out" / "drafts").iterdir())) == 1
    report = run_cases(letters.step, cases, tmp_path / "out", settings=letters.settings, options=ONE)
    assert [row[-1] for row in report.table.rows] == [1, 2, 3]
    assert letters.noted("end") == ["a", "b", "c"]
    assert not list((tmp_path / "out" / "drafts").iterdir())


def _until(reached) -> None:
    end = time.monotonic() + 120
    while not reached():
        assert time.monotonic() < end
        time.sleep(0.05)
