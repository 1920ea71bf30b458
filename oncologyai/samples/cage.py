"""The shape of a synthetic chest: skin, pleura and diaphragm as functions of position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["Cage", "superellipse_distance"]

_ROUNDNESS = 2.3


@dataclass(frozen=True)
class Cage:
    """Half widths in mm and heights of the landmarks of a chest, RAS, z = 0 near the seventh thoracic vertebra.

    ``pleura_mm`` are the half axes of the chest's inside at its widest, ``skin_mm`` those of the body.
    ``dome_right_mm`` and ``dome_left_mm`` are the heights of the two halves of the diaphragm.
    """

    skin_mm: tuple[float, float] = (166.0, 113.0)
    pleura_mm: tuple[float, float] = (137.0, 88.0)
    apex_mm: float = 114.0
    dome_right_mm: float = -46.0
    dome_left_mm: float = -56.0

    def pleura_axes(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Half axes along x and y of the chest's inside at height z; nearly 0 above the apex."""
        rise = np.clip((z + 40.0) / (self.apex_mm + 40.0), 0.0, 1.0)
        fall = np.clip((-40.0 - z) / 110.0, 0.0, 1.0)
        across = self.pleura_mm[0] * np.sqrt(1.0 - rise**3.0) * (1.0 - 0.05 * fall**2)
        deep = self.pleura_mm[1] * np.sqrt(1.0 - rise**2.6) * (1.0 - 0.02 * fall**2)
        return np.maximum(across, 1.0), np.maximum(deep, 1.0)

    def pleura_middle(self, z: np.ndarray) -> np.ndarray:
        """The y of the chest's middle at height z: the apex lies further back."""
        return 8.0 - 30.0 * np.clip((z - 20.0) / 95.0, 0.0, 1.0) ** 1.5

    def pleura_distance(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Signed distance in mm to the chest's inner wall, negative inside."""
        across, deep = self.pleura_axes(z)
        return superellipse_distance(x, y - self.pleura_middle(z), across, deep, _ROUNDNESS)

    def skin_distance(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Signed distance in mm to the skin, negative inside; a groove runs down the back and a hollow in front."""
        across, deep = self.skin_mm
        belly = 1.0 + 0.03 * np.clip((-z - 40.0) / 110.0, 0.0, 1.0) - 0.06 * np.clip((z - 70.0) / 80.0, 0.0, 1.0) ** 2
        plain = superellipse_distance(x, y - 5.0, across * belly, deep * belly, 2.5)
        groove = np.exp(-((x / 16.0) ** 2)) * np.where(y < 0.0, 5.0, 4.0)
        breast = 9.0 * np.exp(-(((np.abs(x) - 75.0) / 42.0) ** 2) - ((z - 5.0) / 45.0) ** 2) * (y > 0.0)
        return plain + groove - breast

    def wall_point(self, turn: np.ndarray, z: np.ndarray, outside_mm: float) -> np.ndarray:
        """Points (n, 3) around the right half of the chest: ``turn`` -90 at the back, 0 at the side, 90 in front."""
        across, deep = self.pleura_axes(z)
        angle = np.deg2rad(turn)
        cos, sin = np.cos(angle), np.sin(angle)
        radius = (np.abs(cos / across) ** _ROUNDNESS + np.abs(sin / deep) ** _ROUNDNESS) ** (-1.0 / _ROUNDNESS)
        radius = radius + outside_mm
        return np.stack([radius * cos, radius * sin + self.pleura_middle(z), z], axis=-1)

    def diaphragm_height(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Height of the diaphragm in mm over each point: two domes that fall away to the walls."""
        domes = [
            top - 64.0 * (((x - middle) / 86.0) ** 2 + ((y - 18.0) / 96.0) ** 2) ** 1.25
            for top, middle in ((self.dome_right_mm, 66.0), (self.dome_left_mm, -68.0))
        ]
        high, low = np.maximum(*domes), np.minimum(*domes)
        joined = high + 6.0 * np.log1p(np.exp((low - high) / 6.0))
        return np.maximum(joined, -132.0)


def superellipse_distance(
    x: np.ndarray, y: np.ndarray, across: np.ndarray | float, deep: np.ndarray | float, power: float
) -> np.ndarray:
    """Distance in mm along the ray from the middle to ``|x/across|^power + |y/deep|^power = 1``, negative inside."""
    form = (np.abs(x / across) ** power + np.abs(y / deep) ** power) ** np.float32(1.0 / power)
    form = np.maximum(form, np.float32(1e-3))
    return (np.sqrt(x**2 + y**2) * (1.0 - 1.0 / form)).astype(np.float32)
