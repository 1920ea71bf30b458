"""A missing package is named together with what needs it."""

import math

import pytest

from oncologyai._optional import import_optional
from oncologyai.errors import MissingDependencyError


def test_gives_the_module_where_it_is() -> None:
    assert import_optional("math", feature="x", install="y") is math


def test_names_feature_and_remedy_where_it_is_not() -> None:
    with pytest.raises(MissingDependencyError, match=r"no_such_package: expected to be installed for 3D.*run: pip x"):
        import_optional("no_such_package", feature="3D", install="pip x")
