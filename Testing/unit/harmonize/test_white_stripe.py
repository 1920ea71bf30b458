"""White matter becomes 0 with a spread of 1, whatever the scanner's gain."""

import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.harmonize import NormaliseWhiteStripe, Preset, harmonize
from oncologyai.types import Mask, Volume


def only(*steps):
    return Preset("steps", "", steps)


@pytest.fixture
def a_brain() -> tuple[Volume, Mask, np.ndarray]:
    """Fluid, grey and white matter at 100, 300 and 500 with noise in air of 0, the brain, and the tissue's number."""
    numbers = np.random.default_rng(0)
    tissue = np.zeros((8, 40, 40), int)
    tissue[:, 5:35, 5:35] = 2
    tissue[:, 8:29, 8:32] = 3
    tissue[:, 29:33, 10:20] = 1
    values = np.array([0, 100, 300, 500])[tissue] + numbers.normal(0, 12, tissue.shape) * (tissue > 0)
    volume = Volume(values.astype(np.float32), np.diag([-1.0, -1.0, 2.0, 1.0]), "MR")
    return volume, Mask.on(volume, tissue > 0), tissue


@pytest.mark.parametrize("gain", [1.0, 0.01, 7.3])
def test_white_matter_of_a_t1_becomes_zero(a_brain, gain):
    volume, brain, tissue = a_brain
    louder = volume.with_array(volume.array * np.float32(gain))
    found = harmonize(louder, only(NormaliseWhiteStripe("T1")), region=brain).volume.array
    stripe = 12 * 0.16  # a tenth of the ranks about the peak is narrower than the tissue
    assert abs(found[tissue == 3].mean()) < 12 / stripe
    assert found[tissue == 2].mean() == pytest.approx(-200 / 12 * found[tissue == 3].std(), rel=0.05)


def test_the_largest_peak_counts_in_a_t2(a_brain):
    volume, brain, tissue = a_brain
    volume.array[tissue == 3] = 900 - volume.array[tissue == 3]  # darker than grey: 400
    found = harmonize(volume, only(NormaliseWhiteStripe("T2")), region=brain).volume.array
    assert abs(found[tissue == 3].mean()) < abs(found[tissue == 2].mean()) / 5


def test_wrong_input_is_told(a_brain):
    volume, _, _ = a_brain
    with pytest.raises(EmptyMaskError, match="white stripe: expected an image with tissues"):
        harmonize(volume.with_array(np.ones_like(volume.array)), only(NormaliseWhiteStripe()))
    with pytest.raises(InputError, match="contrast"):
        NormaliseWhiteStripe("PD")
    with pytest.raises(InputError, match="width"):
        NormaliseWhiteStripe(width=0.0)
