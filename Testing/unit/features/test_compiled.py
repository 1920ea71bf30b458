"""Compiled loops give what the interpreter gives, also where no folder can keep the machine code."""

from pathlib import Path

import numba
import numpy as np
import pytest

from oncologyai.features import compiled as module
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


def test_machine_code_is_not_kept_over_a_change_of_any_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "features"
    package.mkdir()
    (package / "inner.py").write_text("VALUE = 1\n")
    monkeypatch.setattr("oncologyai.features.compiled.__file__", str(package / "compiled.py"))
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "kept"))

    def kept() -> set[str]:
        module._digest.cache_clear()
        compiled(_sum_of_squares)(np.arange(3.0))
        return {path.name for path in (tmp_path / "kept").iterdir()}

    first = kept()
    assert kept() == first
    (package / "inner.py").write_text("VALUE = 2\n")
    assert len(kept() - first) == 1
    assert str(tmp_path / "kept") == numba.config.CACHE_DIR
    module._digest.cache_clear()
