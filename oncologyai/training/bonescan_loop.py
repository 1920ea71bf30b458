"""The loop of a bone-scan network's training: cross-entropy over balanced rounds, a checkpoint an epoch, going on.

Every epoch draws its scans and their sides from (seed, member, epoch) alone, so a training that was killed goes on to
the curve of one that was not.
"""

from __future__ import annotations

import pickle
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from oncologyai._atomic import atomic_file
from oncologyai.errors import InputError, UnreadableFileError
from oncologyai.inference import memory_errors
from oncologyai.metrics import roc_auc
from oncologyai.networks import Vgg16Classifier
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.training.bonescan_config import BoneScanTrainConfig
from oncologyai.training.bonescan_features import FeatureCache
from oncologyai.training.bonescan_split import balanced_rounds
from oncologyai.training.distributed import choose_device
from oncologyai.training.log import LOG, Curves, write_log
from oncologyai.training.schedules import learning_rate

__all__ = ["BoneScanFit", "BoneScanRow", "begin_head", "fit_bonescan"]

_CHECKPOINT = "checkpoint.pt"
_ORDER, _DROPOUT = 11, 12  # first of the numbers that generators are made from
_SAME = ("widths", "hidden", "standardise", "base", "trained_blocks", "flip", "balanced", "batch", "steps",
         "learning_rate", "schedule", "weight_decay", "dropout", "keep", "seed", "picture")  # fmt: skip
_JUDGED = 4  # scans at a time


@dataclass(frozen=True)
class BoneScanRow:
    """An epoch: ``auc`` and ``validation_loss`` are of the scans held out, None where they are of one class."""

    epoch: int
    steps: int
    loss: float
    learning_rate: float
    validation_loss: float | None
    auc: float | None
    seconds: float


@dataclass(frozen=True, eq=False)
class BoneScanFit:
    """What came of a training: the network with the weights kept, the epochs, whether all of them are done."""

    network: Vgg16Classifier
    rows: tuple[BoneScanRow, ...]
    finished: bool


