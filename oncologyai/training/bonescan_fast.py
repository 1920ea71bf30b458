"""A head for pictures of half the size: the same convolutions, a quarter of the work, and their averages read anew.

On small pictures the convolutions answer otherwise than on those they learned from; the head alone, a small part of the
network, is fitted to these answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from oncologyai._atomic import atomic_file
from oncologyai.inference.onnx_engine import OnnxEngine
from oncologyai.models import read_weights, write_weights
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.training.bonescan_config import BoneScanTrainConfig
from oncologyai.training.bonescan_features import PictureMaker
from oncologyai.training.bonescan_split import balanced_rounds

__all__ = ["average_maps", "refit_head"]

_BATCH, _ROUNDS, _RATE, _DECAY = 32, 30, 1e-4, 1e-2
_ORDER = 13  # first of the numbers that the generator is made from
_KEPT_EVERY = 32


def average_maps(
    maps: Path, pictures: PictureMaker, count: int, kept: Path, *, threads: int = 0, progress: Progress | None = None
) -> np.ndarray:
    """Give the global averages (n, c) of the last maps of scans, pooled as the network does.

    Parameters
    ----------
    maps : Path
        The exported network.
    pictures : callable
        Gives the prepared picture (j, i) of a scan.
    count : int
        Scans.
    kept : Path
        File of what is done, so that a call that was cut off goes on.
    threads : int
    progress : Progress, optional

    Raises
    ------
    CancelledError
        If cancelled; what was made stays.
    """
    watch = progress or Silent()
    found = [*np.load(kept)] if kept.is_file() else []
    engine = OnnxEngine(maps, threads=threads)
    try:
        for place in range(len(found), count):
            check_cancelled(watch)
            watch.stage("averages of small pictures", place / count)
            image = np.repeat(pictures(place)[None, None], 3, axis=1)
            last = torch.from_numpy(engine.infer(image))
            found.append(functional.max_pool2d(last, 2).mean(dim=(2, 3))[0].numpy())
            if len(found) % _KEPT_EVERY == 0:
                _keep(found, kept)
    finally:
        if found:
            _keep(found, kept)
    return np.stack(found)


def refit_head(
    config: BoneScanTrainConfig, head: Path, averages: np.ndarray, labels: Sequence[int], learn: Sequence[int], to: Path
) -> None:
    """Fit a head to other averages, beginning with one that is there.

    Parameters
    ----------
    config : BoneScanTrainConfig
    head : Path
        The exported head to begin with.
    averages : ndarray (n, c)
    labels : sequence of int
    learn : sequence of int
        Places of the scans to learn from.
    to : Path
        The new head's file.

    Raises
    ------
    InputError
        If a class is missing.
    OutputError, DiskFullError
        If the file cannot be written.
    """
    state = {name: torch.from_numpy(value.copy()).requires_grad_() for name, value in read_weights(head).items()}
    truth, places = np.asarray(labels), np.asarray(learn)
    given = torch.from_numpy(averages.astype(np.float32))
    optimiser = torch.optim.AdamW(list(state.values()), lr=_RATE, weight_decay=_DECAY)
    generator = np.random.default_rng([_ORDER, config.seed])
    shown = balanced_rounds(truth[places], generator, balanced=config.balanced)
    smaller = min(int((truth[places] == k).sum()) for k in (0, 1))
    for _ in range(_ROUNDS * max(1, 2 * smaller // _BATCH)):
        chosen = places[[next(shown) for _ in range(_BATCH)]]
        hidden = functional.relu(functional.linear(given[chosen], state["hidden.weight"], state["hidden.bias"]))
        logits = functional.linear(hidden, state["last.weight"], state["last.bias"])
        loss = functional.cross_entropy(logits, torch.as_tensor(truth[chosen], dtype=torch.long))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    write_weights({name: value.detach().numpy() for name, value in state.items()}, to, half=True)


def _keep(found: Sequence[np.ndarray], kept: Path) -> None:
    with atomic_file(kept) as draft, draft.open("wb") as stream:
        np.save(stream, np.stack(found))
