"""The loop: epochs of steps, validation by Dice, averaged weights, a checkpoint an epoch, and going on from it.

Every epoch draws its order from (seed, fold, epoch) alone, and every sample its changes from these, the step and its
place in the batch. So a training that was killed and goes on from its last checkpoint has the curve of one that was
not (on the CPU to the last bit), and several processes see the samples that one would see.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from oncologyai._atomic import atomic_file
from oncologyai.errors import CancelledError, InputError, UnreadableFileError
from oncologyai.inference import memory_errors
from oncologyai.networks import build_network
from oncologyai.progress import Progress, Silent
from oncologyai.training.begin import begin_from
from oncologyai.training.config import TrainConfig
from oncologyai.training.data import Case
from oncologyai.training.distributed import World, choose_device
from oncologyai.training.export import save_weights
from oncologyai.training.log import LOG, Curves, EpochRow, write_log
from oncologyai.training.losses import SupervisedLoss, make_loss
from oncologyai.training.schedules import learning_rate
from oncologyai.training.transforms import draw_sample
from oncologyai.training.validation import validate

__all__ = ["CHECKPOINT", "FitResult", "fit"]

CHECKPOINT = "checkpoint.pt"
"""The file, in the output folder, that a training goes on from."""

_SAME = ("network", "channels", "phases", "optimiser", "patch", "batch", "samples", "fold", "folds", "seed")


@dataclass(frozen=True, eq=False)
class FitResult:
    """What came of a training.

    Attributes
    ----------
    rows : tuple of EpochRow
        Every epoch, those before an interruption too.
    weights : dict of str to Tensor
        The best by validation, or the last where the configuration keeps those or nothing validates; averaged where it
        says so.
    dice, kept_dice : dict of str to float
        Of the last validation and of the weights kept, by case.
    finished : bool
        False where the time given ended first.
    """

    rows: tuple[EpochRow, ...]
    weights: dict[str, torch.Tensor]
    dice: dict[str, float]
    kept_dice: dict[str, float]
    finished: bool


def fit(
    config: TrainConfig,
    train: Sequence[Case],
    validation: Sequence[Case],
    folder: Path,
    *,
    minutes: float | None = None,
    on_epoch: Callable[[EpochRow], None] | None = None,
    progress: Progress | None = None,
    world: World | None = None,
) -> FitResult:
    """Train, or go on from ``folder/checkpoint.pt``.

    Parameters
    ----------
    config : TrainConfig
        The same as the checkpoint's, but for the fields that only say where and how fast.
    train, validation : sequence of Case
        Without validation the last weights count.
    folder : Path
        Of the checkpoint and of ``log.csv``, both written after every epoch, whole or not at all, of
        ``tensorboard``, and of the weights of ``keep_epochs``.
    minutes : float, optional
        Ends, resumable, after the epoch at which so much time is over.
    on_epoch : callable, optional
        Told every epoch of this call.
    progress : Progress, optional
        Told every step, asked for cancellation before each.
    world : World, optional
        The processes that train together, each calling this; see ``join_world``. Only the leader writes.

    Returns
    -------
    FitResult

    Raises
    ------
    InputError
        If there is no case to train on, the loss is not finite, the processes do not share a batch evenly, or the
        checkpoint is of another configuration.
    UnreadableFileError
        If the checkpoint is damaged.
    OutOfMemoryError
        If a step does not fit.
    CancelledError
        If cancelled; the checkpoint of the last whole epoch stays.
    """
    if not train:
        raise InputError("data", expected="at least one case to train on", got="none")
    folder.mkdir(parents=True, exist_ok=True)
    world = world or World(device=choose_device(config.device))
    run = _Run(config, folder, world)
    run.restore()
    start = time.monotonic()
    watch = progress or Silent()
    with Curves(folder / "tensorboard", run.rows) if world.leads else nullcontext() as curves:
        while run.epoch < config.epochs:
            row = run.one_epoch(train, validation, watch)
            if curves is not None:
                curves.add(row)
            if on_epoch is not None and world.leads:
                on_epoch(row)
            (over,) = world.any(minutes is not None and time.monotonic() - start >= 60.0 * minutes)
            if over:
                break
    return run.result()


class _Run:
    """The state of a training, and what brings it on by an epoch."""

    def __init__(self, config: TrainConfig, folder: Path, world: World) -> None:
        self.config, self.folder, self.world = config, folder, world
        self.device = world.device
        images = config.batch * config.samples
        if images % world.size:
            expected = f"batch times samples, {images}, to be a multiple of the number of processes"
            raise InputError("--nproc-per-node", expected=expected, got=str(world.size))
        if config.threads:
            torch.set_num_threads(config.threads)
        self.place = -1 if config.fold is None else config.fold
        torch.manual_seed(config.seed)
        self.network = build_network(config.network.name, **config.network.arguments).to(self.device)
        if config.begin_from:
            begin_from(self.network, Path(config.begin_from.replace("{run}", config.run)))
        self.parallel = world.wrap(self.network)
        self.average = {name: value.detach().clone() for name, value in self.network.state_dict().items()}
        self.best_weights: dict[str, torch.Tensor] = {}
        self.optimiser = _optimiser(self.network, config)
        self.epoch, self.steps, self.best = 0, 0, -1.0
        self.rows: list[EpochRow] = []
        self.dice: dict[str, float] = {}
        self.best_dice: dict[str, float] = {}
        self.mixed = config.precision == "bf16" or (config.precision == "auto" and _has_bf16(self.device))

    def one_epoch(self, train: Sequence[Case], validation: Sequence[Case], watch: Progress) -> EpochRow:
        """Take an epoch's steps, validate if it is time, keep the checkpoint."""
        begin = time.monotonic()
        config = self.config
        generator = np.random.default_rng([config.seed, self.place + 1, self.epoch])
        torch.manual_seed(int(generator.integers(2**31)) + self.world.rank)  # dropout
        deck = [place for place, case in enumerate(train) for _ in range(_repeats(case, config))]
        steps = config.steps_per_epoch or max(1, round(len(deck) / config.batch))
        order: list[int] = []
        losses = []
        self.network.train()
        for step in range(steps):
            done = (self.epoch + (step + 0.5) / steps) / config.epochs
            watch.stage(f"epoch {self.epoch + 1} of {config.epochs}, step {step + 1} of {steps}", done)
            while len(order) < config.batch:
                order += [deck[place] for place in generator.permutation(len(deck))]
            chosen = [train[order.pop(0)] for _ in range(config.batch)]
            # all end where one is cancelled, so that none waits for another's gradients
            if any(self.world.any(watch.cancelled())):
                raise CancelledError("cancelled: nothing was changed")
            losses.append(self._step(chosen, done, step))
        self.epoch += 1
        if validation and (self.epoch % config.validate_every == 0 or self.epoch == config.epochs):
            self._validate(validation, watch)
        seconds = round(time.monotonic() - begin, 3)
        validated = float(np.mean(list(self.dice.values()))) if self._just_validated() else None
        best = self.best if self.best >= 0 else None
        row = EpochRow(
            self.epoch, self.steps, self.world.mean(float(np.mean(losses))), self._rate(), validated, best, seconds
        )
        self.rows.append(row)
        if self.world.leads:
            self._keep()
        return row

    def _step(self, chosen: Sequence[Case], share: float, step: int) -> float:
        config = self.config
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(config.schedule, config.learning_rate, share, warm_up=config.warm_up)
        with memory_errors(f"a batch of {config.batch} x {config.patch}"):
            image, truth = self._batch(chosen, step)
            with torch.autocast(self.device.split(":")[0], torch.bfloat16, enabled=self.mixed):
                logits = self.parallel(image)
            phase, epoch = config.phase_at(self.epoch)
            single = make_loss(phase.loss, **phase.arguments)
            several = isinstance(logits, tuple)
            loss = SupervisedLoss(single)(logits, truth, epoch) if several else single(logits, truth, epoch)
            if any(self.world.any(not bool(torch.isfinite(loss)))):
                raise InputError("loss", expected="a finite number", got=str(loss.item()), remedy="lower learning_rate")
            self.optimiser.zero_grad(set_to_none=True)
            loss.backward()
            if config.clip_gradient is not None:
                nn.utils.clip_grad_norm_(self.network.parameters(), config.clip_gradient)
            self.optimiser.step()
        self.steps += 1
        self._average()
        return float(loss.detach())

    def _batch(self, chosen: Sequence[Case], step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Draw this process's share of a batch."""
        config = self.config
        numbered = list(enumerate(case for case in chosen for _ in range(config.samples)))
        pairs = []
        for number, case in self.world.share(numbered):
            generator = np.random.default_rng([config.seed, self.place + 1, self.epoch, step, number])
            pairs.append(draw_sample(case, config, generator, device=self.device))
        return torch.stack([pair[0] for pair in pairs]), torch.stack([pair[1] for pair in pairs])

    @torch.no_grad()
    def _average(self) -> None:
        keep = min(self.config.average, (1 + self.steps) / (10 + self.steps))  # short memory at first
        for name, value in self.network.state_dict().items():
            if keep and value.is_floating_point():
                self.average[name].lerp_(value, 1.0 - keep)
            else:
                self.average[name].copy_(value)

    def _validate(self, cases: Sequence[Case], watch: Progress) -> None:
        now = {name: value.detach().clone() for name, value in self.network.state_dict().items()}
        self.world.follow(self.average)  # running statistics differ between processes
        self.network.load_state_dict(self.average)
        try:
            mine = self.world.share(cases)
            self.dice = self.world.united(validate(self.network, mine, self.config, device=self.device, progress=watch))
        finally:
            self.network.load_state_dict(now)
        mean = float(np.mean(list(self.dice.values())))
        if mean > self.best:
            self.best, self.best_dice = mean, dict(self.dice)
            self.best_weights = {name: value.detach().cpu().clone() for name, value in self.average.items()}

    def _just_validated(self) -> bool:
        due = self.epoch % self.config.validate_every == 0 or self.epoch == self.config.epochs
        return bool(self.dice) and due

    def _rate(self) -> float:
        return float(self.optimiser.param_groups[0]["lr"])

    def _keep(self) -> None:
        state = {
            "config": self.config.to_dict(),
            "network": self.network.state_dict(),
            "average": self.average,
            "best_weights": self.best_weights,
            "optimiser": self.optimiser.state_dict(),
            "rows": [asdict(row) for row in self.rows],
            "numbers": {"epoch": self.epoch, "steps": self.steps, "best": self.best},
            "dice": self.dice,
            "best_dice": self.best_dice,
        }
        with atomic_file(self.folder / CHECKPOINT) as draft:
            torch.save(state, draft)
        write_log(self.rows, self.folder / LOG)
        if self.epoch in self.config.keep_epochs:
            save_weights(self.average, self.folder / f"weights-{self.epoch}.safetensors")

    def restore(self) -> None:
        """Go on from the checkpoint, if there is one."""
        if self.world.leads:
            for left in self.folder.glob(f".{CHECKPOINT}.*"):  # what a kill in the middle of writing left
                shutil.rmtree(left, ignore_errors=True)
        path = self.folder / CHECKPOINT
        if not path.is_file():
            return
        try:
            state: Mapping[str, Any] = torch.load(path, map_location=self.device, weights_only=True)
            _check_same(state["config"], self.config)
            self.network.load_state_dict(state["network"])
            self.average = dict(state["average"])
            self.best_weights = {name: value.cpu() for name, value in state["best_weights"].items()}
            self.optimiser.load_state_dict(state["optimiser"])
            self.rows = [EpochRow(**row) for row in state["rows"]]
            numbers = state["numbers"]
            self.epoch, self.steps, self.best = int(numbers["epoch"]), int(numbers["steps"]), float(numbers["best"])
            self.dice, self.best_dice = dict(state["dice"]), dict(state["best_dice"])
        except InputError:
            raise
        except (RuntimeError, KeyError, TypeError, ValueError, EOFError, OSError) as error:
            got = " ".join(str(error).split())[:160]
            remedy = "delete it to begin again, or give another folder"
            raise UnreadableFileError(str(path), expected="a checkpoint", got=got, remedy=remedy) from error

    def result(self) -> FitResult:
        """Give what there is."""
        last = {name: value.detach().cpu() for name, value in self.average.items()}
        is_best = self.config.keep == "best" and bool(self.best_weights)
        weights, dice = (self.best_weights, self.best_dice) if is_best else (last, self.dice)
        return FitResult(tuple(self.rows), weights, self.dice, dice, self.epoch >= self.config.epochs)


def _check_same(before: Mapping[str, Any], now: TrainConfig) -> None:
    plain = now.to_dict()
    other = [name for name in _SAME if before.get(name) != plain[name]]
    if other:
        raise InputError(
            "config",
            expected=f"the {', '.join(other)} that the checkpoint was made with",
            got="another",
            remedy="give another folder to begin again",
        )


def _repeats(case: Case, config: TrainConfig) -> int:
    return config.repeat_complete if case.complete else 1


def _has_bf16(device: str) -> bool:
    return device.startswith("cuda") and torch.cuda.is_bf16_supported()


def _optimiser(network: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    weights, rate, decay = network.parameters(), config.learning_rate, config.weight_decay
    if config.optimiser == "sgd":
        return torch.optim.SGD(weights, lr=rate, momentum=config.momentum, weight_decay=decay)
    kind = torch.optim.AdamW if config.optimiser == "adamw" else torch.optim.Adam
    return kind(weights, lr=rate, weight_decay=decay)
