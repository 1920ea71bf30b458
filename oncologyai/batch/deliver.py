"""A batch's results where people look for them: tables, and the files of each case under its name."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

from oncologyai._atomic import atomic_file
from oncologyai._checks import check_choice
from oncologyai.batch.gather import BatchReport
from oncologyai.batch.shared_provenance import provenance_beside, shared_provenance
from oncologyai.batch.store import ABOUT
from oncologyai.errors import InputError
from oncologyai.progress import Progress, Silent, check_cancelled

__all__ = ["copy_files", "failures_beside", "plain_name", "write_results"]


def write_results(report: BatchReport, path: Path, *, step: str = "") -> tuple[Path, ...]:
    """Write the rows of a step to a table, and the failures to one beside it; give the files.

    Parameters
    ----------
    report : BatchReport
    path : Path
        .csv, .xlsx or .parquet. The failures go to ``<name>-failures.csv``, and what the cases' provenances have in
        common to ``<name>.provenance.json``; either is taken away where there is none.
    step : str
        Whose rows; the main step's if empty.

    Raises
    ------
    InputError
        If the name ends otherwise, or the step gives no rows.
    OutputError
        If the place cannot be written.
    """
    from oncologyai.bundle import check_table_ending, write_table_file  # it loads the libraries of images

    check_table_ending(path)
    if step:
        check_choice(step, report.tables, "--step")
    beside = failures_beside(path)
    written = []
    if table := report.tables.get(step or report.main):
        write_table_file(table, path)
        written.append(path)
    else:
        path.unlink(missing_ok=True)  # an older one would be taken for this batch's
    if report.failures:
        write_table_file(report.failures_table, beside)
        written.append(beside)
    else:
        beside.unlink(missing_ok=True)
    shared, place = shared_provenance(report, step or report.main), provenance_beside(path)
    if shared is not None:
        with atomic_file(place) as draft:
            draft.write_text(json.dumps(shared, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(place)
    else:
        place.unlink(missing_ok=True)
    return tuple(written)


def failures_beside(path: Path) -> Path:
    """Give where the failures of a table go."""
    return path.with_name(f"{path.stem}-failures.csv")


def copy_files(report: BatchReport, folder: Path, *, progress: Progress | None = None) -> int:
    """Put the files of every done task into ``folder/case/step``; give how many there are.

    Names are made such that every system takes them. A file that is there already is replaced. Where the file system
    allows it a file is not copied but linked, so that it takes no more room; both are read-only.

    Raises
    ------
    InputError
        If two cases would have the same folder.
    OutputError
        If the place cannot be written.
    CancelledError
        If cancelled; what has been put there stays.
    """
    watch = progress or Silent()
    names = {case: plain_name(case) for case in report.cases}
    if len({name.lower() for name in names.values()}) < len(names):
        raise InputError("--files", expected="cases whose names differ also as folders", got="two alike")
    count = 0
    for number, ((case, step), source) in enumerate(report.folders.items()):
        watch.stage("files", number / len(report.folders))
        for file in sorted(source.rglob("*")):
            inner = file.relative_to(source)
            if file.is_file() and inner != Path(ABOUT):
                check_cancelled(watch)
                with atomic_file(folder / names[case] / step / inner) as draft:
                    _link(file, draft)
                count += 1
    return count


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another disk, or a file system without links
        shutil.copy2(source, target)


def plain_name(name: str) -> str:
    """Give a case's name such that every system takes it as that of a folder."""
    return re.sub(r'[<>:"/\\|?*\x00-\x1f]+', "-", name).strip(" .") or "-"
