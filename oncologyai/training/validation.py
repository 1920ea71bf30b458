"""Dice of whole cases by the sliding window that inference uses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from oncologyai.inference import probabilities, shrunk, sliding_window
from oncologyai.networks import SegmentationNetwork
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.training.config import TrainConfig
from oncologyai.training.data import Case

__all__ = ["validate"]


def validate(
    network: SegmentationNetwork,
    cases: Sequence[Case],
    config: TrainConfig,
    *,
    device: str = "cpu",
    progress: Progress | None = None,
) -> dict[str, float]:
    """Give the Dice of each case on the working grid, at probability 0.5.

    Parameters
    ----------
    network : SegmentationNetwork
        Of one output channel; left in the mode it was in.
    cases : sequence of Case
    config : TrainConfig
        Window, margin, overlap and batch.
    device : str
        Where the network is.
    progress : Progress, optional
        Asked for cancellation before every batch of windows.

    Returns
    -------
    dict of str to float
        By case; 1 where truth and result are both empty.
    """
    watch = progress or Silent()
    training = network.training
    network.eval()

    def predict(batch: np.ndarray) -> np.ndarray:
        check_cancelled(watch)
        with torch.inference_mode():
            logits = network(torch.from_numpy(np.ascontiguousarray(batch, dtype=np.float32)).to(device))
        return probabilities(logits.float().cpu().numpy(), "sigmoid")

    found = {}
    try:
        for case in cases:
            around = [(config.margin, config.margin)] * 3
            image, truth = np.pad(case.image, [(0, 0), *around]), np.pad(case.truth, around)
            window = shrunk(config.window or config.patch, image.shape[1:], config.shrink_to)
            if config.region == "lungs":  # slices that were cut to the lungs are run whole, as inference runs them
                window = image.shape[2:]
            whole = sliding_window(image, predict, patch=window, overlap=config.overlap, batch=config.batch)
            found[case.name] = _dice(whole[0] >= 0.5, truth >= 0.5)
    finally:
        network.train(training)
    return found


def _dice(found: np.ndarray, truth: np.ndarray) -> float:
    size = int(found.sum()) + int(truth.sum())
    return 2.0 * int((found & truth).sum()) / size if size else 1.0
