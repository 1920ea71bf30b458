"""Every recipe of the library takes a step: prepared, augmented and learned as it says, its network narrow."""

import csv
import json

import numpy as np
import pytest
import torch

from oncologyai.imaging import write_masks, write_volume
from oncologyai.networks import NETWORKS, build_network
from oncologyai.samples import GridSpec, LesionSpec, ThoraxSpec, make_thorax
from oncologyai.training import find_cases, fit, learning_rate, list_recipes, load_cases, load_config
from oncologyai.types import Mask, Volume

KEPT = ("in_channels", "deep_supervision")  # of a recipe's network; the rest is the narrow one's


@pytest.fixture(scope="session")
def a_patient(tmp_path_factory):
    """A table of one coarse synthetic chest with a large tumour as CT, PET and MR."""
    folder = tmp_path_factory.mktemp("patient")
    lesion = LesionSpec(semi_axes_mm=(26.0, 24.0, 26.0))
    spec = ThoraxSpec(GridSpec((96, 96, 40), (4.0, 4.0, 7.5)), lesion, vessels=20, noise_hu=3.0)
    thorax = make_thorax(spec, np.random.default_rng(8))
    truth = next(mask for mask in thorax.masks if mask.label == "GTV-1")
    grid = thorax.volume.ijk_to_ras
    noise = np.random.default_rng(1).random(truth.shape, dtype=np.float32)
    suv, mr = 8.0 * truth.array + noise, 300.0 * (thorax.volume.array > -500) + 50 * noise
    write_volume(thorax.volume, folder / "ct.nrrd")
    write_volume(Volume(suv.astype(np.float32), grid, "PT", "SUVbw"), folder / "pet.nrrd")
    write_volume(Volume(mr.astype(np.float32), grid, "MR"), folder / "mr.nrrd")
    write_masks([Mask.on(thorax.volume, truth.array)], folder / "mask.nrrd")
    with (folder / "cases.csv").open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerows([["case", "mask", "ct", "pet", "mr"], ["A", "mask.nrrd", "ct.nrrd", "pet.nrrd", "mr.nrrd"]])
    return folder / "cases.csv"


def narrow(name):
    """The recipe on the narrow network and a patch that suits it, for one step an epoch on all cases."""
    recipe = load_config(name)
    spec = NETWORKS[recipe.network.name]
    own = {key: value for key, value in recipe.network.arguments.items() if key in KEPT}
    call = {"name": recipe.network.name, "arguments": own | json.loads(json.dumps(dict(spec.small)))}
    patch = list(spec.small_input[1:])
    changes = {"network": call, "patch": patch, "begin_from": "", "steps_per_epoch": 1, "folds": 0}
    return load_config(name, **changes, device="cpu", threads=1)


@pytest.mark.parametrize("name", list_recipes())
def test_a_recipe_takes_its_first_step(name, a_patient, tmp_path) -> None:
    config = narrow(name).with_data(table=str(a_patient))
    (case,) = load_cases(find_cases(config), config, tmp_path / "cache")
    assert (case.truth > 0.5).any()
    result = fit(config, [case], [], tmp_path, minutes=0)
    (row,) = result.rows
    assert row.steps == 1 and np.isfinite(row.loss) and row.loss > 0
    share = 0.5 / config.epochs
    rate = learning_rate(config.schedule, config.learning_rate, share, warm_up=config.warm_up)
    assert row.learning_rate == pytest.approx(rate)
    after = torch.load(tmp_path / "checkpoint.pt", weights_only=True)["network"]
    torch.manual_seed(config.seed)
    before = dict(build_network(config.network.name, **config.network.arguments).named_parameters())
    still = [key for key, value in before.items() if torch.equal(after[key], value)]
    assert len(still) < 0.1 * len(before), still
