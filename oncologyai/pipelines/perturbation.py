"""The features of one case after each of its perturbations."""

from __future__ import annotations

from oncologyai.errors import EmptyMaskError, InputError, SmallMaskError
from oncologyai.features import FeatureSettings, extract_features
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.robustness import PerturbationConfig, perturb
from oncologyai.types import Mask, Table, Volume

__all__ = ["PERTURBATION_COLUMNS", "perturbed_features"]

PERTURBATION_COLUMNS = (
    "perturbation", "rotation_deg", "shift_k", "shift_j", "shift_i", "noise", "volume_share", "reason",
)  # fmt: skip
"""Columns before the features: which perturbation, what was drawn, and why there is no feature where there is none."""

Cell = str | float | int | None


def perturbed_features(
    volume: Volume,
    mask: Mask,
    config: PerturbationConfig | None = None,
    settings: FeatureSettings | None = None,
    *,
    case: str,
    progress: Progress | None = None,
) -> Table:
    """Perturb a case and extract its features each time.

    Parameters
    ----------
    volume, mask : Volume, Mask
        On one grid.
    config : PerturbationConfig, optional
    settings : FeatureSettings, optional
        Of the extraction.
    case : str
        Its name; part of the seed.
    progress : Progress, optional

    Returns
    -------
    Table
        A row a perturbation: ``PERTURBATION_COLUMNS``, then the features. Where too little is left of a mask, they are
        None and the reason is given.

    Raises
    ------
    GeometryMismatchError
        If the grids differ.
    EmptyMaskError
        If the mask has no voxel.
    InputError
        If no perturbation left enough of the mask.
    """
    config, settings, watch = config or PerturbationConfig(), settings or FeatureSettings(), progress or Silent()
    volume.require_same_grid(mask, f"mask {mask.label}")
    if mask.is_empty:
        raise EmptyMaskError(f"mask {mask.label}", expected="at least one voxel", got="none")
    heads: list[tuple[Cell, ...]] = []
    found: list[tuple[Cell, ...] | None] = []
    columns: tuple[str, ...] = ()
    for number in range(config.count):
        check_cancelled(watch)
        watch.stage(f"perturbation {number + 1} of {config.count}", number / config.count)
        try:
            one = perturb(volume, mask, config, case=case, number=number)
            table = extract_features(one.volume, [one.mask], settings)
        except (EmptyMaskError, SmallMaskError) as error:
            heads.append((number + 1, *(None,) * 6, str(error)))
            found.append(None)
            continue
        columns = table.columns[1:]
        heads.append((number + 1, one.rotation_deg, *one.translation, one.noise, one.volume_share, None))
        found.append(table.rows[0][1:])
    if not columns:
        raise InputError(
            f"mask {mask.label}", expected="voxels left by a perturbation", got="none by any",
            remedy="leave the case out, or perturb less",
        )  # fmt: skip
    rows = tuple((*head, *(own or (None,) * len(columns))) for head, own in zip(heads, found, strict=True))
    return Table("perturbed", (*PERTURBATION_COLUMNS, *columns), rows)
