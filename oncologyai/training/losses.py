"""Losses between logits and a 0/1 truth of the same shape (batch, channel, [k,] j, i)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional

from oncologyai._checks import check_choice, check_range
from oncologyai.errors import InputError

__all__ = ["LOSSES", "DiceLoss", "FocalLoss", "Loss", "PrivilegedLoss", "SupervisedLoss", "make_loss"]

Loss = Callable[[torch.Tensor, torch.Tensor, int], torch.Tensor]
"""Takes logits, truth and the epoch from 0; gives a scalar."""


@dataclass(frozen=True)
class DiceLoss:
    """1 minus the soft Dice overlap, a sample and channel, then their mean.

    Parameters
    ----------
    squared : bool
        Whether the denominator sums squares (V-Net, as DenseHighRes3DNet's equation 1) or the values themselves.
    smooth : float, >= 0
        Added to both parts, so that an empty truth, empty found, costs nothing.

    Raises
    ------
    InputError
        If ``smooth`` is negative.
    """

    squared: bool = False
    smooth: float = 1.0

    def __post_init__(self) -> None:
        check_range(self.smooth, 0.0, 1e6, "smooth")

    def __call__(self, logits: torch.Tensor, truth: torch.Tensor, epoch: int = 0) -> torch.Tensor:
        """Give the loss, 0 to 1."""
        _check_shapes(logits, truth)
        found, truth = torch.sigmoid(logits.float()), truth.float()
        axes = tuple(range(2, truth.ndim))
        both = (found * truth).sum(axes)
        power = 2 if self.squared else 1
        size = found.pow(power).sum(axes) + truth.pow(power).sum(axes)
        return (1.0 - (2.0 * both + self.smooth) / (size + self.smooth).clamp_min(1e-8)).mean()


@dataclass(frozen=True)
class FocalLoss:
    """-alpha (1 - q)^gamma log q, q the probability given to the truth, averaged over voxels.

    DenseHighRes3DNet, equations 2 and 3: alpha weighs every voxel alike there, a constant factor.

    Parameters
    ----------
    alpha : float, 0 to 1
        0.75 (DenseHighRes3DNet, section 3.4).
    gamma : float, 0 to 10
        2 (DenseHighRes3DNet, section 3.4); 0 is alpha times the cross-entropy.
    balanced : bool
        The loss's first authors weigh the lesion by alpha and the rest by 1 - alpha (Lin et al. 2017); False is the
        paper's equation.

    Raises
    ------
    InputError
        If a number is out of its range.
    """

    alpha: float = 0.75  # DenseHighRes3DNet, section 3.4
    gamma: float = 2.0  # DenseHighRes3DNet, section 3.4
    balanced: bool = False

    def __post_init__(self) -> None:
        check_range(self.alpha, 0.0, 1.0, "alpha")
        check_range(self.gamma, 0.0, 10.0, "gamma")

    def __call__(self, logits: torch.Tensor, truth: torch.Tensor, epoch: int = 0) -> torch.Tensor:
        """Give the loss, at least 0."""
        _check_shapes(logits, truth)
        logits, truth = logits.float(), truth.float()
        surprise = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none")
        missing = 1.0 - torch.exp(-surprise)
        weight = self.alpha * truth + (1.0 - self.alpha) * (1.0 - truth) if self.balanced else self.alpha
        return (weight * missing.clamp_min(0.0) ** self.gamma * surprise).mean()


@dataclass(frozen=True)
class PrivilegedLoss:
    """Dice plus binary cross-entropy, Dice having the greater weight in the first epochs (ch. 6).

    The chapter does not give the two weights: ``privilege`` is Dice's share while it lasts, after which both count
    alike. Slices without a tumour teach through the cross-entropy.

    Parameters
    ----------
    privilege : float, 0.5 to 1
        Dice's share in the first ``epochs`` epochs.
    epochs : int, >= 0
        50 (ch. 6, of 300); 0 gives equal weights throughout.
    smooth : float, >= 0
        See :class:`DiceLoss`.

    Raises
    ------
    InputError
        If a number is out of its range.
    """

    privilege: float = 0.8
    epochs: int = 50  # ch. 6, 'Tumor detection and segmentation'
    smooth: float = 1.0

    def __post_init__(self) -> None:
        check_range(self.privilege, 0.5, 1.0, "privilege")
        check_range(self.epochs, 0, 1_000_000, "epochs")
        check_range(self.smooth, 0.0, 1e6, "smooth")

    def __call__(self, logits: torch.Tensor, truth: torch.Tensor, epoch: int = 0) -> torch.Tensor:
        """Give the weighted sum of both, the weights adding up to 1."""
        share = self.privilege if epoch < self.epochs else 0.5
        overlap = DiceLoss(smooth=self.smooth)(logits, truth)
        entropy = functional.binary_cross_entropy_with_logits(logits.float(), truth.float())
        return share * overlap + (1.0 - share) * entropy


@dataclass(frozen=True)
class SupervisedLoss:
    """A loss over the levels of deep supervision, each level at half the weight of the one above it.

    The truth is averaged down to each level's size, so that thin parts stay as fractions. Source: nnU-Net,
    Isensee et al. 2021.
    """

    single: Loss

    def __call__(self, levels: Sequence[torch.Tensor], truth: torch.Tensor, epoch: int = 0) -> torch.Tensor:
        """Give the weighted mean; ``levels`` are logits from full size down."""
        total, weights = truth.new_zeros(()), 0.0
        for place, logits in enumerate(levels):
            target = truth.float()
            if logits.shape[2:] != truth.shape[2:]:
                target = functional.interpolate(target, size=list(logits.shape[2:]), mode="area")
            total = total + 0.5**place * self.single(logits, target, epoch)
            weights += 0.5**place
        return total / weights


LOSSES: dict[str, Callable[..., Loss]] = {"dice": DiceLoss, "focal": FocalLoss, "dice-ce": PrivilegedLoss}


def make_loss(name: str, **arguments: float | bool) -> Loss:
    """Make a loss by name.

    Raises
    ------
    InputError
        If the name is unknown, or an argument is not the loss's.
    """
    check_choice(name, LOSSES, "loss")
    try:
        return LOSSES[name](**arguments)
    except TypeError as error:
        raise InputError("loss", expected=f"arguments of {name}", got=str(error)) from error


def _check_shapes(logits: torch.Tensor, truth: torch.Tensor) -> None:
    if logits.shape != truth.shape:
        raise InputError("truth", expected=f"the logits' shape {tuple(logits.shape)}", got=str(tuple(truth.shape)))
