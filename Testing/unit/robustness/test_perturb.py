"""A chain of perturbations: the same from the same seed, whatever else is perturbed."""

import numpy as np
import pytest

from oncologyai.errors import EmptyMaskError, InputError
from oncologyai.robustness import PerturbationConfig, perturb
from oncologyai.types import Mask


def test_the_same_seed_case_and_number_give_the_same_bits(a_ball) -> None:
    config = PerturbationConfig(seed=3)
    one, same = (perturb(*a_ball, config, case="a", number=2) for _ in range(2))
    assert np.array_equal(one.volume.array, same.volume.array) and np.array_equal(one.mask.array, same.mask.array)
    for case, number, seed in (("b", 2, 3), ("a", 1, 3), ("a", 2, 4)):
        other = perturb(*a_ball, PerturbationConfig(seed=seed), case=case, number=number)
        assert other.rotation_deg != one.rotation_deg


def test_a_step_left_out_does_not_change_what_the_others_draw(a_ball) -> None:
    whole = perturb(*a_ball, PerturbationConfig(), case="a", number=0)
    without = perturb(*a_ball, PerturbationConfig(chain="RV"), case="a", number=0)
    assert (without.rotation_deg, without.volume_share) == (whole.rotation_deg, whole.volume_share)
    assert without.noise == 0 and without.translation == (0, 0, 0) and whole.noise > 0


@pytest.mark.parametrize("chain", ["R", "N", "T", "V", "C"])
def test_each_step_alone_changes_what_it_should(a_ball, chain: str) -> None:
    volume, mask = a_ball
    mask = Mask.on(volume, np.roll(mask.array, 3, axis=2))  # on the true border a contour is drawn again as it was
    config = PerturbationConfig(chain=chain, margin_mm=500, seed=5)
    found = perturb(volume, mask, config, case="a", number=0)
    assert found.volume.same_grid(volume)
    assert np.array_equal(found.volume.array, volume.array) == (chain in "VC")
    assert np.array_equal(found.mask.array, mask.array) == (chain == "N")


def test_the_image_is_cut_to_the_margin_and_keeps_its_place(a_ball) -> None:
    volume, mask = a_ball
    found = perturb(volume, mask, PerturbationConfig(chain="V", margin_mm=4), case="a", number=0)
    corner = found.volume.ras_from_ijk([0, 0, 0])
    k, j, i = np.rint(volume.ijk_from_ras(corner))[::-1].astype(int)
    assert found.volume.shape < volume.shape and found.volume.array[0, 0, 0] == volume.array[k, j, i]
    found.volume.require_same_grid(found.mask, "mask")


def test_draws_stay_within_their_ranges(a_ball) -> None:
    config = PerturbationConfig(chain="RTV", rotation_deg=5, translation=0.5, volume_share=0.1)
    found = [perturb(*a_ball, config, case="a", number=number) for number in range(8)]
    assert max(abs(one.rotation_deg) for one in found) <= 5
    assert max(max(one.translation) for one in found) <= 0.5 and min(min(one.translation) for one in found) >= 0
    assert max(abs(one.volume_share) for one in found) <= 0.1


def test_bad_input(a_ball) -> None:
    with pytest.raises(InputError, match="chain: expected letters of RNTVC, each at most once, got 'RX'"):
        PerturbationConfig(chain="RX")
    with pytest.raises(InputError, match="chain"):
        PerturbationConfig(chain="RR")
    with pytest.raises(InputError, match="count: expected a number from 2 to 1000"):
        PerturbationConfig(count=1)
    volume = a_ball[0]
    with pytest.raises(EmptyMaskError, match="expected at least one voxel"):
        perturb(volume, Mask.on(volume, np.zeros(volume.shape, bool)), PerturbationConfig(), case="a", number=0)
