"""Seeded segmentation on phantoms whose truth is a formula."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from oncologyai.errors import CancelledError, InputError, OutsideImageError
from oncologyai.measure import recist_diameters
from oncologyai.segmenters import METHODS, SeedConfig, segment_from_seeds
from oncologyai.types import Mask, Volume

EVERY_METHOD = pytest.mark.parametrize("method", sorted(METHODS))


def phantom(
    shape: tuple[int, int, int],
    spacing: tuple[float, float, float],
    rotation: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Give the RAS of every voxel (k, j, i, 3) and the matrix; the grid's middle is the origin."""
    matrix = np.eye(4)
    matrix[:3, :3] = (np.eye(3) if rotation is None else rotation) @ np.diag(spacing)
    middle = (np.array(shape[::-1]) - 1) / 2
    matrix[:3, 3] = -matrix[:3, :3] @ middle
    k, j, i = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    return np.stack([i, j, k], axis=-1) @ matrix[:3, :3].T + matrix[:3, 3], matrix


def ball(ras: np.ndarray, center: tuple[float, float, float], radius: float) -> np.ndarray:
    return np.linalg.norm(ras - np.array(center), axis=-1) <= radius


def ct(truth: np.ndarray, matrix: np.ndarray, noise: float = 12.0) -> Volume:
    """Give a CT of soft tissue (40 HU) in lung (-850 HU), a little blurred, with noise."""
    array = ndimage.gaussian_filter(np.where(truth, 40.0, -850.0), 0.6)
    array += np.random.default_rng(4).normal(0.0, noise, array.shape)
    return Volume(array.astype(np.float32), matrix, "CT", "HU")


def dice(mask: Mask, truth: np.ndarray) -> float:
    return 2.0 * np.count_nonzero(mask.array & truth) / (np.count_nonzero(mask.array) + np.count_nonzero(truth))


@pytest.fixture(scope="module")
def a_ball_on_a_wall() -> tuple[Volume, np.ndarray]:
    """A ball of 30 mm diameter that touches a thick wall of its own density in a neck about 15 mm wide."""
    ras, matrix = phantom((50, 90, 90), (1.5, 1.5, 2.0))
    truth = ball(ras, (0.0, 0.0, 0.0), 15.0)
    return ct(truth | (ras[..., 0] > 13.0), matrix), truth


@EVERY_METHOD
def test_finds_a_ball_in_lung(method: str) -> None:
    ras, matrix = phantom((40, 64, 64), (1.0, 1.0, 2.0))
    truth = ball(ras, (3.0, -4.0, 5.0), 14.0)
    mask = segment_from_seeds(ct(truth, matrix), [(3.0, -4.0, 5.0)], config=SeedConfig(method=method))
    assert dice(mask, truth) > 0.93
    assert mask.label == "GTV-1"
    assert mask.code is not None
    assert mask.code.type.meaning == "Neoplasm, Primary"


@EVERY_METHOD
def test_does_not_leak_through_a_neck(method: str, a_ball_on_a_wall: tuple[Volume, np.ndarray]) -> None:
    volume, truth = a_ball_on_a_wall
    mask = segment_from_seeds(volume, [(-2.0, 0.0, 0.0)], config=SeedConfig(method=method))
    assert dice(mask, truth) > 0.80


@EVERY_METHOD
def test_works_with_oblique_directions_and_unequal_spacing(method: str) -> None:
    c, s = np.cos(0.5), np.sin(0.5)
    rotation = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]) @ np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
    ras, matrix = phantom((24, 70, 60), (0.8, 1.1, 3.0), rotation @ np.diag([-1.0, -1.0, 1.0]))
    truth = ball(ras, (4.0, -3.0, 2.0), 16.0)
    mask = segment_from_seeds(ct(truth, matrix), [(4.0, -3.0, 2.0)], config=SeedConfig(method=method))
    assert dice(mask, truth) > 0.90
    assert np.array_equal(mask.ijk_to_ras, matrix)


