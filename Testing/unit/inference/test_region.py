import numpy as np

from oncologyai.inference import find_region, prepare_channels, resample
from oncologyai.types import Volume


def test_finds_body_and_lungs_of_the_ct_on_the_working_grid(a_chest, a_deep_model):
    card = a_deep_model[1].model_copy(update={"spacing_mm": (6.0, 6.0, 6.0)})
    pet = Volume(np.ones(a_chest.shape, dtype=np.float32), a_chest.ijk_to_ras, "PT", "SUVbw")
    volumes = {"pet": pet, "ct": a_chest}
    prepared = prepare_channels(volumes, card)
    hu = resample(a_chest, prepared.ijk_to_ras, prepared.array.shape[1:], fill=-1000)
    body = find_region(volumes, card.model_copy(update={"region": "body"}), prepared)
    assert 2 * np.count_nonzero(body & (hu > -900)) / (np.count_nonzero(body) + np.count_nonzero(hu > -900)) > 0.95
    lungs = find_region(volumes, card.model_copy(update={"region": "lungs"}), prepared)
    aerated = (hu < -700) & body
    assert np.count_nonzero(lungs & aerated) > 0.95 * np.count_nonzero(aerated)
    assert np.count_nonzero(lungs) < np.count_nonzero(body)
    assert find_region(volumes, card, prepared) is None
    assert find_region({"pet": pet}, card.model_copy(update={"region": "body"}), prepared) is None
