"""The loop of a training on an outcome: weighted cross-entropy, a checkpoint an epoch, and going on from it.

Every epoch draws its order, and every sample its changes, from (seed, place, epoch, step, number) alone: a training
that was killed goes on to the curve of one that was not, on the CPU to the last bit.
"""

from __future__ import annotations

import pickle
import shutil
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional

from oncologyai._atomic import atomic_file
from oncologyai.errors import CancelledError, InputError, UnreadableFileError
from oncologyai.inference import OutcomeAnswer, answer_outcome, memory_errors
from oncologyai.metrics import roc_auc
from oncologyai.models import Initialisation
from oncologyai.networks import OutcomeNetwork
from oncologyai.progress import Progress, Silent
from oncologyai.training.distributed import choose_device
from oncologyai.training.log import LOG, Curves, write_log
from oncologyai.training.outcome_begin import begin_outcome_network
from oncologyai.training.outcome_cases import OutcomeCase
from oncologyai.training.outcome_config import OutcomeTrainConfig
from oncologyai.training.outcome_samples import StemCache, apply_sample, draw_outcome_sample
from oncologyai.training.schedules import learning_rate

__all__ = ["OutcomeFit", "OutcomeRow", "answer_cases", "class_weights", "fit_outcome"]

_CHECKPOINT = "checkpoint.pt"
_ORDER, _CHANGES = 1, 2  # first of the numbers that a generator is made from: the two never share one
_SAME = ("network", "channels", "image", "optimiser", "batch", "seed", "class_weights", "augmentation", "epochs",
         "begin_from", "stem", "train_on", "learning_rate", "schedule", "weight_decay")  # fmt: skip


@dataclass(frozen=True)
class OutcomeRow:
    """An epoch: ``auc`` is of the cases held out, None where it was not looked at or they are of one class."""

    epoch: int
    steps: int
    loss: float
    learning_rate: float
    auc: float | None
    seconds: float


@dataclass(frozen=True, eq=False)
class OutcomeFit:
    """What came of a training.

    Attributes
    ----------
    network : OutcomeNetwork
        With its last weights.
    initialised : tuple of Initialisation
        What it began with.
    rows : tuple of OutcomeRow
    held_out : dict of int to dict of str to float
        The chance of each case held out, by epoch.
    finished : bool
        False where the time given ended first.
    """

    network: OutcomeNetwork
    initialised: tuple[Initialisation, ...]
    rows: tuple[OutcomeRow, ...]
    held_out: dict[int, dict[str, float]]
    finished: bool


def class_weights(labels: Sequence[int], kind: str) -> tuple[float, float]:
    """Give the weights of classes 0 and 1 in the cross-entropy; balanced: both classes together weigh alike.

    Raises
    ------
    InputError
        If a class is missing.
    """
    positive, count = sum(labels), len(labels)
    if not 0 < positive < count:
        raise InputError("cases", expected="both classes to train on", got=f"{positive} of {count} with the event")
    if kind == "none":
        return 1.0, 1.0
    return count / (2.0 * (count - positive)), count / (2.0 * positive)


def answer_cases(
    network: OutcomeNetwork, cases: Sequence[OutcomeCase], config: OutcomeTrainConfig, *, stems: StemCache | None = None
) -> dict[str, OutcomeAnswer]:
    """Give what the network says of each case, by name; evenly spread slices, the mean over views."""
    slices = config.image.size[0]
    return {
        case.name: answer_outcome(network, case.inputs(slices))
        if stems is None
        else answer_outcome(network, stems.inputs(case, slices), above=True)
        for case in cases
    }


