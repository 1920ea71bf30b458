"""Tasks over cases: kept, tried again, never stopped by a bad one."""

import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError
from oncologyai.progress import Silent
from oncologyai.types import Table
from oncologyai.workflows.case_run import CaseTask, link_files, run_cases

HERE = __name__


def work(folder, *, file, factor=1, progress=None):
    """Count the calls beside the file, write a product, give a row."""
    with file.with_suffix(".calls").open("a") as stream:
        stream.write("x")
    value = float(file.read_text())
    if value < 0:
        raise InputError("value", expected="one above 0", got=f"{value:g}")
    (folder / "sub").mkdir()
    (folder / "sub" / "product.txt").write_text(str(value * factor))
    return Table("t", ("value",), ((value * factor,),))


def broken(folder, *, progress=None):
    raise np.exceptions.AxisError("a fault of ours is a ValueError too")


@pytest.fixture
def three(tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "case_work", __import__("types").SimpleNamespace(work=work))
    files = []
    for name, value in (("a", 1), ("b", -1), ("c", 3)):
        files.append(tmp_path / f"{name}.txt")
        files[-1].write_text(str(value))
    return files


def tasks_of(files, **more):
    return [CaseTask(f.stem, "case_work:work", {"file": f, **more}) for f in files]


def calls_of(files):
    return [len(f.with_suffix(".calls").read_text()) for f in files]


def test_a_bad_case_is_a_reason_and_the_others_are_done(tmp_path, three):
    a, b, c = run_cases(tasks_of(three), tmp_path / "store")
    assert [o.table and o.table.rows for o in (a, b, c)] == [((1.0,),), None, ((3.0,),)]
    assert b.reason == "value: expected one above 0, got -1" and b.folder is None
    link_files(c.folder, tmp_path / "out")
    assert (tmp_path / "out" / "sub" / "product.txt").read_text() == "3.0"
    assert sorted(p.name for p in (tmp_path / "out").rglob("*")) == ["product.txt", "sub"]


def test_a_case_done_is_not_done_again_and_a_failed_one_is(tmp_path, three):
    run_cases(tasks_of(three), tmp_path / "store")
    three[1].write_text("2")
    again = run_cases(tasks_of(three), tmp_path / "store")
    assert [o.kept for o in again] == [True, False, True] and calls_of(three) == [1, 2, 1]
    assert again[0].table.rows == ((1.0,),) and (again[0].folder / "sub" / "product.txt").exists()


def test_another_setting_or_file_makes_a_case_be_done_again(tmp_path, three):
    run_cases(tasks_of(three), tmp_path / "store")
    doubled = run_cases(tasks_of(three, factor=2), tmp_path / "store")
    assert doubled[2].table.rows == ((6.0,),) and calls_of(three) == [2, 2, 2]


def test_cancelled_keeps_the_cases_done(tmp_path, three):
    class Impatient(Silent):
        asked = 0

        def cancelled(self):
            self.asked += 1
            return self.asked > 2

    with pytest.raises(CancelledError):
        run_cases(tasks_of(three), tmp_path / "store", Impatient())
    assert run_cases(tasks_of(three), tmp_path / "store")[0].kept
