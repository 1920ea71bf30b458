"""Braces stand for cells and for files of earlier steps."""

from __future__ import annotations

import pytest

from oncologyai.batch.references import OutputReference, columns_in, filled, output_reference
from oncologyai.errors import InputError

CELLS = {"patient": "P1", "PET file": "pet.nrrd", "dose.gy": "60"}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{patient}", "P1"),
        ("data/{patient}/{ PET file }", "data/P1/pet.nrrd"),
        ({"pet": ["{PET file}", 3]}, {"pet": ["pet.nrrd", 3]}),
        ("{{patient}}", "{patient}"),
        ("{dose.gy}", "60"),
        (True, True),
    ],
)
def test_cells_are_filled_in(value: object, expected: object) -> None:
    assert filled(value, CELLS) == expected


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(InputError, match=r"expected a column of the table \(patient, .*got 'ct'"):
        filled("{ct}", CELLS)
    assert columns_in({"a": ["{ct}", "x{pet}"], "b": 1}) == ("ct", "pet")


def test_outputs_are_told_from_columns() -> None:
    assert output_reference("{segment.mask}", CELLS) == OutputReference("segment", "mask")
    assert output_reference("{convert.folder}/{patient}.nrrd", CELLS) == OutputReference(
        "convert", "folder", "/{patient}.nrrd"
    )
    assert output_reference("{dose.gy}", CELLS) is None
    assert output_reference("{patient}", CELLS) is None
    with pytest.raises(InputError, match="at the beginning"):
        output_reference("a{segment.mask}", CELLS)
    with pytest.raises(InputError, match="at the beginning"):
        output_reference("{segment.mask}{segment.mask}", CELLS)
