"""Every network learns one small lesion by the library's loop; the same on two patients: bench_overfit.py."""

import json

import numpy as np
import pytest

from oncologyai.networks import NETWORKS
from oncologyai.training import Case, TrainConfig, fit

SLOW = {"attention-unet3d", "cotr", "densehighres3dnet-ensemble"}  # 2 to 11 s, and all of Co-ReTr
CHANNEL = {"name": "pet", "modality": "PT", "normalisation": {"kind": "as-is"}}


def a_case(size):
    """A bright ball in noise."""
    places = np.stack(np.indices(size), axis=-1) - (np.array(size) - 1) / 2
    truth = (np.linalg.norm(places, axis=-1) <= 0.3 * min(edge for edge in size if edge > 1)).astype(np.float32)
    noise = np.random.default_rng(0).random(size, dtype=np.float32)
    return Case("ball", "ball", "", (truth + 0.3 * noise)[None], truth, (1.0, 1.0, 1.0), True)


def every_network():
    slow = [pytest.mark.slow]
    return [
        pytest.param(name, marks=slow if name in SLOW or name.startswith("coretr") else ()) for name in sorted(NETWORKS)
    ]


@pytest.mark.parametrize("name", every_network())
def test_a_narrow_network_learns_a_ball(name, tmp_path) -> None:
    spec = NETWORKS[name]
    patch = list(spec.small_input[1:])
    config = TrainConfig.model_validate(
        {
            "name": "overfit",
            "data": {"table": "none.csv"},
            "channels": [CHANNEL],
            "spacing_mm": [1, 1, 1],
            "network": {"name": name, "arguments": json.loads(json.dumps(dict(spec.small)))},
            "patch": patch,
            "batch": 2,
            "on_lesion": 0.0,
            "phases": [{"epochs": 8, "arguments": {"privilege": 0.5, "epochs": 0}}],
            "steps_per_epoch": 10,
            "optimiser": "adam",
            "learning_rate": 0.01,
            "schedule": "constant",
            "clip_gradient": 5.0,
            "folds": 0,
            "validate_every": 1,
            "device": "cpu",
            "threads": 1,
        }
    )
    case = a_case(tuple(patch) if spec.dims == 3 else (1, *patch))
    found = 0.0
    while not found > 0.9:
        result = fit(config, [case], [case], tmp_path, minutes=0)
        found = result.dice["ball"]
        assert found > 0.9 or not result.finished, [row.dice for row in result.rows]
