"""The error tree: one-line messages, built-in parents, exit codes."""

import inspect

import pytest

from oncologyai import errors


def leaves() -> list[type[errors.OncologyAIError]]:
    return [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("leaf", leaves())
def test_each_error_is_drawn_in_the_tree(leaf: type[errors.OncologyAIError]) -> None:
    assert leaf.__name__ in inspect.getdoc(errors)
    assert leaf.__doc__


def test_input_error_says_argument_expected_got_and_remedy() -> None:
    error = errors.InputError("--seed", expected="three numbers", got="two", remedy="add the third")
    assert str(error) == "--seed: expected three numbers, got two; add the third"
    assert error.exit_code == 2
    assert isinstance(error, ValueError)


@pytest.mark.parametrize(
    ("leaf", "builtin"),
    [
        (errors.MissingFileError, FileNotFoundError),
        (errors.MissingAttributeError, KeyError),
        (errors.OutputError, OSError),
    ],
)
def test_leaf_inherits_the_builtin_that_it_refines(leaf: type[errors.InputError], builtin: type[Exception]) -> None:
    error = leaf("x", expected="a", got="b")
    assert isinstance(error, builtin)
    assert str(error) == "x: expected a, got b"


@pytest.mark.parametrize(
    ("leaf", "code"),
    [
        (errors.MissingDependencyError, 3),
        (errors.OutOfMemoryError, 4),
        (errors.DiskFullError, 4),
        (errors.CancelledError, 130),
    ],
)
def test_exit_codes(leaf: type[errors.OncologyAIError], code: int) -> None:
    assert leaf("x").exit_code == code
