"""Whether a class map comes from what a network learned: maps of the same network with random weights (Adebayo 2018).

A map that looks the same whatever the weights are shows the picture's edges and not the network's reasons. Weights are
made random from the output backwards: the head, then the last block of convolutions too, then all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from oncologyai._atomic import temporary_folder
from oncologyai._checks import check_choice, check_range
from oncologyai.explain import CamMethod, PooledHead, class_map
from oncologyai.inference import Engine
from oncologyai.inference.random_weights import randomise_convolutions
from oncologyai.metrics import spearman_with
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.scintigraphy.classifier import BoneScanClassifier
from oncologyai.scintigraphy.preparation import prepare_scan
from oncologyai.scintigraphy.resizing import resize_picture
from oncologyai.scintigraphy.scan import WholeBodyScan
from oncologyai.types import Table

__all__ = ["SanityCheck", "SanityStage", "check_sanity"]

_CLASSES = ("without metastases", "with metastases")
_LAST_BLOCK = 3  # convolutions of the last block of VGG16
_LIMIT = 0.5  # ours: a map that shares a quarter of its ranks' variance or more with a random network's says little
_BODY = 0.02  # of the picture's range: cells below hold no body


@dataclass(frozen=True)
class SanityStage:
    """What was random, and for each draw how like the map was to the trained network's.

    ``correlations`` are Spearman's of the signed maps over the cells that the body covers (0 where a map is even),
    ``similarities`` the structural similarity (SSIM) of the maps as they are shown, cut at 0 and scaled to 1.
    """

    name: str
    correlations: tuple[float, ...]
    similarities: tuple[float, ...]


@dataclass(frozen=True)
class SanityCheck:
    """Stages from the head alone to all weights."""

    explained: str
    method: str
    stages: tuple[SanityStage, ...]

    @property
    def is_passed(self) -> bool:
        """Whether with all weights random the mean size of the correlation is below 0.5."""
        return float(np.mean(np.abs(self.stages[-1].correlations))) < _LIMIT

    @property
    def sentence(self) -> str:
        """The result in words."""
        likeness = float(np.mean(np.abs(self.stages[-1].correlations)))
        said = "the map depends on what was learned" if self.is_passed else "the map hardly depends on what was learned"
        return (
            f"With all weights random the {self.method} map for '{self.explained}' keeps a rank correlation of "
            f"{likeness:.2f} in size (below {_LIMIT:g} is expected): {said}."
        )

    def table(self, name: str = "Sanity") -> Table:
        """Give a row a stage: mean size of the correlation, its range, mean SSIM, draws."""
        rows = [("trained", 1.0, 1.0, 1.0, 1.0, 1)]
        for stage in self.stages:
            size = float(np.mean(np.abs(stage.correlations)))
            figures = (size, min(stage.correlations), max(stage.correlations), float(np.mean(stage.similarities)))
            rows.append((stage.name, *(round(v, 4) for v in figures), len(stage.correlations)))  # type: ignore[arg-type]
        columns = ("random", "mean_abs_rank_correlation", "least", "most", "mean_ssim", "draws")
        return Table(name, columns, tuple(rows))


def check_sanity(
    classifier: BoneScanClassifier,
    network: Path,
    scan: WholeBodyScan,
    *,
    explained: str = "with metastases",
    method: CamMethod = "grad-cam",
    draws: int = 2,
    seed: int = 0,
    progress: Progress | None = None,
) -> SanityCheck:
    """Compare the class map of a scan with those of networks of random weights.

    Parameters
    ----------
    classifier : BoneScanClassifier
        Of several networks the first is checked.
    network : Path
        Its exported form (``maps.onnx``), which the engine was made of; weights not in 8 bits.
    scan : WholeBodyScan
    explained : {'with metastases', 'without metastases'}
        The class of the maps.
    method : str
        See ``class_map``.
    draws : int, 1 to 20
        Random networks a stage, each a pass; of the head alone, which costs no pass, ten times as many.
    seed : int, >= 0
    progress : Progress, optional
        Told the share done, asked for cancellation.

    Raises
    ------
    InputError
        If an option is out of range, or a view is empty.
    MissingFileError, UnreadableFileError
        If ``network`` is not there, or not of plain convolutions.
    MissingDependencyError
        If onnx or the engine is not installed.
    CancelledError
        If ``progress`` says so.

    Notes
    -----
    Adebayo et al., Sanity checks for saliency maps, NeurIPS 2018: cascading randomisation.
    """
    check_choice(explained, _CLASSES, "explained")
    check_range(draws, 1, 20, "draws")
    watcher, target = progress or Silent(), _CLASSES.index(explained)
    watcher.stage("sanity check", 0.0)
    image = prepare_scan(scan, classifier.preparation).image
    maps = classifier.engine.infer(image[None], progress=watcher)[0]
    trained = class_map(maps, classifier.head, target=target, method=method, rectified=False)
    body = resize_picture(image[0], trained.shape) > _BODY
    generator = np.random.default_rng(seed)

    def compared(last_maps: Sequence[np.ndarray], name: str) -> SanityStage:
        heads = [_random_head(classifier.head, generator) for _ in last_maps]
        others = [
            class_map(m, h, target=target, method=method, rectified=False)
            for m, h in zip(last_maps, heads, strict=True)
        ]
        return SanityStage(
            name, tuple(_correlation(trained, o, body) for o in others), tuple(_similarity(trained, o) for o in others)
        )

    stages = [compared([maps] * (10 * draws), "head")]
    for done, (name, last) in enumerate((("head, last block", _LAST_BLOCK), ("all", None))):
        found = []
        for draw in range(draws):
            check_cancelled(watcher)
            watcher.stage("sanity check", 0.2 + 0.4 * (done + draw / draws))
            found.append(_infer_random(classifier.engine, network, last, (seed, done, draw), image, watcher))
        stages.append(compared(found, name))
    return SanityCheck(explained, method, tuple(stages))


def _infer_random(
    engine: Engine, network: Path, last: int | None, seed: tuple[int, ...], image: np.ndarray, watcher: Progress
) -> np.ndarray:
    """Give the last maps of a network with random convolutions, by the engine of the trained one."""
    with temporary_folder("oncology-ai-") as folder:  # known to whoever ends the process
        other = folder / "random.onnx"
        randomise_convolutions(network, other, last=last, seed=int(np.random.default_rng(seed).integers(2**31)))
        return _engine(engine.name, other).infer(image[None], progress=watcher)[0]


def _engine(name: str, path: Path) -> Engine:
    if name == "openvino":
        from oncologyai.inference.openvino_engine import OpenVinoEngine

        return OpenVinoEngine(path)
    from oncologyai.inference.onnx_engine import OnnxEngine

    return OnnxEngine(path)


def _random_head(head: PooledHead, generator: np.random.Generator) -> PooledHead:
    """Draw a new head as a network begins: normal, variance 2 over the inputs of a unit, biases 0."""

    def layer(weight: np.ndarray) -> np.ndarray:
        return generator.standard_normal(weight.shape) * np.sqrt(2.0 / weight.shape[1])

    return PooledHead(
        layer(head.hidden_weight),
        np.zeros_like(head.hidden_bias),
        layer(head.last_weight),
        np.zeros_like(head.last_bias),
    )


def _correlation(one: np.ndarray, other: np.ndarray, body: np.ndarray) -> float:
    inside = body if np.count_nonzero(body) > 2 else np.ones_like(body)
    found = float(spearman_with(one[inside].astype(np.float64)[:, None], other[inside].astype(np.float64))[0])
    return 0.0 if np.isnan(found) else found


def _similarity(one: np.ndarray, other: np.ndarray) -> float:
    from skimage.metrics import structural_similarity

    shown = [np.maximum(values, 0.0) / max(float(values.max()), 1e-30) for values in (one, other)]
    return float(structural_similarity(*shown, data_range=1.0, win_size=min(7, *(n - 1 + n % 2 for n in one.shape))))
