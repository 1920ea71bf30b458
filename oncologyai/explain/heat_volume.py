"""What a network of an outcome looked at, as an image over the patient's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oncologyai.explain.grad_cam import grad_cam
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import Volume

if TYPE_CHECKING:
    from oncologyai.inference import OutcomeImage
    from oncologyai.networks import OutcomeNetwork

__all__ = ["heat_volume"]


def heat_volume(
    network: OutcomeNetwork,
    image: OutcomeImage,
    *,
    target: int = 0,
    method: str = "hirescam",
    progress: Progress | None = None,
) -> Volume:
    """Give the map of what speaks for the event, on the first image's own grid.

    Each view of the image has its map (``grad_cam``, whose greatest value is 1); a slice has the mean of the views that
    show it, one between shown slices what lies between. The way back is that of the image's preparation.

    Parameters
    ----------
    network : OutcomeNetwork
    image : OutcomeImage
        As the network's card prepares it.
    target : int
        The logit.
    method : str
        One of ``CAM_METHODS``; Grad-CAM itself misleads at the early layer that Xception 3D's map is made on.
    progress : Progress, optional
        Asked for cancellation before each view.

    Returns
    -------
    Volume
        float32, 0 to 1; 0 where nothing speaks for it, or the network saw nothing.

    Raises
    ------
    InputError
        As ``grad_cam``.
    CancelledError
        If the user cancelled.
    """
    watch, maps = progress or Silent(), []
    inputs = image.inputs()
    for number, view in enumerate(inputs):
        check_cancelled(watch)
        watch.stage("map", number / len(inputs))
        maps.append(grad_cam(network, view, target=target, method=method))
    return image.restore(maps)
