"""Samples: what stays, what changes, and that the generator alone decides."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from oncologyai.training import Augmentation, TrainConfig, find_cases, load_cases, load_config
from oncologyai.training.transforms import Inputs, change_values, cut_view, draw_sample, inputs_of, show_beside

PET, CT = Inputs("pet", "PT", 0, None), Inputs("ct", "CT", 1, 2)


@pytest.fixture
def a_case(a_config_file, tmp_path):
    config = load_config(a_config_file)
    return load_cases(find_cases(config)[:1], config, tmp_path / "cache")[0]


def test_inputs_follow_the_channels(a_config_file) -> None:
    assert inputs_of(load_config(a_config_file)) == (PET, CT)


def test_without_augmentation_a_centred_patch_is_the_image_itself(a_config_file, a_case) -> None:
    config = load_config(a_config_file, augmentation={}, on_lesion=1.0)
    image, truth = draw_sample(a_case, config, np.random.default_rng(0))
    assert image.numpy() == pytest.approx(a_case.image, abs=1e-5)
    assert np.array_equal(truth[0].numpy(), a_case.truth > 0.5)


def test_a_flip_is_numpy_s(a_config_file, a_case) -> None:
    config = load_config(a_config_file, augmentation={"flip": [1, 0, 1]}, on_lesion=1.0)
    image, truth = draw_sample(a_case, config, np.random.default_rng(0))
    assert image.numpy() == pytest.approx(a_case.image[:, ::-1, :, ::-1], abs=1e-5)
    assert np.array_equal(truth[0].numpy(), a_case.truth[::-1, :, ::-1] > 0.5)


def test_scaling_changes_the_lesion_s_volume_by_the_cube(a_config_file, a_case) -> None:
    config = load_config(
        a_config_file, augmentation={"scale": 1, "scale_range": [0.7, 0.7]}, on_lesion=1.0, patch=[16, 32, 32]
    )
    _, truth = draw_sample(a_case, config, np.random.default_rng(0))
    assert float(truth.sum()) / (a_case.truth > 0.5).sum() == pytest.approx(0.7**3, rel=0.25)


def test_the_same_generator_gives_the_same_sample_and_another_another(a_config_file, a_case) -> None:
    chances = ("rotate", "scale", "stretch", "elastic", "gain", "gamma", "noise", "blur", "coarse", "border", "offset")
    changes = dict.fromkeys(chances, 1.0) | {"rotate_degrees": [20, 10, 10]}
    config = load_config(a_config_file, augmentation=changes)
    one, two, three = (draw_sample(a_case, config, np.random.default_rng(seed))[0] for seed in (5, 5, 6))
    assert torch.equal(one, two) and not torch.equal(one, three)
    assert torch.isfinite(one).all()
    assert a_case.image.flags.writeable is False


def test_a_slice_wise_sample_is_one_slice(a_config_file, a_case) -> None:
    config = load_config(
        a_config_file,
        network={"name": "unet2d", "arguments": {"in_channels": 3, "filters": [4, 6, 8, 10, 12]}},
        patch=[16, 16],
        augmentation={},
        on_lesion=1.0,
    )
    image, truth = draw_sample(a_case, config, np.random.default_rng(0))
    assert image.shape == (3, 16, 16) and truth.shape == (1, 16, 16)
    same = [np.allclose(image.numpy(), a_case.image[:, k], atol=1e-5) for k in range(8)]
    assert sum(same) == 1 and truth.sum() > 0


def test_a_patch_of_a_slice_shows_the_lesion_in_the_slice_s_own_pixels(lung_settings, tmp_path) -> None:
    config = TrainConfig.model_validate(lung_settings)
    case = load_cases(find_cases(config), config, tmp_path)[0]
    for seed in range(3):
        image, truth = draw_sample(case, config, np.random.default_rng(seed))
        assert image.shape == (1, 32, 32) and truth.sum() > 0
        assert image.numpy() == pytest.approx(np.rint(image.numpy()), abs=1e-3)  # bins, not mixtures of bins
        windows = np.lib.stride_tricks.sliding_window_view(case.image[0], (32, 32), axis=(1, 2))[..., ::8, ::8]
        assert np.any(np.all(np.isclose(windows, image[0].numpy()[::8, ::8], atol=1e-3), axis=(3, 4)))


def test_the_view_is_cut_at_its_border_but_never_into_the_lesion() -> None:
    image, truth = torch.ones(3, 20, 20, 20), torch.zeros(20, 20, 20)
    truth[3:6, 8:12, 15:19] = 1
    cut = 0
    for seed in range(20):
        settings = Augmentation(border=1, border_mm=35)
        view = cut_view(image, truth, (4.0, 4.0, 4.0), (PET, CT), settings, np.random.default_rng(seed))
        assert bool((view[:, truth > 0] == 1).all())
        cut += int((view == 0).any())
    assert cut > 15
    assert bool((image == 1).all())


def test_only_a_channel_s_field_is_cut_further() -> None:
    image = torch.ones(3, 20, 20, 20)
    settings = Augmentation(field=1, field_mm=20, field_channels=("ct",))
    view = cut_view(image, torch.zeros(20, 20, 20), (2.0, 2.0, 2.0), (PET, CT), settings, np.random.default_rng(1))
    assert bool((view[0] == 1).all()) and torch.equal(view[1], view[2])
    assert 0 < float(view[2].mean()) < 1


def test_a_dropped_channel_loses_its_field_too_and_pet_stays_where_nothing_else_is() -> None:
    image = torch.ones(3, 4, 4, 4)
    lost = change_values(image, (PET, CT), Augmentation(drop={"ct": 1.0}), np.random.default_rng(0))
    assert bool((lost[0] == 1).all()) and not lost[1:].any()
    for complete, left in ((True, False), (False, True)):
        settings = Augmentation(drop={"pet": 1.0})
        lost = change_values(image, (PET, CT), settings, np.random.default_rng(0), complete=complete)
        assert bool(lost[0].any()) is left


def test_the_gain_of_pet_is_one_of_suv() -> None:
    image = torch.full((3, 2, 2, 2), float(np.log1p(10.0)))
    settings = Augmentation(gain=1, gain_range=(1.5, 1.5))
    changed = change_values(image, (PET, CT), settings, np.random.default_rng(0))
    assert float(changed[0, 0, 0, 0]) == pytest.approx(np.log1p(15.0), rel=1e-5)
    assert float(changed[1, 0, 0, 0]) == pytest.approx(1.5 * np.log1p(10.0), rel=1e-5)


def test_beside_the_lesion_nothing_of_it_is_shown_and_nothing_is_to_be_found() -> None:
    truth = torch.zeros(20, 24, 24)
    truth[12:16, 10:14, 10:14] = 1
    image = torch.stack(
        [torch.rand(truth.shape, generator=torch.Generator().manual_seed(1)) + 1, torch.ones_like(truth)]
    )
    image[0] += 100 * truth
    kinds = set()
    for seed in range(24):
        shown, empty = show_beside(image, truth, np.random.default_rng(seed))
        assert shown.shape == image.shape and not empty.any() and shown[0].max() < 50
        filled = bool((shown[1] == 1).all())
        kinds.add(filled)
        seen = shown[0][shown[0] > 0]
        assert torch.isin(seen, image[0]).all()  # the values are the image's own
        if not filled:
            assert torch.equal(shown[shown != 0], image[shown != 0])
    assert kinds == {True, False}


def test_a_lesion_that_leaves_no_room_stays() -> None:
    truth = torch.ones(6, 6, 6)
    image = torch.rand(1, 6, 6, 6)
    assert show_beside(image, truth, np.random.default_rng(0)) == (image, truth)
    assert show_beside(image, torch.zeros(6, 6, 6), np.random.default_rng(0))[0] is image


def test_absent_samples_are_drawn_as_often_as_asked(a_config_file, a_case) -> None:
    always = load_config(a_config_file, augmentation={"absent": 1.0}, on_lesion=1.0)
    small = replace(a_case, truth=(np.indices(a_case.truth.shape)[2] > 13).astype(np.float32))
    assert not any(draw_sample(small, always, np.random.default_rng(n))[1].any() for n in range(5))
