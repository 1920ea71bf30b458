"""The table of cases: paths beside it, structures by name, every fault with its line."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import AmbiguousStudyError, GeometryMismatchError, InputError, MissingFileError
from oncologyai.imaging import write_masks, write_volume
from oncologyai.types import Mask
from oncologyai.workflows.study_cases import case_rows, load_case, reader_rows


@pytest.fixture
def a_folder(tmp_path: Path, a_volume, a_ball) -> Path:
    """Image, the ball, a smaller one with it in one file, an empty mask, and the ball on another grid."""
    smaller = replace(a_ball, array=a_ball.array & np.roll(a_ball.array, 2, axis=0), label="GTV-2")
    moved = a_ball.ijk_to_ras.copy()
    moved[0, 3] += 1.0
    write_volume(a_volume, tmp_path / "ct.nrrd")
    write_masks([a_ball], tmp_path / "ball.nrrd")
    write_masks([a_ball, smaller], tmp_path / "both.seg.nrrd")
    write_masks([Mask.on(a_volume, np.zeros(a_volume.shape, dtype=np.bool_))], tmp_path / "empty.nrrd")
    write_masks([replace(a_ball, ijk_to_ras=moved)], tmp_path / "moved.nrrd")
    return tmp_path


def a_table(folder: Path, *lines: str, header: str = "case,image,automatic,manual") -> Path:
    path = folder / "cases.csv"
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def test_reads_cases_with_paths_beside_the_table_and_structures_by_name(a_folder, a_volume, a_ball):
    table = a_table(
        a_folder, "P1,ct.nrrd,both.seg.nrrd,GTV-2,ball.nrrd,CT", "P2,ct.nrrd,empty.nrrd,,ball.nrrd,",
        header="case,image,automatic,automatic structure,manual,modality",
    )  # fmt: skip
    one, two = (load_case(row, "automatic", "manual") for row in case_rows(table, "automatic", "manual"))
    assert one.name == "P1" and np.array_equal(one.image.array, a_volume.array)
    assert one.method.label == "GTV-2" and 0 < np.count_nonzero(one.method.array) < np.count_nonzero(a_ball.array)
    assert np.array_equal(one.reference.array, a_ball.array)
    assert two.method.is_empty and not two.reference.is_empty


@pytest.mark.parametrize(
    ("lines", "error", "message"),
    [
        (["P1,ct.nrrd,ball.nrrd,ball.nrrd"] * 2, InputError, "line 3: expected each case once, got 'P1' again"),
        (["P1,absent.nrrd,ball.nrrd,ball.nrrd"], MissingFileError, "line 2, image: expected a file or folder"),
        (["P1,ct.nrrd,ball.nrrd,absent"], MissingFileError, "line 2, manual: expected a file or folder"),
        (["P1,ct.nrrd,,ball.nrrd"], InputError, "line 2, automatic: expected a path, got an empty cell"),
        ([",ct.nrrd,ball.nrrd,ball.nrrd"], InputError, "line 2: expected the name of a case"),
        ([], InputError, "expected at least one case"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_told_with_its_line(a_folder, lines, error, message):
    with pytest.raises(error, match=message):
        case_rows(a_table(a_folder, *lines), "automatic", "manual")


@pytest.mark.parametrize(
    ("line", "error", "message"),
    [
        ("P1,ct.nrrd,moved.nrrd,ball.nrrd", GeometryMismatchError, "line 2, automatic: .*expected the image's grid"),
        ("P1,ct.nrrd,both.seg.nrrd,ball.nrrd", AmbiguousStudyError,
         r"line 2, automatic: expected one structure, got 2 \(GTV-1, GTV-2\); .* column 'automatic structure'"),
        ("P1,ct.nrrd,ball.nrrd,cases.csv", InputError, "line 2, manual: .*cases.csv: expected an RT Structure Set"),
        ("P1,cases.csv,ball.nrrd,ball.nrrd", InputError, "line 2, image: "),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_its_line_and_column(a_folder, line, error, message):
    (row,) = case_rows(a_table(a_folder, line), "automatic", "manual")
    with pytest.raises(error, match=message):
        load_case(row, "automatic", "manual")


def test_the_columns_are_named_by_the_methods(a_folder):
    table = a_table(a_folder, "P1,ct.nrrd,ball.nrrd,ball.nrrd")
    with pytest.raises(InputError, match="a column 'DL'"):
        case_rows(table, "DL", "manual")


def test_readers_come_with_or_without_groups(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("reader,group\nDr A,radiologist\nDr B,\n")
    assert reader_rows(path) == (("Dr A", "radiologist"), ("Dr B", ""))
    path.write_text("reader\nDr A\n")
    assert reader_rows(path) == (("Dr A", ""),)
    path.write_text("name\nDr A\n")
    with pytest.raises(InputError, match="a column 'reader'"):
        reader_rows(path)
