"""A training of seconds: pictures of noise, those of class 1 with a bright spot."""

from typing import Any

import numpy as np

from oncologyai.training import BoneScanCase, BoneScanTrainConfig

COUNT = 28


def trial_config(**changes: Any) -> BoneScanTrainConfig:
    """A narrow network of three blocks on pictures of 32 x 32."""
    given = {
        "name": "trial", "data": {"kind": "synthetic", "centres": {"A": COUNT}}, "widths": [[4], [6], [8, 8]],
        "hidden": 12, "trained_blocks": 3, "picture": {"height": 32, "width": 16}, "validation": 8, "epochs": 2,
        "steps": 4, "learning_rate": 3e-3, "device": "cpu", "threads": 1,
    }  # fmt: skip
    return BoneScanTrainConfig.model_validate(given | changes)


def trial_cases() -> list[BoneScanCase]:
    """Every third scan has metastases."""
    return [BoneScanCase(f"scan-{n}", int(n % 3 == 0), f"scan-{n}", "A") for n in range(COUNT)]


def trial_picture(place: int) -> np.ndarray:
    """A picture (32, 32) from 0 to 1."""
    generator = np.random.default_rng(place)
    picture = 0.2 * generator.random((32, 32))
    if place % 3 == 0:
        j, i = generator.integers(4, 24, 2)
        picture[j : j + 6, i : i + 6] = 1.0
    return picture.astype(np.float32)
