import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError, ModalityError
from oncologyai.inference import InferenceConfig, fit_trust, segment_with_model
from oncologyai.progress import Silent
from oncologyai.types import Mask, Volume


@pytest.fixture
def a_threshold(a_pet, a_deep_model):
    """A threshold that some of the random network's voxels are above."""
    folder, card = a_deep_model
    found = segment_with_model(a_pet, card, folder, config=InferenceConfig(members="none"))
    return float(np.quantile(found.probability.array, 0.9))


def test_the_mask_is_on_the_first_image_s_grid_whatever_the_engine(a_pet, a_deep_model, a_threshold):
    folder, card = a_deep_model
    masks = []
    for engine in ("openvino", "onnxruntime", "torch"):
        config = InferenceConfig(engine=engine, threshold=a_threshold, members="none")
        found = segment_with_model(a_pet, card, folder, config=config)
        assert found.engine == engine
        assert found.mask.same_grid(a_pet)
        assert found.probability.unit == "probability"
        assert found.disagreement is None
        assert "channel ct was not given" in found.notes[0]
        masks.append(found.mask.array)
    assert 0.02 < masks[0].mean() < 0.5
    assert np.mean(masks[0] != masks[1]) < 1e-3
    assert np.mean(masks[0] != masks[2]) < 1e-3


def test_an_ensemble_is_taken_where_the_card_has_one_and_disagrees(a_pet, a_deep_model, a_threshold):
    folder, card = a_deep_model
    config = InferenceConfig(threshold=a_threshold)
    found = segment_with_model({"pet": a_pet}, card, folder, config=config)
    assert found.disagreement is not None
    assert found.disagreement.array.max() > 0
    singles = [
        segment_with_model(
            a_pet,
            card.model_copy(update={"files": tuple(f for f in card.files if f.name.startswith(f"member{n}"))}),
            folder,
            config=config,
        ).probability.array
        for n in (0, 1)
    ]
    np.testing.assert_allclose(found.probability.array, np.mean(singles, axis=0), atol=1e-5)


def test_trust_is_told_by_the_members_that_the_card_was_calibrated_with(a_pet, a_deep_model, a_threshold):
    folder, card = a_deep_model
    rng = np.random.default_rng(0)
    calibration = fit_trust(rng.normal(size=(20, 5)), rng.uniform(0.5, 0.9, 20)).calibration("flips", test_set="none")
    card = card.model_copy(update={"trust": calibration})
    config = InferenceConfig(threshold=a_threshold)
    trust = segment_with_model(a_pet, card, folder, config=config).trust
    assert trust.found
    assert trust.dice is not None
    other = segment_with_model(a_pet, card, folder, config=InferenceConfig(threshold=a_threshold, members="ensemble"))
    assert other.trust.dice is None, "a calibration of flips says nothing of an ensemble"


def test_nothing_above_the_threshold_is_no_tumour_found(a_pet, a_deep_model):
    folder, card = a_deep_model
    found = segment_with_model(a_pet, card, folder, config=InferenceConfig(threshold=1.0))
    assert found.mask.is_empty
    assert found.lesions == ()
    assert found.trust.sentence() == "no tumour found"


def test_outside_the_box_nothing_is_found(a_pet, a_deep_model):
    folder, card = a_deep_model
    box = np.zeros(a_pet.shape, dtype=bool)
    box[4:16, 4:16, 8:20] = True
    found = segment_with_model(a_pet, card, folder, box=Mask.on(a_pet, box), config=InferenceConfig(members="none"))
    assert found.probability.array[box].min() > 0
    assert not found.probability.array[:2].any()


def test_two_runs_give_the_same_bytes_and_stages_are_timed(a_pet, a_deep_model):
    folder, card = a_deep_model
    runs = [segment_with_model(a_pet, card, folder) for _ in range(2)]
    assert runs[0].probability.array.tobytes() == runs[1].probability.array.tobytes()
    assert set(runs[0].seconds) == {"load the model", "prepare", "network", "restore"}


def test_cancels(a_pet, a_deep_model):
    class Gone(Silent):
        def cancelled(self):
            return True

    folder, card = a_deep_model
    with pytest.raises(CancelledError):
        segment_with_model(a_pet, card, folder, progress=Gone())


def test_refuses_what_does_not_suit_the_model(a_pet, a_deep_model, a_flat_model):
    folder, card = a_deep_model
    with pytest.raises(InputError, match="volumes"):
        segment_with_model({}, card, folder)
    with pytest.raises(ModalityError, match="pet: expected modality PT"):
        segment_with_model(Volume(a_pet.array, a_pet.ijk_to_ras, "CT", "HU"), card, folder)
    with pytest.raises(InputError, match="slice-wise model that looks at the lungs"):
        segment_with_model(a_pet, a_flat_model[1], a_flat_model[0])
    with pytest.raises(InputError, match="expected a network with dropout"):
        segment_with_model(a_pet, card, folder, config=InferenceConfig(members="dropout"))
    for field, value in (("members", "all"), ("batch", 0), ("samples", 1), ("overlap", 2.0), ("threshold", -1.0)):
        with pytest.raises(InputError, match=f"^{field}"):
            InferenceConfig(**{field: value})