def fit_bonescan(
    network: Vgg16Classifier,
    config: BoneScanTrainConfig,
    features: FeatureCache,
    labels: Sequence[int],
    split: tuple[Sequence[int], Sequence[int]],
    folder: Path,
    *,
    member: int = 0,
    minutes: float | None = None,
    on_epoch: Callable[[BoneScanRow], None] | None = None,
    progress: Progress | None = None,
) -> BoneScanFit:
    """Train a network's last blocks and head, or go on from the checkpoint in ``folder``.

    Parameters
    ----------
    network : Vgg16Classifier
        As it begins; changed.
    config : BoneScanTrainConfig
    features : FeatureCache
        Filled: upright for all scans, turned for those learned from where the configuration flips.
    labels : sequence of int
        1 with metastases, of each scan.
    split : (sequence of int, sequence of int)
        Places of the scans to learn from, and of those held out, which are judged and change nothing unless the best
        epoch is kept.
    folder : Path
        Of the checkpoint, ``log.csv`` and ``tensorboard``.
    member : int
        Which network of an ensemble: its random numbers are its own.
    minutes : float, optional
        Ends, resumable, after the epoch at which so much time is over.
    on_epoch, progress
        Told every epoch and every step; asked for cancellation before each step.

    Notes
    -----
    At a constant rate a training that is finished goes on where more epochs are asked for, and the mean of weights may
    begin later: it changes nothing that is learned.

    Raises
    ------
    InputError
        If a class is missing, the loss is not finite, or the checkpoint is of another configuration.
    UnreadableFileError
        If the checkpoint is damaged.
    OutOfMemoryError
        If a step does not fit.
    CancelledError
        If cancelled; the checkpoint of the last whole epoch stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run = _Run(network, config, features, np.asarray(labels), split, folder, member)
    run.restore()
    start, watch = time.monotonic(), progress or Silent()
    with Curves(folder / "tensorboard", run.rows) as curves:
        while run.epoch < config.epochs:
            row = run.one_epoch(watch)
            curves.add(row)
            if on_epoch is not None:
                on_epoch(row)
            if minutes is not None and time.monotonic() - start >= 60.0 * minutes:
                break
    finished = run.epoch >= config.epochs
    if finished:
        run.take_kept()
    return BoneScanFit(network.cpu().float().eval(), tuple(run.rows), finished)


class _Run:
    """The state of a training, and what brings it on by an epoch."""

    def __init__(  # noqa: PLR0917
        self,
        network: Vgg16Classifier,
        config: BoneScanTrainConfig,
        features: FeatureCache,
        labels: np.ndarray,
        split: tuple[Sequence[int], Sequence[int]],
        folder: Path,
        member: int,
    ) -> None:
        if config.threads:
            torch.set_num_threads(config.threads)
        self.config, self.features, self.folder, self.member = config, features, folder, member
        self.labels, (self.learn, self.held) = labels, (np.asarray(split[0]), np.asarray(split[1]))
        self.device = torch.device(choose_device(config.device))
        self.network = network.to(self.device)
        for parameter in network.parameters():
            if parameter.ndim == 4:
                parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)
        self.upper = network.features[features.layers : -1]
        learned = [*self.upper.parameters(), *network.hidden.parameters(), *network.last.parameters()]
        self.optimiser = torch.optim.AdamW(learned, lr=config.learning_rate, weight_decay=config.weight_decay)
        self.epoch, self.steps = 0, 0
        self.rows: list[BoneScanRow] = []
        self.best: dict[str, torch.Tensor] = {}
        self.mean: dict[str, torch.Tensor] = {}

    def one_epoch(self, watch: Progress) -> BoneScanRow:
        """Take an epoch's steps, judge the scans held out, keep the checkpoint."""
        begin, config, total = time.monotonic(), self.config, self.config.epochs * self.config.steps
        generator = np.random.default_rng([_ORDER, config.seed, self.member, self.epoch])
        torch.manual_seed(int(np.random.default_rng([_DROPOUT, config.seed, self.member, self.epoch]).integers(2**31)))
        shown = balanced_rounds(self.labels[self.learn], generator, balanced=config.balanced)
        losses, rate = [], config.learning_rate
        self.network.train()
        for step in range(config.steps):
            check_cancelled(watch)
            watch.stage(f"epoch {self.epoch + 1}", self.steps / total)
            rate = learning_rate(config.schedule, config.learning_rate, self.steps / total)
            for group in self.optimiser.param_groups:
                group["lr"] = rate
            places = self.learn[[next(shown) for _ in range(config.batch)]]
            turned = generator.random(config.batch) < 0.5 if config.flip else np.zeros(config.batch, dtype=bool)
            losses.append(self._step(places, turned, step))
            self.steps += 1
            self._average()
        self.epoch += 1
        with self._averaged():
            loss, auc = self._judge(watch)
        known = [row.auc for row in self.rows if row.auc is not None]
        row = BoneScanRow(self.epoch, self.steps, float(np.mean(losses)), rate, loss, auc, time.monotonic() - begin)
        self.rows.append(row)
        if config.keep == "best" and (not self.best or (auc is not None and auc > max(known, default=-1.0))):
            self.best = {name: value.detach().clone() for name, value in (self.mean or self._learned_state()).items()}
        self._keep()
        return row

    def take_kept(self) -> None:
        """Put the best or averaged weights in, where those are to be kept."""
        self.network.load_state_dict(self.best or self.mean, strict=False)

    def _average(self) -> None:
        if not self.config.average:
            return
        forget = min(self.config.average, self.steps / (10.0 + self.steps))  # the first weights weigh little
        for name, value in self._learned_state().items():
            if name in self.mean:
                self.mean[name].lerp_(value.detach(), 1.0 - forget)
            else:
                self.mean[name] = value.detach().clone()

    @contextmanager
    def _averaged(self) -> Iterator[None]:
        """Have the averaged weights in the network for a while."""
        own = {name: value.detach().clone() for name, value in self._learned_state().items()} if self.mean else {}
        self.network.load_state_dict(self.mean, strict=False)
        try:
            yield
        finally:
            self.network.load_state_dict(own, strict=False)

    def _step(self, places: np.ndarray, turned: np.ndarray, step: int) -> float:
        with memory_errors(f"a step of {len(places)} scans"):
            given = torch.from_numpy(self.features.take(places.tolist(), turned.tolist())).to(self.device)
            target = torch.as_tensor(self.labels[places], dtype=torch.long, device=self.device)
            loss = functional.cross_entropy(self._logits(given), target)
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self.optimiser.step()
        found = float(loss.detach())
        if not np.isfinite(found):
            got = f"{found} in step {step + 1} of epoch {self.epoch + 1}"
            raise InputError("loss", expected="a finite one", got=got, remedy="lower the learning rate")
        return found

    def _logits(self, given: torch.Tensor) -> torch.Tensor:
        if not self.features.layers:
            given = self.network.given(given.expand(-1, 3, -1, -1))
        with _half(self.device):
            maps = self.upper(given.contiguous(memory_format=torch.channels_last))
        average = self.network.features[-1](maps).float().mean(dim=(2, 3))
        average = functional.dropout(average, self.config.dropout, training=self.network.training)
        found: torch.Tensor = self.network.last(functional.relu(self.network.hidden(average)))
        return found

    def _judge(self, watch: Progress) -> tuple[float | None, float | None]:
        truth = self.labels[self.held]
        if not 0 < truth.sum() < len(truth):
            return None, None
        self.network.eval()
        found = []
        with torch.inference_mode():
            for start in range(0, len(self.held), _JUDGED):
                check_cancelled(watch)
                places = self.held[start : start + _JUDGED]
                given = torch.from_numpy(self.features.take(places.tolist(), [False] * len(places))).to(self.device)
                found.append(self._logits(given).cpu())
        logits = torch.cat(found)
        loss = float(functional.cross_entropy(logits, torch.as_tensor(truth, dtype=torch.long)))
        return loss, roc_auc((truth == 1).tolist(), (logits[:, 1] - logits[:, 0]).tolist())

    def _learned_state(self) -> dict[str, torch.Tensor]:
        first = f"features.{self.features.layers}"
        names = list(self.network.state_dict())
        begin = names.index(f"{first}.weight") if f"{first}.weight" in names else 0
        return {name: value for name, value in self.network.state_dict().items() if names.index(name) >= begin}

    def _keep(self) -> None:
        state = {
            "config": self.config.to_dict(),
            "place": [self.member, self.features.folder.name, self.learn.tolist()],
            "network": self._learned_state(),
            "best": self.best,
            "mean": self.mean,
            "optimiser": self.optimiser.state_dict(),
            "rows": [asdict(row) for row in self.rows],
            "numbers": {"epoch": self.epoch, "steps": self.steps},
        }
        with atomic_file(self.folder / _CHECKPOINT) as draft:
            torch.save(state, draft)
        write_log(self.rows, self.folder / LOG)

    def restore(self) -> None:
        """Go on from the checkpoint, if there is one."""
        for left in self.folder.glob(f".{_CHECKPOINT}.*"):  # what a kill in the middle of writing left
            shutil.rmtree(left, ignore_errors=True)
        path = self.folder / _CHECKPOINT
        if not path.is_file():
            return
        try:
            state: Mapping[str, Any] = torch.load(path, map_location=self.device, weights_only=True)
            self._check_same(state)
            self.network.load_state_dict(state["network"], strict=False)
            self.optimiser.load_state_dict(state["optimiser"])
            self.rows = [BoneScanRow(**row) for row in state["rows"]]
            self.best, self.mean = dict(state["best"]), dict(state.get("mean", {}))
            self.epoch, self.steps = int(state["numbers"]["epoch"]), int(state["numbers"]["steps"])
        except InputError:
            raise
        except (RuntimeError, LookupError, TypeError, ValueError, EOFError, OSError, pickle.UnpicklingError) as error:
            got = " ".join(str(error).split())[:160]
            remedy = "delete it to begin again, or give another folder"
            raise UnreadableFileError(str(path), expected="a checkpoint", got=got, remedy=remedy) from error

    def _check_same(self, state: Mapping[str, Any]) -> None:
        plain = self.config.to_dict()
        same = _SAME if self.config.schedule == "constant" else (*_SAME, "epochs")
        other = [name for name in same if state["config"].get(name, plain[name]) != plain[name]]
        if state["place"] != [self.member, self.features.folder.name, self.learn.tolist()]:
            other.append("scans")
        if other:
            raise InputError("config", expected=f"the {', '.join(other)} that the checkpoint was made with",
                             got="another", remedy="give another folder to begin again")  # fmt: skip


def _half(device: torch.device) -> AbstractContextManager[Any]:
    """Compute convolutions in bfloat16 where the processor knows it (twice as quick); weights stay as they are."""
    known = device.type == "cuda" or torch.cpu._is_avx512_bf16_supported()
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=known)


def begin_head(network: nn.Module, seed: int) -> None:
    """Draw the head's weights as Keras does by default (Glorot and Bengio 2010), its biases 0."""
    generator = torch.Generator().manual_seed(seed)
    for layer in network.modules():
        if isinstance(layer, nn.Linear):
            nn.init.xavier_uniform_(layer.weight, generator=generator)
            nn.init.zeros_(layer.bias)
