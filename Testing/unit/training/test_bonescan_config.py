"""Configurations of bone-scan trainings: recipes, what replaces what, what cannot be."""

from pathlib import Path

import pytest

from oncologyai.errors import InputError, MissingFileError
from oncologyai.training import BoneScanSource, list_bonescan_recipes, load_bonescan_config

PLAIN = "name: one\ndata: {kind: table, table: scans.csv}\n"


@pytest.fixture
def a_file(tmp_path: Path) -> Path:
    (tmp_path / "one.yaml").write_text(PLAIN)
    return tmp_path / "one.yaml"


@pytest.mark.parametrize("name", list_bonescan_recipes())
def test_every_recipe_is_whole(name: str) -> None:
    assert load_bonescan_config(name).epochs >= 6


def test_the_published_recipe_is_that_of_ch7() -> None:
    config = load_bonescan_config("ch7")
    assert (config.picture.height, config.picture.width, config.picture.scale) == (512, 256, "min-max")
    assert (config.epochs, config.steps, config.learning_rate, config.weight_decay) == (6, 200, 1e-4, 0.0)
    assert config.balanced and config.flip and config.trained_blocks == 5 and config.widths is None
    assert config.hidden == 512 and not config.picture.logarithm and config.members == 1 and config.validation == 164


def test_paths_are_relative_to_the_file_and_options_replace_its_fields(a_file: Path, tmp_path: Path) -> None:
    config = load_bonescan_config(a_file, device="cpu", threads=None)
    assert isinstance(config.data, BoneScanSource)
    assert config.data.table == str(tmp_path / "scans.csv") and config.device == "cpu" and config.threads == 0
    changed = load_bonescan_config("demo", table="/a/b.csv", base="/w.safetensors")
    assert isinstance(changed.data, BoneScanSource) and changed.data.table == "/a/b.csv"
    assert changed.base is not None and changed.base.path == "/w.safetensors" and "ImageNet" in changed.base.what
    assert load_bonescan_config(a_file, base="/w.safetensors").base is not None


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("widths: [[4]]\n", "at most 1, got 5"),
        ("widths: [[4]]\ntrained_blocks: 1\nbase: {path: a, what: b}\n", "widths of VGG16"),
        ("trained_blocks: 1\n", "all without a base"),
        ("picture: {height: 100}\n", "multiples of 32"),
        ("validation: 1\n", "validation"),
        ("stranger: 1\n", "stranger"),
    ],
)
def test_what_contradicts_itself_is_refused(a_file: Path, more: str, message: str) -> None:
    a_file.write_text(PLAIN + more)
    with pytest.raises(InputError, match=message):
        load_bonescan_config(a_file)


def test_an_unknown_recipe_is_told_with_those_there_are() -> None:
    with pytest.raises(MissingFileError, match="ch7, demo, small"):
        load_bonescan_config("vgg19")
