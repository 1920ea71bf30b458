"""Learning rates at shares of the training."""

from __future__ import annotations

import pytest
import torch

from oncologyai.errors import InputError
from oncologyai.training import learning_rate


def test_cosine_annealing_equals_torchs_own() -> None:
    weight = torch.nn.Parameter(torch.zeros(1))
    optimiser = torch.optim.SGD([weight], lr=0.3)
    other = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=20)
    for step in range(20):
        assert learning_rate("cosine", 0.3, step / 20) == pytest.approx(optimiser.param_groups[0]["lr"], rel=1e-6)
        optimiser.step()
        other.step()


def test_poly_falls_by_the_power_of_nine_tenths() -> None:
    assert learning_rate("poly", 0.01, 0.25) == pytest.approx(0.01 * 0.75**0.9)
    assert learning_rate("poly", 0.01, 1.0) == 0.0


def test_a_constant_rate_stays() -> None:
    assert learning_rate("constant", 3e-4, 0.9) == 3e-4


def test_the_rate_rises_over_the_warm_up() -> None:
    assert learning_rate("constant", 1.0, 0.05, warm_up=0.1) == pytest.approx(0.5)
    assert learning_rate("constant", 1.0, 0.2, warm_up=0.1) == 1.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("step", 0.1, 0.0, 0.0), "schedule: expected one of constant, cosine, poly"),
        (("poly", 0.0, 0.0, 0.0), "base: expected a number above 0"),
        (("poly", 0.1, 1.2, 0.0), "share: expected a number from 0 to 1"),
        (("poly", 0.1, 0.2, 2.0), "warm_up: expected a number from 0 to 1"),
    ],
)
def test_what_cannot_be_a_rate_is_refused(arguments: tuple[str, float, float, float], message: str) -> None:
    schedule, base, share, warm_up = arguments
    with pytest.raises(InputError, match=message):
        learning_rate(schedule, base, share, warm_up=warm_up)
