"""``oncology-ai dataset preprocess``: a chain of harmonisation steps over a folder, fitted on it where a step asks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import oncologyai
from oncologyai._atomic import atomic_file
from oncologyai._checks import check_choice
from oncologyai.bundle import write_table
from oncologyai.errors import InputError
from oncologyai.harmonize import Preset, fit_next, is_fitted, preset_from_mapping, preset_to_mapping
from oncologyai.imaging import SuvKind, write_masks, write_volume
from oncologyai.pipelines import PreprocessConfig, measure_image, preprocess
from oncologyai.progress import Part, Progress, Silent
from oncologyai.types import Mask, Table, Unit, Volume
from oncologyai.workflows.case_run import CaseOutcome, CaseRunner, CaseTask, link_files, run_cases
from oncologyai.workflows.conversion import IndexRow, file_part, index_table
from oncologyai.workflows.dataset_cases import INDEX, CaseFiles, find_cases, read_case, unlike

__all__ = ["PreprocessOptions", "PreprocessReport", "measure_case", "preprocess_case", "preprocess_dataset"]

_STORE = "cases"
_FORMATS = ("nrrd", "nii.gz", "mha")
_FOUND, _DONE = 0.05, 0.98  # shares of the work, roughly


@dataclass(frozen=True)
class PreprocessOptions:
    """What of a folder is pre-processed, and how it is read and written.

    Attributes
    ----------
    region : tuple of str
        As in ``PreprocessConfig``.
    structures : tuple of str
        Patterns of the structures that are taken along, beside the region; all if empty.
    modalities : tuple of str
        Only these; one alone is also what plain files hold that do not say.
    form : str
        nrrd, nii.gz or mha.
    suv, allow_missing_slices
        As in ``read_series``.
    unit : str or None
        What plain files hold that do not say.

    Raises
    ------
    InputError
        If ``form`` is another.
    """

    region: tuple[str, ...] = ()
    structures: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    form: str = "nrrd"
    suv: SuvKind = "bw"
    allow_missing_slices: bool = False
    unit: Unit | None = None

    def __post_init__(self) -> None:
        check_choice(self.form, _FORMATS, "--format")


@dataclass(frozen=True)
class PreprocessReport:
    """``written``: files, relative to the output. ``failed``: cases with the reason, also of the fit.

    ``preset``: the chain with the numbers of the cohort. ``kept``: cases done before.
    """

    written: tuple[str, ...]
    failed: tuple[tuple[str, str], ...]
    preset: Preset
    kept: int
    notes: tuple[str, ...]


def preprocess_dataset(
    source: Path,
    out: Path,
    preset: Preset,
    *,
    fit: Path | None = None,
    options: PreprocessOptions | None = None,
    runner: CaseRunner = run_cases,
    progress: Progress | None = None,
) -> PreprocessReport:
    """Pre-process every image of a folder, its structures with it.

    Parameters
    ----------
    source : Path
        As in ``find_cases``: DICOM studies, or converted or plain files.
    out : Path
        Gets a folder a case with ``image`` and its structures on the new grid, ``index.csv`` as ``convert`` writes it,
        ``failures.csv`` and ``provenance.json``; results are kept in ``cases/``, so that the same call goes on after
        an interruption.
    preset : Preset
        The chain. Steps that a cohort sets are fitted on this folder, in their order, each on the images as they are
        at that step.
    fit : Path, optional
        JSON file that gets the chain with the cohort's numbers: a preset for other cohorts. Needed where there is a
        step to be fitted.
    options : PreprocessOptions, optional
    runner : CaseRunner
        Who runs the cases.
    progress : Progress, optional

    Raises
    ------
    InputError
        If the source holds no image, or a step has to be fitted and ``fit`` is not given, or no case could be
        measured for it.
    OutputError
        If a place cannot be written.
    CancelledError
        If cancelled; the cases done are kept.
    """
    if fit is None and not is_fitted(preset):
        raise InputError(
            "--fit", expected=f"a file for the numbers that {preset.name} takes from the training cohort", got="none",
            remedy="give --fit FILE.json on the training cohort, and --preset FILE.json on others",
        )  # fmt: skip
    options, watch = options or PreprocessOptions(), progress or Silent()
    cases, notes = find_cases(source, modalities=options.modalities, progress=Part(watch, 0.0, _FOUND))
    passes = 1 + sum(not getattr(step, "is_fitted", True) for step in preset.steps)
    share = (_DONE - _FOUND) / passes
    failed: dict[str, str] = {}
    for number in range(passes - 1):
        part = Part(watch, _FOUND + share * number, _FOUND + share * (number + 1))
        outcomes = runner(_tasks(cases, preset, options, "measure_case"), out / _STORE, part)
        failed |= {outcome.case: f"not in the fit: {outcome.reason}" for outcome in outcomes if outcome.reason}
        preset = fit_next(preset, _measures(outcomes))
    if fit is not None:
        _write_json(fit, preset_to_mapping(preset))
    outcomes = runner(
        _tasks(cases, preset, options, "preprocess_case"), out / _STORE, Part(watch, _DONE - share, _DONE)
    )
    failed |= {outcome.case: outcome.reason for outcome in outcomes if outcome.reason}
    files = _gather(outcomes, cases, source, out)
    with atomic_file(out / "failures.csv") as draft:
        write_table(Table("failures", ("case", "reason"), tuple(failed.items())), draft)
    facts = {"version": oncologyai.__version__, "source": str(source), **asdict(options)}
    _write_json(out / "provenance.json", {**facts, "preset": preset_to_mapping(preset)})
    return PreprocessReport(files, tuple(failed.items()), preset, sum(o.kept for o in outcomes), notes)


def measure_case(
    folder: Path,
    *,
    name: str,
    image: Sequence[Path],
    preset: Mapping[str, Any],
    structures: Sequence[tuple[str, Path]] = (),
    modality: str = "",
    unit: Unit | None = None,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Table:
    """Measure one image for the first step of a chain that is not fitted; a row with the measures as JSON.

    Parameters
    ----------
    name, image, structures, modality, unit
        As in ``CaseFiles``.
    preset : mapping
        As ``preset_to_mapping`` gives it.
    options : mapping, optional
        Fields of ``PreprocessOptions``.
    """
    chosen = _options(options)
    volume, masks = _read(image, structures, (modality, unit), chosen, progress)
    config = PreprocessConfig(preset_from_mapping(preset), chosen.region)
    measures = measure_image(volume, masks, config, progress=progress)
    return Table("measures", ("name", "measures"), ((name, json.dumps(measures)),))


def preprocess_case(
    folder: Path,
    *,
    name: str,
    image: Sequence[Path],
    preset: Mapping[str, Any],
    structures: Sequence[tuple[str, Path]] = (),
    modality: str = "",
    unit: Unit | None = None,
    options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Table:
    """Pre-process one image: files in ``folder/NAME``, a row each.

    Parameters
    ----------
    name, image, structures, modality, unit, preset, options
        As in ``measure_case``.
    """
    chosen = _options(options)
    volume, masks = _read(image, structures, (modality, unit), chosen, progress)
    config = PreprocessConfig(preset_from_mapping(preset), chosen.region)
    found = preprocess(volume, masks, config, progress=progress)
    (folder / name).mkdir()
    place = f"{name}/image.{chosen.form}"
    write_volume(found.volume, folder / place)
    notes = "; ".join((*volume.meta.get("warnings", ()), *found.flags))
    rows: list[tuple[str | float | None, ...]] = [
        (place, "image", "", found.volume.modality, found.volume.unit, None, "", notes)
    ]
    taken = {"image"}
    for mask in found.masks:
        stem = f"{file_part(mask.label).removesuffix('mask').rstrip('_-')}_mask".lstrip("_")
        file = f"{name}/{unlike(stem, taken)}.{chosen.form}"
        write_masks((mask,), folder / file)
        rows.append((file, mask.kind, mask.label, "", "", mask.volume_ml, place, ""))
    return Table("files", ("file", "kind", "structure", "modality", "unit", "volume_ml", "image", "note"), tuple(rows))


def _options(plain: Mapping[str, Any] | None) -> PreprocessOptions:
    """Read options from plain data, in which tuples are lists."""
    given: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in (plain or {}).items()}
    return PreprocessOptions(**given)


def _read(
    image: Sequence[Path],
    structures: Sequence[tuple[str, Path]],
    said: tuple[str, Unit | None],
    options: PreprocessOptions,
    progress: Progress | None,
) -> tuple[Volume, tuple[Mask, ...]]:
    patterns = [*options.structures, *options.region] if options.structures else []
    return read_case(
        image, structures, modality=said[0], unit=said[1] or options.unit, patterns=patterns, suv=options.suv,
        allow_missing_slices=options.allow_missing_slices, progress=progress,
    )  # fmt: skip


def _tasks(cases: Sequence[CaseFiles], preset: Preset, options: PreprocessOptions, function: str) -> list[CaseTask]:
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(options).items() if k != "modalities"}
    shared = {"preset": {**preset_to_mapping(preset), "description": ""}, "options": plain}
    return [
        CaseTask(
            case.name,
            f"{__name__}:{function}",
            {
                "name": case.name,
                "image": list(case.image),
                "structures": [list(s) for s in case.structures],
                "modality": case.modality,
                "unit": case.unit,
                **shared,
            },
        )
        for case in cases
    ]


def _measures(outcomes: Sequence[CaseOutcome]) -> list[dict[str, Any]]:
    found = [json.loads(str(o.table.rows[0][1])) for o in outcomes if o.table is not None]
    if not found:
        first = next((o.reason for o in outcomes if o.reason), "no case")
        raise InputError("--fit", expected="at least one case that can be measured", got=f"none; the first: {first}")
    return found


def _gather(outcomes: Sequence[CaseOutcome], cases: Sequence[CaseFiles], source: Path, out: Path) -> tuple[str, ...]:
    """Put the files of all cases and their index into place; give the files."""
    rows = []
    for outcome, case in zip(outcomes, cases, strict=True):
        if outcome.table is None:
            continue
        if outcome.folder is not None:
            link_files(outcome.folder, out)
        rows += _index_rows(outcome.table, case, source)
    with atomic_file(out / INDEX) as draft:
        write_table(index_table(rows), draft)
    return tuple(row.file for row in rows)


def _index_rows(table: Table, case: CaseFiles, source: Path) -> list[IndexRow]:
    empty = IndexRow("written", case.patient, "", "", "", case.modality, case.description, "")
    place = case.image[0].relative_to(source).as_posix()
    found = []
    for row in table.rows:
        cells = dict(zip(table.columns, row, strict=True))
        cells["modality"] = cells["modality"] or case.modality
        found.append(IndexRow(**{**asdict(empty), "source": place, **cells}))
    return found


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    with atomic_file(path) as draft:
        draft.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
