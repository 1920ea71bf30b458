"""When a signal raises, waits, or must not raise any more."""

import signal
from collections.abc import Iterator

import pytest

from oncologyai import _interrupts
from oncologyai._interrupts import expect_end, has_native_code, held, import_native, is_end_expected, is_held
from oncologyai.errors import MissingDependencyError


@pytest.fixture
def a_record() -> Iterator[list[str]]:
    """What happened, with "signal" for each one that did not have to wait."""
    record: list[str] = []

    def handle(number: int, _: object) -> None:
        if not is_held(number):
            record.append("signal")

    former = signal.signal(signal.SIGINT, handle)
    yield record
    signal.signal(signal.SIGINT, former)


@pytest.mark.parametrize("module", ["math", "no_such_package"])
def test_native_code_is_announced_before_its_import(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_interrupts, "_native", set())
    seen = []

    def importing(name: str, **_: str) -> None:
        seen.append((name, has_native_code()))

    monkeypatch.setattr(_interrupts, "import_optional", importing)
    assert not has_native_code()
    import_native(module, feature="x", install="y")
    assert seen == [(module, True)]


def test_missing_native_package_names_the_feature(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_interrupts, "_native", set())
    with pytest.raises(MissingDependencyError, match="no_such_package: expected to be installed for 3D"):
        import_native("no_such_package", feature="3D", install="pip x")


def test_end_is_expected_once_it_was_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_interrupts, "_expected", [])
    assert not is_end_expected()
    expect_end()
    assert is_end_expected()


def test_signal_waits_for_the_end_of_the_outermost_block(a_record: list[str]) -> None:
    with held():
        with held():
            signal.raise_signal(signal.SIGINT)
            a_record.append("inner")
        a_record.append("outer")
    assert a_record == ["inner", "outer", "signal"]


def test_several_signals_that_waited_are_one(a_record: list[str]) -> None:
    with held():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
    with held():
        pass
    assert a_record == ["signal"]


def test_signal_outside_a_block_does_not_wait(a_record: list[str]) -> None:
    with held():
        pass
    signal.raise_signal(signal.SIGINT)
    assert a_record == ["signal"]


def test_signal_comes_also_when_the_block_raises(a_record: list[str]) -> None:
    with pytest.raises(ZeroDivisionError), held():
        signal.raise_signal(signal.SIGINT)
        raise ZeroDivisionError
    assert a_record == ["signal"]