@EVERY_METHOD
def test_finds_a_hot_ball_in_pet_beside_a_hotter_one(method: str) -> None:
    ras, matrix = phantom((40, 40, 40), (4.0, 4.0, 3.3))
    truth = ball(ras, (-24.0, 0.0, 0.0), 18.0)
    array = np.where(truth, 8.0, 1.0) + 20.0 * ball(ras, (35.0, 0.0, 0.0), 14.0)
    array = ndimage.gaussian_filter(array, 0.7) + np.random.default_rng(1).normal(0.0, 0.2, array.shape)
    pet = Volume(array.astype(np.float32), matrix, "PT", "SUVbw")
    mask = segment_from_seeds(pet, [(-24.0, 0.0, 0.0)], config=SeedConfig(method=method))
    assert dice(mask, truth) > 0.85


def test_an_unknown_modality_learns_from_the_seeds_alone() -> None:
    ras, matrix = phantom((40, 50, 50), (1.5, 1.5, 1.5))
    truth = ball(ras, (0.0, 0.0, 0.0), 15.0)
    array = np.where(truth, 700.0, 300.0) + np.random.default_rng(2).normal(0.0, 20.0, truth.shape)
    volume = Volume(array.astype(np.float32), matrix, "MR")
    assert dice(segment_from_seeds(volume, [(0.0, 0.0, 0.0)]), truth) > 0.9


def test_bronchi_inside_the_lesion_belong_to_it() -> None:
    ras, matrix = phantom((40, 64, 64), (1.0, 1.0, 2.0))
    truth = ball(ras, (0.0, 0.0, 0.0), 16.0)
    holed = truth & ~ball(ras, (0.0, 6.0, 0.0), 2.5)
    mask = segment_from_seeds(ct(holed, matrix), [(0.0, -5.0, 0.0)])
    assert dice(mask, truth) > 0.93
    assert mask.array[ball(ras, (0.0, 6.0, 0.0), 2.0)].all()


@EVERY_METHOD
def test_nothing_lies_beyond_the_set_distance(method: str) -> None:
    ras, matrix = phantom((40, 64, 64), (1.0, 1.0, 2.0))
    truth = ball(ras, (0.0, 0.0, 0.0), 20.0)
    config = SeedConfig(method=method, max_distance_mm=12.0)
    mask = segment_from_seeds(ct(truth, matrix), [(0.5, 0.5, 1.0)], config=config)
    assert not mask.is_empty
    assert np.linalg.norm(ras[mask.array] - np.array([0.5, 0.5, 1.0]), axis=-1).max() <= 12.0 + 1e-6


@EVERY_METHOD
def test_outside_seeds_carve_away_what_they_hold(method: str) -> None:
    ras, matrix = phantom((40, 60, 90), (1.5, 1.5, 2.0))
    truth = ball(ras, (-16.0, 0.0, 0.0), 17.0)
    volume = ct(truth | ball(ras, (16.0, 0.0, 0.0), 17.0), matrix)
    config = SeedConfig(method=method)
    alone = segment_from_seeds(volume, [(-16.0, 0.0, 0.0)], config=config)
    carved = segment_from_seeds(volume, [(-16.0, 0.0, 0.0)], [(16.0, 0.0, 0.0)], config=config)
    assert dice(carved, truth) > 0.85
    assert dice(carved, truth) > dice(alone, truth)
    k, j, i = np.floor(carved.ijk_from_ras((16.0, 0.0, 0.0)) + 0.5).astype(int)[::-1]
    assert not carved.array[k, j, i]


def test_holds_every_inside_seed_even_one_in_air(a_ball_on_a_wall: tuple[Volume, np.ndarray]) -> None:
    volume, _ = a_ball_on_a_wall
    seeds = np.array([(0.0, 0.0, 0.0), (-30.0, 0.0, 0.0)])
    mask = segment_from_seeds(volume, seeds)
    voxels = np.floor(volume.ijk_from_ras(seeds) + 0.5).astype(int)[:, ::-1]
    assert mask.array[tuple(voxels.T)].all()


