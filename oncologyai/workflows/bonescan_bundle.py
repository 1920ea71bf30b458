"""A bone scan read and classified, as a bundle: from its files, or from the request of a panel."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Self

from oncologyai.bundle import BoneScanBundle, read_bonescan, write_bonescan
from oncologyai.errors import InputError
from oncologyai.pipelines import BoneScanConfig, BoneScanResult, classify_bonescan
from oncologyai.progress import Part, Progress, Stages
from oncologyai.scintigraphy import ScanReading, WholeBodyScan, read_whole_body
from oncologyai.workflows.pseudonym import pseudonym, series_name, without_identity

__all__ = [
    "ScanForm",
    "BoneScanOrigin",
    "answer_bonescan",
    "answer_request",
    "bonescan_to_bundle",
    "bundle_of_study",
    "request_of_study",
]

_SYNTHETIC = "synthetic sample: not a patient"


@dataclass(frozen=True)
class ScanForm:
    """What a run may be told; the defaults do for a usual scan.

    Parameters
    ----------
    classify : BoneScanConfig
    reading : ScanReading
    patient : str
        Pseudonym; made from the UIDs if empty.
    scene : bool
        Whether scene.mrb is written.
    """

    classify: BoneScanConfig = field(default_factory=BoneScanConfig)
    reading: ScanReading = field(default_factory=ScanReading)
    patient: str = ""
    scene: bool = True

    def words(self) -> list[str]:
        """Give the options of the command that were not left at their defaults."""
        found = []
        for config, plain in ((self.classify, BoneScanConfig()), (self.reading, ScanReading())):
            for one in fields(config):
                value = getattr(config, one.name)
                if value != getattr(plain, one.name):
                    option = "--" + one.name.replace("_", "-")
                    found += [option] if value is True else [option, str(value)]
        return [*found, *(["--patient", self.patient] if self.patient else []), *([] if self.scene else ["--no-scene"])]


@dataclass(frozen=True)
class BoneScanOrigin:
    """Where a scan came from: words of the command, random seeds of what was made; nothing that names a patient."""

    words: tuple[str, ...] = ("STUDY",)
    seeds: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of_sample(cls, random_seed: int) -> Self:
        """Give the origin of a synthetic scan."""
        return cls(("--sample", "bonescan", "--sample-seed", str(random_seed)), {"sample": random_seed})


def bundle_of_study(
    study: Sequence[str | os.PathLike[str]],
    form: ScanForm,
    *,
    stages: Stages,
    share: float = 1.0,
    origin: BoneScanOrigin | None = None,
    threads: int = 0,
) -> BoneScanBundle:
    """Read a bone scan and classify it.

    Parameters
    ----------
    study : sequence of one or two paths
        As for ``read_whole_body``.
    form : ScanForm
    stages : Stages
        Told what is done, up to ``share`` of the whole.
    share : float
    origin : BoneScanOrigin, optional
        Files of a user's unless something else is said.
    threads : int
        Of the engine, 0 for all cores.

    Raises
    ------
    InputError
        As ``read_whole_body`` and ``classify_bonescan`` raise.
    CancelledError
        If the user cancelled.
    """
    come_from = origin or BoneScanOrigin(("STUDY",) * len(study))
    with stages("read", share=0.0):
        scan = read_whole_body(*study, how=form.reading, progress=Part(stages.progress, 0.0, 0.2 * share))
    result = classify_bonescan(scan, form.classify, threads=threads, progress=Part(stages.progress, 0.2 * share, share))
    stages.seconds.update(result.provenance.seconds)
    first = next(iter(scan.views.values()))
    patient, study_name = pseudonym(first)
    notes = result.provenance.warnings
    if come_from.seeds:
        name, notes = scan.name, (_SYNTHETIC, *notes)
    else:
        name = _name(scan)
        for path in study:
            notes = without_identity(notes, first, path)
    command = shlex.join(["oncology-ai", "bonescan", *come_from.words, *form.words(), "--out", "RESULTS"])
    provenance = replace(
        result.provenance, settings={**result.provenance.settings, "command": command}, seeds=dict(come_from.seeds),
        seconds={key: round(value, 3) for key, value in stages.seconds.items()}, warnings=notes,
    )  # fmt: skip
    return _bundle(replace(result, provenance=provenance), name, (form.patient or patient, study_name))


def request_of_study(
    study: Sequence[str | os.PathLike[str]], *, how: ScanReading | None = None, progress: Progress | None = None
) -> BoneScanBundle:
    """Read a bone scan as a request that asks nothing yet: its views, pseudonyms, and what reading had to say.

    Raises
    ------
    InputError
        As ``read_whole_body`` raises.
    CancelledError
        If the user cancelled.
    """
    scan = read_whole_body(*study, how=how, progress=progress)
    first = next(iter(scan.views.values()))
    patient, study_name = pseudonym(first)
    notes = scan.notes
    for path in study:
        notes = without_identity(notes, first, path)
    return BoneScanBundle(_name(scan), scan.views, patient, study_name, notes=notes)


def answer_request(request: Path, *, stages: Stages, share: float = 1.0) -> BoneScanBundle:
    """Classify the views in the folder of a request (``BoneScanBundle``).

    Raises
    ------
    InputError
        If its settings are not those of a BoneScanConfig; else as ``read_bonescan`` and ``classify_bonescan`` raise.
    """
    with stages("read", share=0.0):
        asked = read_bonescan(request)
    known = {one.name for one in fields(BoneScanConfig)}
    if strange := sorted(set(asked.settings) - known):
        raise InputError("settings", expected="some of " + ", ".join(sorted(known)), got=", ".join(strange))
    scan = WholeBodyScan(asked.views.get("anterior"), asked.views.get("posterior"), asked.name, asked.notes)
    config = BoneScanConfig(**asked.settings)
    result = classify_bonescan(scan, config, progress=Part(stages.progress, 0.1 * share, share))
    stages.seconds.update(result.provenance.seconds)
    return _bundle(result, asked.name, (asked.patient, asked.study))


def answer_bonescan(request: Path, out: Path, *, progress: Progress | None = None) -> BoneScanBundle:
    """Answer the folder of a request by the folder of a result; raises as ``answer_request`` and OutputError."""
    bundle = answer_request(request, stages=Stages(progress))
    write_bonescan(bundle, out, compress=False)
    return bundle


def bonescan_to_bundle(
    study: Sequence[str | os.PathLike[str]],
    out: Path,
    *,
    form: ScanForm | None = None,
    progress: Progress | None = None,
) -> BoneScanBundle:
    """Read and classify a scan and write the bundle alone; raises as ``bundle_of_study`` and OutputError."""
    bundle = bundle_of_study(study, form or ScanForm(), stages=Stages(progress))
    write_bonescan(bundle, out, compress=False)
    return bundle


def _bundle(result: BoneScanResult, name: str, who: tuple[str, str]) -> BoneScanBundle:
    return BoneScanBundle(
        name=name,
        views=result.scan.views,
        patient=who[0],
        study=who[1],
        settings=result.provenance.settings["bonescan"],
        notes=result.provenance.warnings,
        model_id=result.card.id,
        maps=result.classified.maps,
        foci=result.points,
        tables=result.tables,
        model=result.card.to_json(),
        provenance=result.provenance,
    )


def _name(scan: WholeBodyScan) -> str:
    """Give the series' description unless it names the patient; a picture's name often does."""
    first = next(iter(scan.views.values()))
    if first.dicom is None:
        return "bone scan"
    return series_name(replace(first, meta={**first.meta, "description": scan.name}))