def fit_outcome(
    config: OutcomeTrainConfig,
    train: Sequence[OutcomeCase],
    held_out: Sequence[OutcomeCase],
    folder: Path,
    *,
    place: tuple[int, int] = (0, 0),
    told_at: Collection[int] = (),
    stems: Path | None = None,
    minutes: float | None = None,
    on_epoch: Callable[[OutcomeRow], None] | None = None,
    progress: Progress | None = None,
) -> OutcomeFit:
    """Train, or go on from the checkpoint in ``folder``.

    Parameters
    ----------
    config : OutcomeTrainConfig
    train, held_out : sequence of OutcomeCase
        What is held out is judged and changes nothing.
    folder : Path
        Of the checkpoint, ``log.csv`` and ``tensorboard``.
    place : tuple of int
        Which training of several this is (fold and inner fold, each from 1): its random numbers are its own.
    told_at : collection of int
        Epochs after which the held-out cases are judged, besides the last.
    stems : Path, optional
        Folder of what the frozen layers make of slices, where the configuration keeps that.
    minutes, on_epoch, progress
        As of ``fit``.

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
    run = _Run(config, train, held_out, folder, place, frozenset(told_at), stems)
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
    return OutcomeFit(run.network, run.initialised, tuple(run.rows), run.told, run.epoch >= config.epochs)


class _Run:
    """The state of a training, and what brings it on by an epoch."""

    def __init__(  # noqa: PLR0917
        self,
        config: OutcomeTrainConfig,
        train: Sequence[OutcomeCase],
        held_out: Sequence[OutcomeCase],
        folder: Path,
        place: tuple[int, int],
        told_at: frozenset[int],
        stems: Path | None,
    ) -> None:
        if config.threads:
            torch.set_num_threads(config.threads)
        self.config, self.folder, self.place, self.told_at = config, folder, place, told_at
        self.train, self.held_out = train, held_out
        self.device = choose_device(config.device)
        self.network, self.initialised = begin_outcome_network(config)
        self.network.to(self.device)
        self.stems = StemCache(stems, self.network) if stems is not None and config.cache_stem else None
        self.weights = class_weights([case.label for case in train], config.class_weights)
        learned = [value for value in self.network.parameters() if value.requires_grad]
        kind = torch.optim.AdamW if config.optimiser == "adamw" else torch.optim.Adam
        self.optimiser = kind(learned, lr=config.learning_rate, weight_decay=config.weight_decay)
        self.epoch, self.steps = 0, 0
        self.rows: list[OutcomeRow] = []
        self.told: dict[int, dict[str, float]] = {}

    def one_epoch(self, watch: Progress) -> OutcomeRow:
        """Take an epoch's steps, judge the held-out cases if it is time, keep the checkpoint."""
        begin, config = time.monotonic(), self.config
        generator = np.random.default_rng([_ORDER, config.seed, *self.place, self.epoch])
        order = generator.permutation(len(self.train))
        batches = np.array_split(order, max(1, round(len(order) / config.batch)))
        losses = []
        self.network.train()
        for step, chosen in enumerate(batches):
            done = (self.epoch + step / len(batches)) / config.epochs
            watch.stage(f"epoch {self.epoch + 1} of {config.epochs}, step {step + 1} of {len(batches)}", done)
            if watch.cancelled():
                raise CancelledError("cancelled: nothing was changed")
            losses.append(self._step([self.train[n] for n in chosen], done, step))
        self.epoch += 1
        auc = None
        if self.held_out and (self.epoch in self.told_at or self.epoch == config.epochs):
            auc = self._judge()
        rate = float(self.optimiser.param_groups[0]["lr"])
        seconds = round(time.monotonic() - begin, 3)
        row = OutcomeRow(self.epoch, self.steps, float(np.mean(losses)), rate, auc, seconds)
        self.rows.append(row)
        self._keep()
        return row

    def _step(self, chosen: Sequence[OutcomeCase], share: float, step: int) -> float:
        config = self.config
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(config.schedule, config.learning_rate, share)
        with memory_errors(f"a batch of {len(chosen)} x {config.image.size}"):
            given = torch.stack([self._sample(case, step, number) for number, case in enumerate(chosen)])
            given = given.to(self.device)
            logits = (self.network(given) if self.stems is None else self.network.logits_above(given))[:, 0]
            truth = torch.tensor([float(case.label) for case in chosen], device=self.device)
            weight = torch.tensor([self.weights[case.label] for case in chosen], device=self.device)
            loss = functional.binary_cross_entropy_with_logits(logits, truth, weight=weight)
            if not bool(torch.isfinite(loss)):
                raise InputError("loss", expected="a finite number", got=str(loss.item()), remedy="lower learning_rate")
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            self.optimiser.step()
        self.steps += 1
        return float(loss.detach())

    def _sample(self, case: OutcomeCase, step: int, number: int) -> torch.Tensor:
        config = self.config
        generator = np.random.default_rng([_CHANGES, config.seed, *self.place, self.epoch, step, number])
        drawn = draw_outcome_sample(case.image.shape[1], config.image.size[0], config.augmentation, generator)
        return apply_sample(case.image, drawn) if self.stems is None else self.stems.sample(case, drawn)

    def _judge(self) -> float | None:
        found = answer_cases(self.network, self.held_out, self.config, stems=self.stems)
        self.told[self.epoch] = {name: answer.probability for name, answer in found.items()}
        labels = [case.label for case in self.held_out]
        if not 0 < sum(labels) < len(labels):
            return None
        return roc_auc([label == 1 for label in labels], [found[case.name].probability for case in self.held_out])

    def _keep(self) -> None:
        state = {
            "config": self.config.to_dict(),
            "cases": [case.name for case in self.train],
            "network": self.network.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "rows": [asdict(row) for row in self.rows],
            "numbers": {"epoch": self.epoch, "steps": self.steps},
            "told": self.told,
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
            self.network.load_state_dict(state["network"])
            self.optimiser.load_state_dict(state["optimiser"])
            self.rows = [OutcomeRow(**row) for row in state["rows"]]
            self.epoch, self.steps = int(state["numbers"]["epoch"]), int(state["numbers"]["steps"])
            self.told = {int(epoch): dict(found) for epoch, found in state["told"].items()}
        except InputError:
            raise
        except (RuntimeError, LookupError, TypeError, ValueError, EOFError, OSError, pickle.UnpicklingError) as error:
            got = " ".join(str(error).split())[:160]
            remedy = "delete it to begin again, or give another folder"
            raise UnreadableFileError(str(path), expected="a checkpoint", got=got, remedy=remedy) from error

    def _check_same(self, state: Mapping[str, Any]) -> None:
        plain = self.config.to_dict()
        other = [name for name in _SAME if state["config"].get(name) != plain[name]]
        if state["cases"] != [case.name for case in self.train]:
            other.append("training cases")
        if other:
            raise InputError("config", expected=f"the {', '.join(other)} that the checkpoint was made with",
                             got="another", remedy="give another folder to begin again")  # fmt: skip