@EVERY_METHOD
def test_gives_the_same_voxels_every_time(method: str, a_ball_on_a_wall: tuple[Volume, np.ndarray]) -> None:
    volume, _ = a_ball_on_a_wall
    runs = [segment_from_seeds(volume, [(0.0, 0.0, 0.0)], config=SeedConfig(method=method)) for _ in range(2)]
    assert np.array_equal(runs[0].array, runs[1].array)


def test_leaves_the_image_as_it_was(a_ball_on_a_wall: tuple[Volume, np.ndarray]) -> None:
    volume, _ = a_ball_on_a_wall
    before = volume.array.copy()
    segment_from_seeds(volume, [(0.0, 0.0, 0.0)])
    assert np.array_equal(volume.array, before)


def test_takes_one_bare_point(a_ball_on_a_wall: tuple[Volume, np.ndarray]) -> None:
    volume, _ = a_ball_on_a_wall
    assert np.array_equal(
        segment_from_seeds(volume, (0.0, 0.0, 0.0)).array,  # type: ignore[arg-type]
        segment_from_seeds(volume, [(0.0, 0.0, 0.0)]).array,
    )


def test_rejects_a_seed_outside_the_image_and_names_the_bounds(a_ball_on_a_wall: tuple[Volume, np.ndarray]) -> None:
    volume, _ = a_ball_on_a_wall
    with pytest.raises(OutsideImageError, match=r"seed inside: .*R -67\.5 to 67\.5.*got \(500\.0, 0\.0, 0\.0\)"):
        segment_from_seeds(volume, [(0.0, 0.0, 0.0), (500.0, 0.0, 0.0)])
    with pytest.raises(OutsideImageError, match="seed outside"):
        segment_from_seeds(volume, [(0.0, 0.0, 0.0)], [(0.0, 0.0, 99.0)])


def test_rejects_no_seed(a_ball_on_a_wall: tuple[Volume, np.ndarray]) -> None:
    with pytest.raises(InputError, match="seed inside: expected at least one point"):
        segment_from_seeds(a_ball_on_a_wall[0], [])


def test_rejects_a_seed_that_is_no_point(a_ball_on_a_wall: tuple[Volume, np.ndarray]) -> None:
    with pytest.raises(InputError, match="three finite numbers"):
        segment_from_seeds(a_ball_on_a_wall[0], [(0.0, float("nan"), 0.0)])
    with pytest.raises(InputError, match="three finite numbers"):
        segment_from_seeds(a_ball_on_a_wall[0], [(0.0, 0.0)])


def test_rejects_a_seed_both_inside_and_outside(a_ball_on_a_wall: tuple[Volume, np.ndarray]) -> None:
    with pytest.raises(InputError, match="seed outside: .* in both"):
        segment_from_seeds(a_ball_on_a_wall[0], [(0.0, 0.0, 0.0)], [(0.1, 0.0, 0.0)])


class _CancelAfter:
    """Progress that cancels at the n-th question."""

    def __init__(self, questions: int) -> None:
        self.left = questions

    def stage(self, name: str, share: float) -> None:
        """Do nothing."""

    def cancelled(self) -> bool:
        self.left -= 1
        return self.left < 0


@pytest.mark.parametrize("questions", [0, 1, 3, 20])
def test_stops_when_cancelled(questions: int, a_ball_on_a_wall: tuple[Volume, np.ndarray]) -> None:
    with pytest.raises(CancelledError, match="cancelled"):
        segment_from_seeds(a_ball_on_a_wall[0], [(0.0, 0.0, 0.0)], progress=_CancelAfter(questions))


def a_blurred_ball(shape: tuple[int, int, int], spacing: tuple[float, float, float], radius: float) -> np.ndarray:
    """Give the share of each voxel that a ball at the origin fills, by 5 samples along each axis."""
    ras, _ = phantom(shape, spacing)
    steps = (np.arange(5) - 2.0) / 5.0
    shares = [
        ball(ras + np.array([a, b, c]) * np.array(spacing), (0.3, -0.4, 0.2), radius)
        for a in steps
        for b in steps
        for c in steps
    ]
    return np.mean(shares, axis=0)


