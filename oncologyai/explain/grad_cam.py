"""Grad-CAM (Selvaraju et al. 2017) and HiResCAM (Draelos and Carin 2020): where in an image an answer comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from oncologyai._checks import check_choice
from oncologyai.errors import InputError

if TYPE_CHECKING:
    import torch

    from oncologyai.networks import OutcomeNetwork

__all__ = ["CAM_METHODS", "grad_cam"]

CAM_METHODS = ("grad-cam", "hirescam")
"""Whether a layer's maps are weighted by the mean of the gradient over them, or place by place."""


def grad_cam(network: OutcomeNetwork, image: np.ndarray, *, target: int = 0, method: str = "grad-cam") -> np.ndarray:
    """Give the map of what speaks for a class, on the image's grid.

    The maps of the network's heat layer are summed, each weighted by the mean of the logit's gradient over it; what is
    negative speaks against the class and is cut at 0. Between places it is interpolated linearly.

    Parameters
    ----------
    network : OutcomeNetwork
        Its mode and its gradients are left as they were.
    image : ndarray, shape (channel, k, j, i), float32
        As the network takes it.
    target : int
        The logit.
    method : {'grad-cam', 'hirescam'}
        Grad-CAM's mean of the gradient is of a whole map; where layers are early, and so their maps stand for other
        things in other places, it points beside (docs/adr/0031). HiResCAM keeps the gradient of each place.

    Returns
    -------
    ndarray, shape (k, j, i), float32
        0 to 1, the greatest value being 1; all 0 where nothing speaks for the class.

    Raises
    ------
    InputError
        If the image is not what the network takes, or it has no such logit.
    """
    import torch
    from torch.nn import functional

    check_choice(method, CAM_METHODS, "method")
    if not 0 <= target < network.classes:
        raise InputError("target", expected=f"a logit from 0 to {network.classes - 1}", got=str(target))
    if image.shape != (network.in_channels, *network.size):
        raise InputError("image", expected=f"shape {(network.in_channels, *network.size)}", got=str(image.shape))
    device = next(network.parameters()).device
    given = torch.as_tensor(np.ascontiguousarray(image), dtype=torch.float32, device=device)[None]
    was_training = network.training
    network.eval()
    try:
        maps, gradient = _maps_and_gradient(network, given, target)
    finally:
        network.train(was_training)
    if len(maps) > 1:  # a layer of slices: they are the places along k
        maps, gradient = (t.transpose(0, 1)[None] for t in (maps, gradient))
    weights = gradient
    if method == "grad-cam":
        weights = gradient.mean(dim=tuple(range(2, maps.ndim)), keepdim=True)
    found = torch.relu((weights * maps).sum(dim=1, keepdim=True))
    whole = functional.interpolate(found, size=network.size, mode="trilinear", align_corners=False)
    values = whole[0, 0].cpu().numpy().astype(np.float32)
    greatest = float(values.max())
    return values / greatest if greatest > 0 else values


def _maps_and_gradient(network: OutcomeNetwork, image: torch.Tensor, target: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Give the heat layer's output and the logit's gradient with respect to it, without touching the parameters'."""
    import torch

    kept: list[torch.Tensor] = []

    def keep(_module: object, _given: object, output: torch.Tensor) -> torch.Tensor:
        made = output.detach().clone().requires_grad_(True)
        kept.append(made)
        return made.clone()

    handle = network.heat_layer().register_forward_hook(keep)
    try:
        logit = network(image)[0, target]
    finally:
        handle.remove()
    (gradient,) = torch.autograd.grad(logit, kept[0])
    return kept[0].detach(), gradient
