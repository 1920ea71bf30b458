"""A ball of tissue in lung, small enough to be quick."""

import numpy as np
import pytest

from oncologyai.types import Mask, Point, Volume

RADIUS_MM = 12.0


@pytest.fixture(scope="session")
def a_ball() -> tuple[Volume, Mask, Point]:
    """The image in HU, the true ball, and a point in its middle."""
    affine = np.array([[-1.5, 0, 0, 30], [0, -1.5, 0, 30], [0, 0, 2.0, -40], [0, 0, 0, 1]])
    volume = Volume(np.full((40, 40, 40), -850, np.int16), affine, "CT", "HU")
    k, j, i = np.meshgrid(*[np.arange(n) for n in volume.shape], indexing="ij")
    ras = volume.ras_from_ijk(np.stack([i, j, k], axis=-1))
    truth = np.linalg.norm(ras, axis=-1) <= RADIUS_MM
    noise = np.random.default_rng(7).normal(0, 15, volume.shape)
    array = (np.where(truth, 40, -850) + noise).round().astype(np.int16)
    return volume.with_array(array), Mask.on(volume, truth), Point("Inside-1", (0.0, 0.0, 0.0))
