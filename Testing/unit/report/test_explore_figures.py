"""Pictures of an exploration are drawn, also of next to nothing, the same twice."""

import matplotlib.image
import numpy as np
import pytest

from oncologyai.errors import CancelledError
from oncologyai.pipelines import ExploreConfig, FeatureSet, explore
from oncologyai.progress import Silent
from oncologyai.report import draw_explore_figures


def a_result(classes: str, rows: int = 30, count: int = 10, volume: str = "f1"):
    generator = np.random.default_rng(2)
    values = generator.normal(size=(rows, count))
    values[0, 0] = np.nan
    names = tuple(map(str, range(rows)))
    labels = tuple(classes[n % len(classes)] for n in range(rows))
    return explore(
        FeatureSet(tuple(f"f{n}" for n in range(count)), values, names, names, labels), ExploreConfig(volume=volume)
    )


@pytest.mark.parametrize("result", [a_result("ab"), a_result("abcd"), a_result("ab", 4, 3)], ids=["two", "four", "few"])
def test_every_picture_shows_something(tmp_path, result) -> None:
    made = draw_explore_figures(result, tmp_path)
    assert [path.stem for path in made] == [
        "classes", "correlation", "distributions", "p_values", "tests", "roc", "volume", "with_volume",
    ]  # fmt: skip
    for path in made:
        pixels = matplotlib.image.imread(path)[..., :3]
        assert len(np.unique((pixels * 15).astype(int).reshape(-1, 3), axis=0)) > 3, path.name


def test_cancel_ends_between_two_pictures(tmp_path) -> None:
    class CancelledLater(Silent):
        def __init__(self) -> None:
            self.asked = 0

        def cancelled(self) -> bool:
            self.asked += 1
            return self.asked > 2

    with pytest.raises(CancelledError):
        draw_explore_figures(a_result("ab"), tmp_path, progress=CancelledLater())
    assert sorted(path.stem for path in tmp_path.iterdir()) == ["classes", "correlation"]


def test_constant_features_leave_classes_and_correlations(tmp_path) -> None:
    names = tuple("abcdef")
    result = explore(FeatureSet(("x", "y"), np.ones((6, 2)), names, names, ("0", "1") * 3))
    assert [path.stem for path in draw_explore_figures(result, tmp_path)] == ["classes", "correlation"]


def test_the_same_result_gives_the_same_bytes(tmp_path) -> None:
    for folder in ("a", "b"):
        draw_explore_figures(a_result("ab"), tmp_path / folder)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