@EVERY_METHOD
@pytest.mark.parametrize("diameter", [5.0, 8.0])
@pytest.mark.parametrize("spacing", [(0.98, 0.98, 3.0), (0.7, 0.7, 1.0), (0.7, 0.7, 5.0)])
def test_a_small_nodule_is_found_whole_and_the_lung_left(
    method: str, diameter: float, spacing: tuple[float, float, float]
) -> None:
    shape = (max(int(40 / spacing[2]), 9), 50, 50)
    share = a_blurred_ball(shape, spacing, diameter / 2)
    _, matrix = phantom(shape, spacing)
    array = -850.0 + 890.0 * share + np.random.default_rng(3).normal(0.0, 15.0, shape)
    volume = Volume(array.astype(np.float32), matrix, "CT", "HU")
    mask = segment_from_seeds(volume, [(0.8, -0.4, 0.2)], config=SeedConfig(method=method))
    assert 0.6 < mask.volume_ml / (np.pi / 6 * diameter**3 / 1000.0) < 1.4
    assert recist_diameters(mask).long_axis.length_mm == pytest.approx(diameter, abs=1.5)


def test_a_small_nodule_on_a_vessel_and_at_the_wall_leaves_both() -> None:
    ras, matrix = phantom((36, 70, 70), (0.8, 0.8, 1.2))
    truth = ball(ras, (0.0, 0.0, 0.0), 5.0)
    vessel = np.hypot(ras[..., 1] - 1.0, ras[..., 2]) <= 1.2
    wall = ras[..., 0] > 4.5
    mask = segment_from_seeds(ct(truth | wall | vessel, matrix), [(-1.0, 0.0, 0.0)])
    assert dice(mask, truth & ~wall) > 0.80


@EVERY_METHOD
def test_nothing_of_a_flat_hot_lesion_is_lost_and_nothing_cold_gained(method: str) -> None:
    ras, matrix = phantom((30, 30, 30), (4.0, 4.0, 4.0))
    truth = (
        ball(ras, (0.0, 0.0, 0.0), 16.0)
        | ball(ras, (14.0, 6.0, 0.0), 7.0)
        | (np.linalg.norm(ras[..., 1:], axis=-1) < 3.0) & (np.abs(ras[..., 0] + 8.0) < 12.0)
    )
    pet = Volume(np.where(truth, 8.0, 0.4).astype(np.float32), matrix, "PT", "SUVbw")
    mask = segment_from_seeds(pet, [(0.0, 0.0, 0.0)], config=SeedConfig(method=method))
    assert np.array_equal(mask.array, truth)


@EVERY_METHOD
def test_one_hot_voxel_is_one_voxel(method: str) -> None:
    _, matrix = phantom((21, 21, 21), (4.0, 4.0, 4.0))
    array = np.full((21, 21, 21), 0.4, dtype=np.float32)
    array[10, 10, 10] = 8.0
    mask = segment_from_seeds(Volume(array, matrix, "PT", "SUVbw"), [(0, 0, 0)], config=SeedConfig(method=method))
    assert np.argwhere(mask.array).tolist() == [[10, 10, 10]]


def test_the_border_to_lung_is_that_of_voxels_not_of_blocks() -> None:
    ras, matrix = phantom((40, 70, 70), (1.0, 1.0, 2.0))
    truth = ball(ras, (0.4, -0.3, 0.6), 18.0) & ~ball(ras, (0.0, 20.0, 0.0), 7.0)
    mask = segment_from_seeds(ct(truth, matrix), [(0.0, -3.0, 0.0)])
    assert dice(mask, truth) > 0.97
    assert mask.volume_ml == pytest.approx(np.count_nonzero(truth) * 0.002, rel=0.03)
