"""A model tried on the example of its card: whether it gives here what it gave its makers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncologyai._atomic import temporary_folder
from oncologyai.errors import InputError
from oncologyai.imaging import read_masks, read_volume
from oncologyai.metrics import dice
from oncologyai.progress import Part, Progress, Silent
from oncologyai.samples import write_sample
from oncologyai.types import Volume

if TYPE_CHECKING:
    from oncologyai.models import Example, ModelCard, StoredModel

__all__ = ["ModelCheck", "check_model"]


@dataclass(frozen=True)
class ModelCheck:
    """What a model gave for its example and what its card expects; ``dice`` is None where there is no expected mask."""

    id: str
    engine: str
    volume_ml: float
    expected_ml: float
    tolerance_ml: float
    dice: float | None
    minimum_dice: float
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether the volume, and the Dice where there is one, are as the card says."""
        near = abs(self.volume_ml - self.expected_ml) <= self.tolerance_ml
        return near and (self.dice is None or self.dice >= self.minimum_dice)

    def to_dict(self) -> dict[str, Any]:
        """Give the check for JSON."""
        return {**asdict(self), "passed": self.passed}


def check_model(model_id: str, *, engine: str = "auto", progress: Progress | None = None) -> ModelCheck:
    """Verify a model's files, run it on the example of its card and compare with what the card expects.

    Parameters
    ----------
    model_id : str
        See ``Store.get``.
    engine : {'auto', 'openvino', 'onnxruntime', 'torch'}
        What runs it.
    progress : Progress
        Told the stages, asked for cancellation.

    Raises
    ------
    InputError
        If there is no such model, a file of it is not right, or its card has no example.
    InstallationError
        If the engine is not installed.
    """
    from oncologyai.inference import InferenceConfig, segment_with_model
    from oncologyai.models import Store

    watch = progress or Silent()
    store = Store()
    store.verify(model_id, progress=Part(watch, 0.0, 0.1))
    model = store.get(model_id)
    example = model.segmentation.example
    if example is None:
        raise InputError(model_id, expected="a card with an example", got="none", remedy="`models verify` checks files")
    volumes = _inputs(model, example, Part(watch, 0.1, 0.2))
    config = InferenceConfig(engine=engine)
    result = segment_with_model(volumes, model.segmentation, model.path, config=config, progress=Part(watch, 0.2, 1.0))
    agreed = None
    if example.mask:
        expected = read_masks(model.file(example.mask), grid=next(iter(volumes.values())))
        agreed = dice(expected[0], result.mask)
    return ModelCheck(
        id=model_id,
        engine=result.engine,
        volume_ml=result.mask.volume_ml,
        expected_ml=example.volume_ml,
        tolerance_ml=example.tolerance_ml,
        dice=agreed,
        minimum_dice=example.minimum_dice,
        seconds=sum(result.seconds.values()),
    )


def _inputs(model: StoredModel, example: Example, progress: Progress) -> dict[str, Volume]:
    """Give the example's image by channel, in the card's order."""
    if example.sample:
        with temporary_folder("oncology-ai-") as folder:
            write_sample(example.sample, folder, progress=progress)
            return _read(model.segmentation, {c.name: folder for c in model.segmentation.channels})
    return _read(model.segmentation, {name: model.file(file) for name, file in example.inputs.items()})


def _read(card: ModelCard, places: dict[str, Path]) -> dict[str, Volume]:
    return {c.name: read_volume(places[c.name], modality=c.modality) for c in card.channels if c.name in places}
