"""Compiled loops give what the interpreter gives, also where no folder can keep the machine code."""

import numba
import numpy as np
import pytest

from oncologyai.features.compiled import compiled


def _sum_of_squares(values: np.ndarray) -> float:
    total = 0.0
    for value in values:
        total += value * value
    return total


def test_compiled_function_gives_what_the_interpreter_gives() -> None:
    values = np.arange(5.0)

    assert compiled(_sum_of_squares)(values) == _sum_of_squares(values) == 30.0


def test_compiles_without_a_folder_for_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    real = numba.njit

    def no_folder(function: object, **options: bool) -> object:
        if options.pop("cache", False):
            raise RuntimeError("cannot cache function: no locator available")
        return real(function, **options)

    monkeypatch.setattr("oncologyai.features.compiled.numba.njit", no_folder)

    assert compiled(_sum_of_squares)(np.arange(3.0)) == 5.0
