"""Losses against values worked out by hand or by another implementation."""

from __future__ import annotations

import math

import pytest
import torch
from monai.losses import DiceLoss as MonaiDice
from torch.nn import functional

from oncologyai.errors import InputError
from oncologyai.training import DiceLoss, FocalLoss, PrivilegedLoss, SupervisedLoss, make_loss


def a_pair(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(2, 1, 4, 5, 6, generator=generator)
    return logits, (torch.rand(2, 1, 4, 5, 6, generator=generator) > 0.7).float()


@pytest.mark.parametrize("squared", [False, True])
def test_dice_equals_an_independent_implementation(squared: bool) -> None:
    logits, truth = a_pair()
    other = MonaiDice(sigmoid=True, squared_pred=squared, smooth_nr=1.0, smooth_dr=1.0)(logits, truth)
    assert DiceLoss(squared=squared)(logits, truth).item() == pytest.approx(other.item(), abs=1e-6)


def test_dice_of_equation_one_on_three_voxels_is_the_hand_computed_value() -> None:
    found = torch.tensor([0.5, 0.8, 0.2])
    truth = torch.tensor([1.0, 1.0, 0.0])
    loss = DiceLoss(squared=True, smooth=0.0)(torch.logit(found).reshape(1, 1, 3), truth.reshape(1, 1, 3))
    assert loss.item() == pytest.approx(1 - 2 * 1.3 / (0.25 + 0.64 + 0.04 + 2), abs=1e-6)


def test_nothing_to_find_and_nothing_found_costs_nothing() -> None:
    assert DiceLoss()(torch.full((1, 1, 8, 8), -40.0), torch.zeros(1, 1, 8, 8)).item() == pytest.approx(0, abs=1e-6)


def test_focal_loss_follows_the_papers_equations() -> None:
    found, truth = torch.tensor([0.9, 0.3]), torch.tensor([1.0, 0.0])
    expected = -0.75 / 2 * (0.1**2 * math.log(0.9) + 0.3**2 * math.log(0.7))
    assert FocalLoss()(torch.logit(found), truth).item() == pytest.approx(expected, rel=1e-5)


def test_a_balanced_focal_loss_weighs_the_lesion_by_alpha_and_the_rest_by_its_complement() -> None:
    found, truth = torch.tensor([0.9, 0.3]), torch.tensor([1.0, 0.0])
    expected = -(0.75 * 0.1**2 * math.log(0.9) + 0.25 * 0.3**2 * math.log(0.7)) / 2
    assert FocalLoss(balanced=True)(torch.logit(found), truth).item() == pytest.approx(expected, rel=1e-5)


def test_focal_loss_without_gamma_is_alpha_times_the_cross_entropy() -> None:
    logits, truth = a_pair()
    entropy = functional.binary_cross_entropy_with_logits(logits, truth)
    assert FocalLoss(gamma=0.0)(logits, truth).item() == pytest.approx(0.75 * entropy.item(), rel=1e-5)


def test_focal_loss_of_extreme_logits_has_finite_gradients() -> None:
    logits = torch.tensor([80.0, -80.0, 80.0], requires_grad=True)
    FocalLoss()(logits, torch.tensor([1.0, 1.0, 0.0])).backward()
    assert logits.grad is not None and bool(logits.grad.isfinite().all())


def test_dice_is_privileged_in_the_first_epochs_only() -> None:
    logits, truth = a_pair()
    dice = DiceLoss()(logits, truth).item()
    entropy = functional.binary_cross_entropy_with_logits(logits, truth).item()
    loss = PrivilegedLoss(privilege=0.8, epochs=50)
    assert loss(logits, truth, 49).item() == pytest.approx(0.8 * dice + 0.2 * entropy, rel=1e-5)
    assert loss(logits, truth, 50).item() == pytest.approx(0.5 * dice + 0.5 * entropy, rel=1e-5)


def test_a_slice_without_tumour_still_teaches() -> None:
    logits = torch.zeros(1, 1, 8, 8, requires_grad=True)
    PrivilegedLoss()(logits, torch.zeros(1, 1, 8, 8), 60).backward()
    assert logits.grad is not None and bool((logits.grad > 0).all())


def test_deep_supervision_weighs_each_lower_level_by_half() -> None:
    logits, truth = a_pair()
    small = torch.zeros(2, 1, 2, 5, 3)
    target = functional.avg_pool3d(truth, (2, 1, 2))
    expected = (FocalLoss()(logits, truth) + 0.5 * FocalLoss()(small, target)) / 1.5
    assert SupervisedLoss(FocalLoss())((logits, small), truth, 0).item() == pytest.approx(expected.item(), rel=1e-6)


def test_a_loss_is_made_by_name() -> None:
    assert make_loss("focal", alpha=0.5) == FocalLoss(alpha=0.5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: make_loss("hinge"), "loss: expected one of dice, dice-ce, focal"),
        (lambda: make_loss("dice", gamma=2.0), "loss: expected arguments of dice"),
        (lambda: DiceLoss(smooth=-1.0), "smooth: expected"),
        (lambda: FocalLoss(alpha=1.5), "alpha: expected a number from 0 to 1"),
        (lambda: FocalLoss(gamma=-1.0), "gamma: expected"),
        (lambda: PrivilegedLoss(privilege=0.2), "privilege: expected a number from 0.5 to 1"),
        (lambda: PrivilegedLoss(epochs=-1), "epochs: expected"),
        (lambda: PrivilegedLoss(smooth=-1.0), "smooth: expected"),
        (lambda: DiceLoss()(torch.zeros(1, 1, 4), torch.zeros(1, 1, 5)), "truth: expected the logits' shape"),
        (lambda: FocalLoss()(torch.zeros(1, 1, 4), torch.zeros(1, 1, 5)), "truth: expected the logits' shape"),
    ],
)
def test_what_cannot_be_a_loss_is_refused(make: object, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()  # type: ignore[operator]
