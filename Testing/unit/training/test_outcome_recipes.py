"""Every recipe of outcomes takes its first steps: prepared, drawn and learned as it says, small and narrow."""

import csv

import numpy as np
import pytest
import torch

from oncologyai.imaging import write_masks, write_volume
from oncologyai.networks import OUTCOME_NETWORKS
from oncologyai.training import OutcomeTrainConfig, list_outcome_recipes, load_outcome_config, train_outcome
from oncologyai.training.outcome_begin import begin_outcome_network
from oncologyai.types import Mask, Volume

GRID = np.diag([-2.0, -2.0, 3.0, 1.0])
SIZE = [16, 32, 32]


def write_heads(folder, modality):
    """Eight patients of two lesions each, half of them with an event in one."""
    rng, rows = np.random.default_rng(6), []
    k, j, i = np.indices((14, 36, 36))
    head = ((k - 7) / 6.5) ** 2 + ((j - 18) / 15) ** 2 + ((i - 18) / 15) ** 2 <= 1
    for number in range(16):
        lesion = ((k - 7) * 1.5) ** 2 + (j - 14 - number % 5) ** 2 + (i - 15) ** 2 <= 16
        values = 40.0 * head + 20.0 * lesion + rng.uniform(0, 2, head.shape)
        name = f"L{number:02d}"
        write_volume(Volume(values.astype(np.float32), GRID, modality), folder / f"{name}.nrrd")
        write_masks([Mask(lesion, GRID)], folder / f"{name}-mask.nrrd")
        label = int(number % 4 == 0)
        rows.append([name, f"P{number // 2}", f"{name}.nrrd", f"{name}-mask.nrrd", label, label])
    with (folder / "cases.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([["case", "patient", "image", "mask", "label", "lung_metastases"], *rows])
    return folder / "cases.csv"


def narrow(name, table):
    """The recipe with a small input and network, for one epoch."""
    recipe = load_outcome_config(name, table=str(table))
    small = OUTCOME_NETWORKS[recipe.network.name].small.items()
    small = {k: list(v) if isinstance(v, tuple) else v for k, v in small if k != "size"}
    changes = {
        "image": recipe.image.model_copy(update={"size": tuple(SIZE)}).model_dump(),
        "network": {"name": recipe.network.name, "arguments": small},
        "epochs": 1,
        "epochs_tried": [1] if recipe.epochs_tried else [],
        "inner_folds": 2,
        "folds": 2,
        "fold": 0,
        "device": "cpu",
        "threads": 1,
    }
    return OutcomeTrainConfig.model_validate(recipe.to_dict() | changes)


@pytest.mark.parametrize("name", list_outcome_recipes())
def test_a_recipe_takes_its_first_steps(name, tmp_path):
    modality = load_outcome_config(name).channels[0].modality
    config = narrow(name, write_heads(tmp_path, modality))
    made = train_outcome(config, tmp_path / "out")
    (row,) = made.rows
    assert made.finished and row.steps >= 1 and np.isfinite(row.loss) and row.loss > 0
    state = torch.load(tmp_path / "out" / "checkpoint.pt", weights_only=True)
    before, _ = begin_outcome_network(config)
    for key, value in before.named_parameters():
        assert torch.equal(state["network"][key], value.detach()) == key.startswith("stem."), key
    if config.train_on == "patients-with-event":
        seen = {row.patient for row in made.predictions if row.seen}
        assert seen <= {"P0", "P2", "P4", "P6"} and seen
    with (tmp_path / "out" / "features.csv").open() as stream:
        assert len(list(csv.DictReader(stream))) == 16
