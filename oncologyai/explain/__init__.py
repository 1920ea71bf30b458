"""What a network looked at."""

from __future__ import annotations

from oncologyai.explain.class_map import CamMethod, PooledHead, class_map
from oncologyai.explain.grad_cam import CAM_METHODS, grad_cam
from oncologyai.explain.heat_volume import heat_volume

__all__ = [
    "CAM_METHODS",
    "CamMethod",
    "PooledHead",
    "class_map",
    "grad_cam",
    "heat_volume",
]
