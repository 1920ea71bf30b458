"""Seeds on the command line."""

from typing import get_args

import pytest

from oncologyai.cli.options import Suv, UnitName, _modality, points_from_text
from oncologyai.errors import InputError
from oncologyai.imaging import SuvKind
from oncologyai.types import Unit


def test_reads_points() -> None:
    first, second = points_from_text(["-93.3,208.6,-459.5", "1, 2, 3"], "--seed", "Inside")
    assert (first.name, first.ras) == ("Inside-1", (-93.3, 208.6, -459.5))
    assert (second.name, second.ras) == ("Inside-2", (1, 2, 3))


@pytest.mark.parametrize("text", ["", "1,2", "1,2,3,4", "a,b,c", "nan,1,2", "1,inf,2"])
def test_refuses_anything_else(text: str) -> None:
    with pytest.raises(InputError, match="--seed: expected three numbers R,A,S in mm"):
        points_from_text([text], "--seed", "Inside")


@pytest.mark.parametrize(("said", "meant"), [("", ""), ("ct", "CT"), ("PET", "PT"), ("mri", "MR"), ("NM", "NM")])
def test_reads_a_modality_as_people_write_it(said: str, meant: str) -> None:
    assert _modality(said) == meant


def test_refuses_a_modality_that_is_none() -> None:
    with pytest.raises(InputError, match="--modality: expected CT or PT"):
        _modality("XX")


def test_units_are_those_of_the_library() -> None:
    assert {name.value for name in UnitName} == set(get_args(Unit))


def test_every_suv_of_the_library_can_be_chosen() -> None:
    assert {name.value for name in Suv} == set(get_args(SuvKind))
