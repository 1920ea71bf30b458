"""How a run came about: enough, in its provenance, to run it again; nothing in it that names the patient."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from oncologyai.bundle import Bundle
from oncologyai.errors import InputError
from oncologyai.pipelines import ModelConfig, hash_image
from oncologyai.samples import SAMPLES
from oncologyai.types import Point

if TYPE_CHECKING:
    from oncologyai.workflows.run import RunConfig

__all__ = ["Origin", "run_command", "sample_origin", "with_provenance"]

_SYNTHETIC = "synthetic sample: not a patient"


@dataclass(frozen=True)
class Origin:
    """Where the image came from: words for the command, seeds of what was made, notes.

    A study is called STUDY, not by its path, which often holds the patient's id.
    """

    words: tuple[str, ...] = ("STUDY",)
    random_seeds: Mapping[str, int] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def is_synthetic(self) -> bool:
        """Tell whether there is no patient whom a text could name."""
        return bool(self.random_seeds)


def sample_origin(sample: str, random_seed: int) -> Origin:
    """Give the origin of a synthetic study made from the sample's own default spec."""
    return Origin(
        words=("--sample", sample, "--sample-seed", str(random_seed)),
        random_seeds={"sample": random_seed},
        settings={"sample": {"name": sample, "seed": random_seed, "spec": asdict(SAMPLES[sample].spec())}},
        notes=(_SYNTHETIC,),
    )


def run_command(origin: Origin, inside: Sequence[Point], outside: Sequence[Point], config: RunConfig) -> str:
    """Give the command line that makes the run again, with STUDY, UID, FILE and RESULTS to be filled in."""
    words = ["oncology-ai", "run", *origin.words]
    for option, points in (("--seed", inside), ("--outside", outside)):
        for point in points:
            words += [option, ",".join(repr(float(v)) for v in point.ras)]
    chosen = config.analyse.segment
    words += _model_words(chosen) if isinstance(chosen, ModelConfig) else ["--method", chosen.method]
    words += [word for name in config.channels for word in ("--channel", f"{name}=FILE")]
    words += ["--max-distance-mm", repr(float(chosen.max_distance_mm))]
    how = config.how
    said = {"--patient": config.patient, "--series": "UID" if how.series_uid else "", "--modality": how.modality}
    words += [word for option, value in said.items() if value for word in (option, value)]
    words += ["--suv", how.suv]
    words += ["--unit", how.unit] if how.unit else []
    words += ["--allow-missing-slices"] if how.allow_missing_slices else []
    words += [] if config.scene else ["--no-scene"]
    return shlex.join([*words, "--out", "RESULTS"])


def _model_words(config: ModelConfig) -> list[str]:
    """Give the options of a model that were not left at their defaults."""
    words = ["--model", config.model]
    if config.box_ras is not None:
        words += ["--box", ",".join(repr(v) for v in config.box_ras)]
    plain = ModelConfig(model=config.model)
    for field_name in ("device", "engine", "members", "threshold"):
        value = getattr(config, field_name)
        if value != getattr(plain, field_name):
            words += [f"--{field_name}", str(value)]
    return [*words, "--all-lesions"] if config.all_lesions else words


def with_provenance(
    bundle: Bundle, origin: Origin, config: RunConfig, seconds: Mapping[str, float], notes: Sequence[str]
) -> Bundle:
    """Give the bundle with the provenance of the whole run in place of the analysis' own.

    Raises
    ------
    InputError
        If the bundle has no provenance.
    """
    if bundle.provenance is None:
        raise InputError("bundle", expected="a provenance", got="none")
    added = {
        "command": run_command(origin, bundle.inside, bundle.outside, config),
        "suv_inputs": _without_files(bundle.volume.meta.get("suv")),
        "masks_sha256": {mask.label: hash_image(mask) for mask in bundle.masks},
        **origin.settings,
    }
    provenance = replace(
        bundle.provenance,
        pipeline="run",
        seeds={**bundle.provenance.seeds, **origin.random_seeds},
        seconds={name: round(value, 3) for name, value in seconds.items()},
        settings={**bundle.provenance.settings, **added},
        warnings=tuple(notes),
    )
    return replace(bundle, provenance=provenance)


def _without_files(audit: Any) -> Any:
    """Leave away the files that values were read from: their paths often hold the patient's id."""
    if isinstance(audit, Mapping):
        return {key: _without_files(value) for key, value in audit.items() if key != "file"}
    if isinstance(audit, (list, tuple)):
        return [_without_files(value) for value in audit]
    return audit
