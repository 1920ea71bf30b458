"""From a bone scan to what the network takes: each view to one size and scale, side by side, and maps the way back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from oncologyai._checks import check_choice, check_positive
from oncologyai.errors import InputError
from oncologyai.imaging import VIEWS, View
from oncologyai.scintigraphy.organs import without_organs
from oncologyai.scintigraphy.outline import outline_body
from oncologyai.scintigraphy.resizing import resize_picture
from oncologyai.scintigraphy.scan import WholeBodyScan
from oncologyai.types import Volume

__all__ = ["Preparation", "PreparedScan", "Scale", "flip_views", "maps_on_views", "prepare_scan"]

Scale = Literal["min-max", "counts"]


@dataclass(frozen=True)
class Preparation:
    """How scans are prepared; the defaults are those of ch. 7, 'Image pre-processing'.

    Parameters
    ----------
    height, width : int
        Of each view.
    scale : {'min-max', 'counts'}
        'min-max' brings each view's least and most to 0 and 1. 'counts' divides by the median of the body instead and
        brings ``most`` times that to 1, what is above being cut: one hot spot then does not dim the rest.
    most : float, > 0
        For 'counts'.
    logarithm : bool
        Afterwards take log(1 + 99 v) / log(100).
    without_organs : bool
        First take bladder and injection site out, see ``without_organs``.
    """

    height: int = 512
    width: int = 256
    scale: Scale = "min-max"
    most: float = 6.0
    logarithm: bool = False
    without_organs: bool = False

    def __post_init__(self) -> None:
        check_choice(self.scale, get_args(Scale), "scale")
        check_positive(self.most, "most")
        for name in ("height", "width"):
            if getattr(self, name) < 1:
                raise InputError(name, expected="1 or more", got=str(getattr(self, name)))


@dataclass(frozen=True, eq=False)
class PreparedScan:
    """What a network takes: ``image`` (3, height, 2 width) float32 from 0 to 1, three times the same picture.

    ``notes`` say what was missing.
    """

    image: np.ndarray
    notes: tuple[str, ...] = ()


def prepare_scan(scan: WholeBodyScan, how: Preparation | None = None) -> PreparedScan:
    """Bring both views to one size and scale, anterior left and posterior right, in three equal channels.

    Parameters
    ----------
    scan : WholeBodyScan
        A missing view leaves its half 0, with a note.
    how : Preparation, optional

    Raises
    ------
    InputError
        If a view is empty, all of one value.
    """
    how = how or Preparation()
    halves: list[np.ndarray] = []
    notes: list[str] = []
    if how.without_organs:
        given, scan = scan, without_organs(scan)
        notes += scan.notes[len(given.notes) :]
    for name in VIEWS:
        view = scan.views.get(name)
        if view is None:
            notes.append(f"the {name} view is missing: its half of the network's picture is empty")
            halves.append(np.zeros((how.height, how.width), dtype=np.float32))
        else:
            halves.append(_prepared(view.array[0], how))
    return PreparedScan(np.repeat(np.concatenate(halves, axis=1)[None], 3, axis=0), tuple(notes))


def flip_views(image: np.ndarray) -> np.ndarray:
    """Turn a prepared picture (..., j, i) over about its vertical axis: the views change sides, each mirrored."""
    return np.ascontiguousarray(image[..., ::-1])


def maps_on_views(values: np.ndarray, scan: WholeBodyScan) -> dict[View, Volume]:
    """Bring a map of a prepared picture to the grid of each view.

    Parameters
    ----------
    values : ndarray, shape (j, i)
        Over the whole prepared picture, of any size of even width: the left half is the anterior view's.
    scan : WholeBodyScan
        What was prepared.

    Returns
    -------
    dict of Volume by view
        For each view that is there, the map on its own grid.

    Raises
    ------
    InputError
        If the map has not two axes, or an odd number of columns.
    """
    if values.ndim != 2 or values.shape[1] % 2:
        raise InputError("values", expected="a map (j, i) of even width", got=f"shape {values.shape}")
    half = values.shape[1] // 2
    found: dict[View, Volume] = {}
    for number, name in enumerate(VIEWS):
        view = scan.views.get(name)
        if view is not None:
            own = resize_picture(values[:, number * half : (number + 1) * half], view.shape[1:])
            found[name] = Volume(own[None], view.ijk_to_ras, "NM", "arbitrary", {"view": name})
    return found


def _prepared(picture: np.ndarray, how: Preparation) -> np.ndarray:
    values = resize_picture(picture, (how.height, how.width))
    low, high = float(values.min()), float(values.max())
    if not high > low:
        raise InputError("scan", expected="a view with uptake", got="an empty picture, all of one value")
    if how.scale == "counts":
        body = float(np.median(values[outline_body(values).mask]))
        values = np.clip(values / (how.most * max(body, 1e-6 * high)), 0.0, 1.0)
    else:
        values = (values - low) / (high - low)
    if how.logarithm:
        values = np.log1p(99.0 * values) / np.float32(np.log(100.0))
    return values.astype(np.float32)
