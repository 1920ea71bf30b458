"""What a network looked at."""

from __future__ import annotations

from oncologyai.explain.grad_cam import grad_cam

__all__ = ["grad_cam"]
