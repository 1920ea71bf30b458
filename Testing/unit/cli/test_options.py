"""Seeds on the command line."""

import pytest

from oncologyai.cli.options import points_from_text
from oncologyai.errors import InputError


def test_reads_points() -> None:
    first, second = points_from_text(["-93.3,208.6,-459.5", "1, 2, 3"], "--seed", "Inside")
    assert (first.name, first.ras) == ("Inside-1", (-93.3, 208.6, -459.5))
    assert (second.name, second.ras) == ("Inside-2", (1, 2, 3))


@pytest.mark.parametrize("text", ["", "1,2", "1,2,3,4", "a,b,c", "nan,1,2", "1,inf,2"])
def test_refuses_anything_else(text: str) -> None:
    with pytest.raises(InputError, match="--seed: expected three numbers R,A,S in mm"):
        points_from_text([text], "--seed", "Inside")
