"""A bone-scan network's training from a configuration to exported networks, resumable at any moment."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from oncologyai.errors import InputError
from oncologyai.models import read_vgg16_base
from oncologyai.networks import VGG16_WIDTHS, Vgg16Classifier
from oncologyai.progress import Part, Progress, Silent
from oncologyai.training.bonescan_config import BoneScanTrainConfig
from oncologyai.training.bonescan_export import export_bonescan_network
from oncologyai.training.bonescan_features import FeatureCache, PictureMaker, base_digest
from oncologyai.training.bonescan_loop import BoneScanRow, begin_head, fit_bonescan
from oncologyai.training.bonescan_split import BoneScanCase, split_scans
from oncologyai.training.yaml_config import save_config

__all__ = ["BoneScanTraining", "train_bonescan"]

_FILLED = 0.5  # share of the work, roughly


@dataclass(frozen=True, eq=False)
class BoneScanTraining:
    """What a training left in its folder.

    Attributes
    ----------
    folder : Path
        ``config.yaml``; ``member-1`` and so on, each with ``log.csv``, ``tensorboard``, ``checkpoint.pt`` and, once
        finished, ``network-EPOCHS`` (``maps.onnx``, ``head.safetensors``, ``weights.safetensors``).
    networks : tuple of Path
        Those folders; empty while not finished.
    learned, held_out : tuple of int
        Places of the scans.
    rows : tuple of tuple of BoneScanRow
        Epochs of each member.
    base_sha256 : str
    finished : bool
    """

    folder: Path
    networks: tuple[Path, ...]
    learned: tuple[int, ...]
    held_out: tuple[int, ...]
    rows: tuple[tuple[BoneScanRow, ...], ...]
    base_sha256: str
    finished: bool


def train_bonescan(
    config: BoneScanTrainConfig,
    cases: Sequence[BoneScanCase],
    pictures: PictureMaker,
    folder: Path,
    *,
    origins: Sequence[str] = (),
    cache: Path | None = None,
    minutes: float | None = None,
    on_epoch: Callable[[BoneScanRow], None] | None = None,
    progress: Progress | None = None,
) -> BoneScanTraining:
    """Train, or go on with the training in ``folder``.

    Parameters
    ----------
    config : BoneScanTrainConfig
    cases : sequence of BoneScanCase
    pictures : callable
        Gives a scan's prepared picture (j, i) by its place; asked once a scan and side.
    folder : Path
        Of everything that is written.
    origins : sequence of str, optional
        What tells each scan's content from another's, so that what is kept of a changed scan is not used; the names
        when left out.
    cache : Path, optional
        Of what the fixed blocks make; ``folder/cache`` if None.
    minutes, on_epoch, progress
        As of ``fit_bonescan``.

    Raises
    ------
    InputError
        If the data, the base or an earlier checkpoint does not fit.
    CancelledError
        If cancelled; the same call goes on.
    OutOfMemoryError, DiskFullError
        If the machine does not do.
    """
    if len({case.name for case in cases}) < len(cases):
        raise InputError("data", expected="every scan's name once", got="some twice")
    learn, held = split_scans(cases, config.validation, seed=config.seed)
    watch, digest = progress or Silent(), base_digest(config)
    if config.base is not None and config.base.sha256 not in {"", digest}:
        raise InputError("base", expected=f"the file of SHA-256 {config.base.sha256}", got=digest)
    folder.mkdir(parents=True, exist_ok=True)
    save_config(config, folder / "config.yaml")
    features = FeatureCache(
        cache or folder / "cache", _begin(config, 0), config, origins or [case.name for case in cases], digest
    )
    both = len(cases) / (len(cases) + len(learn))
    features.fill(range(len(cases)), pictures, turned=False, progress=Part(watch, 0.0, _FILLED * both))
    if config.flip:
        features.fill(learn, pictures, turned=True, progress=Part(watch, _FILLED * both, _FILLED))
    labels, rows, networks = [case.label for case in cases], [], []
    for member in range(config.members):
        place = folder / f"member-{member + 1}"
        share = (1.0 - _FILLED) / config.members
        fit = fit_bonescan(
            _begin(config, member), config, features, labels, (learn, held), place, member=member, minutes=minutes,
            on_epoch=on_epoch, progress=Part(watch, _FILLED + member * share, _FILLED + (member + 1) * share),
        )  # fmt: skip
        rows.append(fit.rows)
        if fit.finished:
            networks.append(_exported(fit.network, place / "network", config.epochs))
    done = len(networks) == config.members
    return BoneScanTraining(folder, tuple(networks) if done else (), learn, held, tuple(rows), digest, done)


def _begin(config: BoneScanTrainConfig, member: int) -> Vgg16Classifier:
    """Give the network as it begins: the base's convolutions where there is one, and a head of the member's own."""
    seed = int.from_bytes(hashlib.sha256(f"{config.seed}/{member}".encode()).digest()[:6], "big")
    torch.manual_seed(seed)
    network = Vgg16Classifier(config.widths or VGG16_WIDTHS, hidden=config.hidden, standardise=config.standardise)
    if config.base is not None:
        network.load_base(read_vgg16_base(Path(config.base.path)))
    begin_head(network, seed)
    return network


def _exported(network: Vgg16Classifier, folder: Path, epochs: int) -> Path:
    place = folder.with_name(f"{folder.name}-{epochs}")
    if not (place / "maps.onnx").is_file():
        export_bonescan_network(network, place)
    return place
