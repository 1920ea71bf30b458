"""All features of a region under the IBSI's definitions and tags."""

from __future__ import annotations

from collections.abc import Callable

from oncologyai.features.ibsi.cooccurrence import cooccurrence_features
from oncologyai.features.ibsi.local_intensity import local_intensity_features
from oncologyai.features.ibsi.morphology import morphology_features
from oncologyai.features.ibsi.neighbours import neighbour_features
from oncologyai.features.ibsi.processing import IbsiRegion, prepare
from oncologyai.features.ibsi.run_length import run_length_features
from oncologyai.features.ibsi.settings import IbsiSettings
from oncologyai.features.ibsi.statistics import histogram_features, statistics_features
from oncologyai.features.ibsi.volume_histogram import volume_histogram_features
from oncologyai.features.ibsi.zones import zone_features
from oncologyai.progress import Progress, Silent, check_cancelled
from oncologyai.types import Mask, Volume

__all__ = ["TEXTURES", "ibsi_features"]

TEXTURES: tuple[Callable[[IbsiRegion, str], dict[str, float]], ...] = (
    cooccurrence_features,
    run_length_features,
    zone_features,
    neighbour_features,
)
"""Every family that is made from levels and their places."""

_DEFAULT = IbsiSettings()


def ibsi_features(
    volume: Volume, mask: Mask, settings: IbsiSettings = _DEFAULT, *, progress: Progress | None = None
) -> dict[str, float]:
    """Give all features of a region by the IBSI's tags, such as ``cm_contrast_3D_comb``.

    Parameters
    ----------
    volume : Volume
    mask : Mask
        On the volume's grid, not empty.
    settings : IbsiSettings
    progress : Progress, optional
        Asked between families whether to go on.

    Returns
    -------
    dict of float
        NaN where a feature is not defined.

    Raises
    ------
    GeometryMismatchError, EmptyMaskError, InputError
        As ``prepare`` raises them.
    CancelledError
        If the user cancelled.
    """
    watch = progress or Silent()
    region = prepare(volume, mask, settings)
    found = {
        **morphology_features(region),
        **local_intensity_features(region),
        **statistics_features(region.values),
        **histogram_features(region.levels[region.mask], region.level_count),
        **volume_histogram_features(region.values, settings),
    }
    for dimensions in settings.dimensions:
        for family in TEXTURES:
            check_cancelled(watch)
            found.update(family(region, dimensions))
    return found
