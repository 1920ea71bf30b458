import numpy as np
import pytest

from oncologyai.errors import InputError, ModalityError, OutOfMemoryError
from oncologyai.inference import (
    InferenceConfig,
    SliceConfig,
    make_engine,
    plan_crops,
    predict_with,
    prepare_slices,
    run_slices,
    segment_with_model,
)
from oncologyai.models import Bins, ZScore
from oncologyai.types import Volume


def _normalisation(how):
    return (Bins if how["kind"] == "bins" else ZScore)(**how)


@pytest.fixture(scope="module")
def some_slices(a_chest, a_lung_card):
    return prepare_slices(a_chest, a_lung_card)


def test_slices_are_bins_within_the_region_and_air_outside(some_slices):
    assert some_slices.array.shape == (36, 112, 128)
    assert not some_slices.array[~some_slices.region].any()
    assert set(np.unique(some_slices.array)) <= {0.0, 6.0, 41.0, 45.0}, "bins of -850, 40 and 300 HU, counted by hand"
    assert np.array_equal(some_slices.on_grid(some_slices.isolation.region), some_slices.region)


@pytest.mark.parametrize("how", [{"kind": "bins", "low": -1000, "high": 150, "width": 25}, {"kind": "z-score"}])
def test_what_is_normalised_where_it_shows_is_what_the_whole_would_be(a_chest, a_lung_card, how):
    channel = a_lung_card.channels[0].model_copy(update={"normalisation": _normalisation(how), "fill": -3.0})
    card = a_lung_card.model_copy(update={"channels": (channel,)})
    filled = prepare_slices(a_chest, card)
    kept = prepare_slices(a_chest, card.model_copy(update={"outside": "keep"}))
    np.testing.assert_array_equal(filled.array, np.where(kept.region, kept.array, -3.0).astype(np.float32))
    assert np.ptp(kept.array[~kept.region]) > 0


def test_slices_of_another_size_hold_the_same_pixels(a_chest, a_lung_card, some_slices):
    larger = prepare_slices(a_chest, a_lung_card, size=(128, 160))
    assert larger.array.shape == (36, 128, 160)
    np.testing.assert_array_equal(larger.array[:, 8:-8, 16:-16], some_slices.array)


def test_crops_begin_on_the_pooling_grid_and_hold_the_region_with_its_margin(some_slices):
    config = SliceConfig(margin=8, multiple=16, batch=3)
    crops = plan_crops(some_slices.region, config)
    assert [k for crop in crops for k in crop.slices] == list(np.flatnonzero(some_slices.region.any(axis=(1, 2))))
    for crop in crops:
        assert crop.rows[0] % 16 == crop.columns[0] % 16 == 0
        assert (crop.rows[1] - crop.rows[0]) % 16 == (crop.columns[1] - crop.columns[0]) % 16 == 0
        rows = np.flatnonzero(some_slices.region[list(crop.slices)].any(axis=(0, 2)))
        assert crop.rows[0] <= max(0, rows[0] - 8)
        assert crop.rows[1] >= min(112, rows[-1] + 1 + 8)
    assert plan_crops(np.zeros((2, 16, 16), dtype=bool), config) == ()


def test_crops_with_a_wide_margin_give_what_whole_slices_give(some_slices, a_flat_model, a_lung_card):
    engine = make_engine(a_lung_card, a_flat_model[0])
    predict = predict_with(engine, "sigmoid")
    (found,) = run_slices(some_slices, predict, config=SliceConfig(margin=64, batch=4))
    whole = predict(some_slices.array[:, None])[:, 0]
    assert whole[some_slices.region].std() > 0.01
    np.testing.assert_allclose(found.array[some_slices.region], whole[some_slices.region], atol=1e-4)
    assert not found.array[~some_slices.region].any()
    assert found.unit == "probability"


def test_after_a_shortage_of_memory_fewer_slices_then_patches_are_taken(some_slices):
    told = []

    def one_small_patch(batch):
        if len(batch) > 1 or batch.shape[-2:] != (256, 256):
            raise OutOfMemoryError("memory: none left")
        return batch / 100

    (found,) = run_slices(some_slices, one_small_patch, config=SliceConfig(batch=2), report=told.append)
    np.testing.assert_allclose(found.array, some_slices.array / 100, atol=1e-6)
    assert told[0].startswith("memory did not do for 2 slices at once: took 1")
    assert told[1].startswith("memory did not do for a slice's lungs: took patches of 256")


def test_the_chain_runs_from_a_card_and_comes_back_to_the_image_s_grid(a_chest, a_flat_model, a_lung_card):
    folder, _ = a_flat_model
    plain = segment_with_model(a_chest, a_lung_card, folder)
    threshold = float(np.quantile(plain.probability.array[plain.probability.array > 0], 0.7))
    found = segment_with_model(a_chest, a_lung_card, folder, config=InferenceConfig(threshold=threshold))
    assert found.mask.same_grid(a_chest)
    assert len(found.lesions) == 1
    assert found.mask.code is not None
    assert 0 < found.mask.array.sum() < a_chest.array.size / 2
    assert {"isolate lungs", "harmonise", "network", "restore"} <= set(found.seconds)


def test_other_images_and_models_are_refused(a_chest, a_lung_card, a_deep_model):
    with pytest.raises(ModalityError, match="expected a CT image"):
        prepare_slices(Volume(a_chest.array, a_chest.ijk_to_ras, "MR"), a_lung_card)
    with pytest.raises(InputError, match="expected a slice-wise model with one channel"):
        prepare_slices(a_chest, a_deep_model[1])
    with pytest.raises(InputError, match="square pixels"):
        prepare_slices(a_chest, a_lung_card.model_copy(update={"spacing_mm": (1.0, 2.0, None)}))
    for name in ("margin", "multiple", "batch"):
        with pytest.raises(InputError, match=f"^{name}"):
            SliceConfig(**{name: -1})
