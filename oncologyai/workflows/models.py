"""What ``oncology-ai models`` does: the store's models as rows and lines for people, and what changes them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oncologyai.errors import InputError
from oncologyai.progress import Part, Progress, Silent
from oncologyai.resources import terminology

if TYPE_CHECKING:
    from oncologyai.models import BoneScanCard, Channel, Figure, Label, ModelCard, Store, StoredModel

__all__ = [
    "ModelRow",
    "delete_model",
    "download_model",
    "import_model",
    "list_models",
    "show_model",
    "verify_models",
]


@dataclass(frozen=True)
class ModelRow:
    """A model in a list: id, title, 'shipped' or 'yours', 'complete' or what is missing, folder, licence in a line."""

    id: str
    title: str
    place: str
    state: str
    path: str
    terms: str

    def to_dict(self) -> dict[str, str]:
        """Give the row for JSON."""
        return asdict(self)


def list_models() -> tuple[tuple[ModelRow, ...], tuple[str, ...]]:
    """Give the models in the order of their ids, and a line for each card that cannot be read."""
    store = _store()
    return tuple(map(_row, store.list())), tuple(store.problems().values())


def show_model(model_id: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Give a model's card as JSON values, and as lines for people.

    Raises
    ------
    InputError
        If there is no such model, or its card cannot be read.
    """
    model = _store().get(model_id)
    return model.card.to_json(), tuple(_lines(model))


def verify_models(model_id: str = "", *, progress: Progress | None = None) -> tuple[dict[str, int], dict[str, str]]:
    """Compare the files of one model, or of all, with their cards.

    Returns
    -------
    tuple of dict
        Number of files of each good model, and a line for each bad one, by id.

    Raises
    ------
    InputError
        If one model is asked for and is not there or not right.
    CancelledError
        If the user cancelled.
    """
    store = _store()
    if model_id:
        return {model_id: len(store.verify(model_id, progress=progress))}, {}
    good: dict[str, int] = {}
    bad = store.problems()
    models = store.list()
    for index, model in enumerate(models):
        part = Part(progress or Silent(), index / len(models), (index + 1) / len(models))
        try:
            good[model.card.id] = len(store.verify(model.card.id, progress=part))
        except InputError as error:
            bad[model.card.id] = str(error)
    return good, bad


def download_model(source: str, *, progress: Progress | None = None) -> ModelRow:
    """Fetch a model by its id or its card's URL; raises as ``Store.download``."""
    return _row(_store().download(source, progress=progress))


def import_model(
    source: Path, *, model_id: str = "", file_format: str = "auto", progress: Progress | None = None
) -> ModelRow:
    """Take a model from a folder, a card or a Keras file; raises as ``Store.import_file``."""
    store = _store()
    return _row(store.import_file(source, model_id=model_id, file_format=file_format, progress=progress))


def delete_model(model_id: str) -> None:
    """Delete a model of the user's; raises as ``Store.delete``."""
    _store().delete(model_id)


def _store() -> Store:
    from oncologyai.models import Store

    return Store()


def _row(model: StoredModel) -> ModelRow:
    card = model.card
    return ModelRow(
        id=card.id,
        title=card.title,
        place="shipped" if model.shipped else "yours",
        state=f"to download: {', '.join(model.missing)}" if model.missing else "complete",
        path=str(model.path),
        terms="; ".join((card.licence.name, *card.licence.restrictions)),
    )


def _lines(model: StoredModel) -> list[str]:
    card, row = model.card, _row(model)
    lines = [f"{card.id}: {card.title}"]
    lines += [text for text in (card.description, card.origin) if text]
    lines.append(f"place: {row.place}, {row.path}, {row.state}")
    lines += _segmentation_lines(model.segmentation) if card.task == "segmentation" else _bonescan_lines(model.bonescan)
    lines.append(f"network: {card.network.name}")
    lines.append(f"trained on: {card.training.description}")
    lines += [f"attribution: {text}" for text in (card.training.attribution, card.licence.attribution) if text]
    lines += [f"figure: {_figure_line(figure)}" for figure in card.figures]
    lines += [f"file: {file.name}, {file.size_bytes / 1e6:.1f} MB, SHA-256 {file.sha256}" for file in card.files]
    lines.append(
        f"licence: {card.licence.name}, {'commercial use allowed' if card.licence.commercial else 'no commercial use'}"
    )
    lines += [f"restriction: {text}" for text in card.licence.restrictions]
    lines += [f"cite: {item.text}" + (f", doi:{item.doi}" if item.doi else "") for item in card.citation]
    return [*lines, *(f"see: {url}" for url in card.urls)]


def _segmentation_lines(card: ModelCard) -> list[str]:
    lines = [f"input: {_channel_line(channel)}" for channel in card.channels]
    lines += [f"gives: {label.name} ({_meaning(label)})" for label in card.labels]
    lines.append(f"works on: {_geometry(card)}")
    return [*lines, f"keeps: probability above {card.threshold:g}, {_kept(card)}"]


def _bonescan_lines(card: BoneScanCard) -> list[str]:
    lines = ["input: both views of a whole-body bone scan (NM)", "gives: the probability of metastases, class maps"]
    for name, form in (("full", card.full), ("fast", card.fast)):
        if form is not None:
            picture, calibration = form.picture, form.calibration
            lines.append(
                f"{name} form: views of {picture.width} x {picture.height} pixels, scale {picture.scale}; calibrated "
                f"on {calibration.scans} scans, {calibration.prevalence:.0%} of them with metastases"
            )
            lines += [
                f"threshold, {name} form: {t.rule} {t.value:.3f} (sensitivity {t.sensitivity:.2f}, specificity "
                f"{t.specificity:.2f} on these)"
                for t in form.thresholds
            ]
    return lines


def _channel_line(channel: Channel) -> str:
    need = "required" if channel.required else "optional"
    return f"{channel.name} ({channel.modality}, {channel.unit}), {need}, normalised by {channel.normalisation.kind}"


def _meaning(label: Label) -> str:
    code = terminology(label.terminology).type if label.terminology else label.type
    return f"{code.meaning}, {code.scheme} {code.value}" if code is not None else "not coded"


def _geometry(card: ModelCard) -> str:
    edges = " x ".join("own" if edge is None else f"{edge:g}" for edge in card.spacing_mm)
    patch = " x ".join(str(side) for side in reversed(card.patch))
    return f"{edges} mm, windows of {patch} voxels, {card.overlap:.0%} overlap, {card.region}"


def _kept(card: ModelCard) -> str:
    parts = "the largest part" if card.components == "largest" else "all parts"
    least = [f"of at least {card.minimum_ml:g} ml"] if card.minimum_ml else []
    if card.minimum_probability:
        least.append(f"with a mean probability of {card.minimum_probability:g} or more, else no tumour is found")
    return " ".join([parts, *least])


def _figure_line(figure: Figure) -> str:
    value = f"{figure.metric} {figure.value:g} {figure.unit}".rstrip()
    interval = f" ({figure.interval[0]:g} to {figure.interval[1]:g})" if figure.interval else ""
    cases = f", {figure.cases} cases" if figure.cases else ""
    return f"{value}{interval}: {figure.test_set}{cases}"
