"""Configurations of outcomes: recipes read, paths found, and what does not fit is named."""

import pytest
import yaml

from oncologyai.errors import InputError, MissingFileError
from oncologyai.training import list_outcome_recipes, list_recipes, load_outcome_config, save_config


@pytest.mark.parametrize("name", list_outcome_recipes())
def test_recipes_are_read_and_written_alike(name, tmp_path):
    config = load_outcome_config(name)
    assert config.call.arguments["size"] == list(config.image.size)
    save_config(config, tmp_path / "again.yaml")
    assert load_outcome_config(tmp_path / "again.yaml", table=config.data.table) == config


def test_published_recipes_keep_to_their_papers():
    published = load_outcome_config("2be3net")
    assert published.image.size == (66, 90, 90) and published.batch == 6 and published.optimiser == "adam"
    assert (published.learning_rate, published.weight_decay) == (1e-5, 1e-2)
    assert published.augmentation.rotate_degrees == 10
    xception = load_outcome_config("xception3d")
    assert xception.image.size == (64, 256, 256) and xception.image.lowest == 0.2
    assert xception.learning_rate == 1e-5 and xception.train_on == "patients-with-event"


def test_recipes_of_masks_are_others():
    assert not set(list_outcome_recipes()) & set(list_recipes())


def test_paths_are_relative_to_the_file(outcome_fields, tmp_path):
    outcome_fields["data"]["table"] = "cases.csv"
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(outcome_fields))
    assert load_outcome_config(tmp_path / "c.yaml").data.table == str(tmp_path / "cases.csv")
    assert load_outcome_config(tmp_path / "c.yaml", table="/else.csv").data.table == "/else.csv"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"network": {"name": "vgg"}}, "network.name|2be3net"),
        ({"network": {"name": "2be3net", "arguments": {"size": [1, 2, 3]}}}, "image and channels say"),
        ({"network": {"name": "2be3net", "arguments": {"depth": 3}}}, "arguments"),
        ({"cache_stem": True, "augmentation": {"rotate": 1.0, "rotate_degrees": 10}}, "no rotation"),
        ({"network": {"name": "cnn3d"}, "cache_stem": True}, "frozen layers"),
        ({"folds": 1, "fold": None}, "fold"),
        ({"fold": 7}, "fold"),
        ({"learning_rate": 0}, "learning_rate"),
        ({"unknown": 1}, "unknown"),
        ({"class_weights": "some"}, "class_weights"),
    ],
)
def test_what_does_not_fit_is_named(outcome_fields, tmp_path, changes, message):
    (tmp_path / "c.yaml").write_text(yaml.safe_dump(outcome_fields | changes))
    with pytest.raises(InputError, match=message):
        load_outcome_config(tmp_path / "c.yaml")


def test_an_unknown_recipe_lists_the_known():
    with pytest.raises(MissingFileError, match="xception3d"):
        load_outcome_config("nothing")
