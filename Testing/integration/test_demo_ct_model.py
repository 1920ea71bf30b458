"""The shipped demonstration model for CT: its card is honest, and it does on new synthetic thoraxes what it says."""

from __future__ import annotations

import numpy as np
import pytest

from oncologyai.cli import main
from oncologyai.inference import segment_with_model
from oncologyai.metrics import dice
from oncologyai.models import Store, StoredModel
from oncologyai.samples import GridSpec, LesionSpec, ThoraxSpec, make_thorax

ID = "demo-ct-lung-tumour"


@pytest.fixture(scope="module")
def the_model() -> StoredModel:
    return Store().get(ID)


def test_the_card_says_that_nothing_in_it_is_of_patients(the_model: StoredModel) -> None:
    card = the_model.card
    assert the_model.shipped and not the_model.missing
    assert card.training.synthetic and card.training.patients == 0
    assert card.title.startswith("Demonstration") and "synthetic" in card.title
    assert "Not for images of patients" in card.description and card.licence.name == "CC0-1.0"
    assert card.figures and all("synthetic" in figure.test_set for figure in card.figures)
    assert sum(file.size_bytes for file in card.files) < 6_000_000
    assert sum(file.size_bytes for file in card.files_of("example")) < 500_000


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["openvino", "onnxruntime", "torch"])
def test_its_example_comes_out_in_every_engine(engine: str) -> None:
    assert main(["models", "test", ID, "--engine", engine]) == 0


@pytest.mark.slow
def test_it_finds_the_tumour_of_a_thorax_it_never_saw(the_model: StoredModel) -> None:
    lesion = LesionSpec(centre_ras=(-78.0, 20.0, 30.0), semi_axes_mm=(16.0, 15.0, 17.0))
    spec = ThoraxSpec(GridSpec((240, 240, 75), (1.5, 1.5, 4.0)), lesion, noise_hu=12.0)
    thorax = make_thorax(spec, np.random.default_rng(31))
    found = segment_with_model(thorax.volume, the_model.card, the_model.path)
    assert dice(thorax.masks[0], found.mask) > 0.8
    assert found.mask.same_grid(thorax.volume)
    assert "synthetic images alone" in found.trust.warnings[0]
