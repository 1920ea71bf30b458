"""A whole-body bone scan: one or both views, each a one-slice image that lies where the patient was."""

from __future__ import annotations

from dataclasses import dataclass

from oncologyai.errors import InputError
from oncologyai.imaging import VIEWS, View
from oncologyai.types import Volume

__all__ = ["WholeBodyScan"]


@dataclass(frozen=True, eq=False)
class WholeBodyScan:
    """The views of one study.

    Parameters
    ----------
    anterior, posterior : Volume, optional
        One slice of axes (1, j, i), rows to the feet; columns to the patient's left in an anterior view, to the right
        in a posterior one, unless the file was mirrored; ``ijk_to_ras`` as ``planar_ijk_to_ras`` gives it. Counts, or
        arbitrary values. At least one is there.
    name : str
        What the series is called.
    notes : tuple of str
        What was assumed or odd.
    """

    anterior: Volume | None = None
    posterior: Volume | None = None
    name: str = "bone scan"
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.views:
            raise InputError("views", expected="an anterior or a posterior view", got="neither")
        for name, volume in self.views.items():
            if volume.shape[0] != 1:
                raise InputError(name, expected="one slice", got=f"{volume.shape[0]}")

    @property
    def views(self) -> dict[View, Volume]:
        """The views that are there, anterior first."""
        both = zip(VIEWS, (self.anterior, self.posterior), strict=True)
        return {name: volume for name, volume in both if volume is not None}
