"""Configurations: every recipe stands, and what is wrong is named."""

import json

import pytest
import yaml

from oncologyai.cli import main
from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.training import check_card, list_recipes, load_config, save_config


def test_every_recipe_of_the_library_is_a_whole_configuration() -> None:
    dense = {"highres3dnet", "densehighres3dnet-v1", "densehighres3dnet"}
    assert (
        set(list_recipes()) >= {"ch6-unet2d", "coretr", "demo-ct-lung-tumour", "sts-gtv-multi", "sts-gtv-pet"} | dense
    )
    for name in list_recipes():
        check_card(load_config(name))


def test_densehighres3dnet_has_two_rounds_of_20000_dice_and_10000_focal_steps() -> None:
    config = load_config("densehighres3dnet")
    steps = [(phase.loss, phase.epochs * config.steps_per_epoch) for phase in config.phases]
    assert steps == [("dice", 20_000), ("focal", 10_000)] * 2
    assert config.phase_at(59)[0].loss == "focal" and config.phase_at(60) == (config.phases[2], 0)
    kept = [epoch * config.steps_per_epoch for epoch in config.keep_epochs]
    assert kept == [20_000, 30_000, 50_000, 60_000]  # tables 1 and 2


def test_the_three_dense_recipes_differ_in_nothing_but_the_network() -> None:
    names = {"highres3dnet": "highres3dnet", "densehighres3dnet-v1": "densehighres3dnet-v1"}
    names["densehighres3dnet"] = "densehighres3dnet-v2"
    configs = [load_config(name) for name in names]
    assert [config.network.name for config in configs] == list(names.values())
    rest = [config.model_copy(update={"name": "", "network": None}) for config in configs]
    assert rest[0] == rest[1] == rest[2]


def test_a_configuration_written_is_read_back_alike(a_config_file, tmp_path) -> None:
    config = load_config(a_config_file, fold=2)
    save_config(config, tmp_path / "again.yaml")
    assert config.fold == 2
    assert load_config(tmp_path / "again.yaml") == config


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"patch": [16, 16]}, "patch: expected 3 numbers for resenc-unet, got 2"),
        ({"learning_rat": 1}, "learning_rat: expected Extra inputs"),
        ({"learning_rate": -1}, "learning_rate: expected Input should be greater than 0, got -1"),
        ({"network": {"name": "vgg"}}, "network.name: expected one of"),
        ({"network": {"name": "resenc-unet"}}, "expected the 3 inputs of channels, got 1"),
        ({"fold": 3}, "fold: expected 0 to 2, got 3"),
        ({"phases": [{"epochs": 1, "loss": "hinge"}]}, "phases.0: expected loss: expected one of"),
        ({"augmentation": {"drop": {"mr": 0.1}}}, "expected channels pet, ct, got mr"),
        ({"augmentation": {"scale_range": [2, 1]}}, "scale_range: expected low <= high"),
        ({"data": {}}, "data: expected either table"),
        ({"region": "lungs"}, "region: expected whole, or for lungs patches of 2 numbers and one channel"),
    ],
)
def test_what_is_wrong_is_named(settings, tmp_path, change, message) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(yaml.safe_dump(settings | change))
    with pytest.raises(InputError) as caught:
        load_config(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_names_the_recipes() -> None:
    with pytest.raises(MissingFileError, match="sts-gtv-pet.*got nowhere.yaml"):
        load_config("nowhere.yaml")


@pytest.mark.parametrize("text", ["a: [", "- 1", "\xff"])
def test_what_is_no_configuration_is_refused(tmp_path, text) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UnreadableFileError, match="odd.yaml"):
        load_config(path)


def test_a_wrong_field_of_the_card_is_named_before_training(a_config_file) -> None:
    config = load_config(a_config_file, model={"title": "balls", "labels": []})
    with pytest.raises(InputError, match="model"):
        check_card(config)


def test_the_command_ends_with_2_and_one_line(settings, tmp_path, capsys) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(json.dumps(settings | {"batch": 0}))
    assert main(["train", "segmentation", str(path), "--out", str(tmp_path / "out")]) == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1 and "batch" in lines[0]
    assert not (tmp_path / "out").exists()
