"""Naming the views of a scan: by the tags, and by the picture where the tags fail or contradict it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from oncologyai.errors import AmbiguousStudyError
from oncologyai.imaging import VIEWS, PlanarPicture, View, opposite_view
from oncologyai.scintigraphy.views import anterior_score, is_mirror_pair, recognise_pair, recognise_single

__all__ = ["NamedPicture", "name_views"]

_CLEAR = 0.3  # difference of scores from which on a picture contradicts a tag
_FROM_PICTURE = "the picture"


@dataclass(frozen=True, eq=False)
class NamedPicture:
    """A picture and the view it shows: who said so, and whether it was turned over left to right."""

    picture: PlanarPicture
    view: View
    source: str
    mirrored: bool = False


def name_views(pictures: Sequence[PlanarPicture], asked: str = "") -> tuple[tuple[NamedPicture, ...], tuple[str, ...]]:
    """Name one or two pictures; give them with notes.

    Parameters
    ----------
    pictures : sequence of PlanarPicture, one or two
        Upright.
    asked : str
        What the user calls a single view.

    Raises
    ------
    AmbiguousStudyError
        If the tags call both the same.
    """
    return _name_one(pictures[0], asked) if len(pictures) == 1 else _name_two(pictures)


def _name_one(picture: PlanarPicture, asked: str) -> tuple[tuple[NamedPicture, ...], tuple[str, ...]]:
    tagged = picture.tagged
    notes = _conflicts((picture,))
    looks = recognise_single(picture.array)
    view: View = next((v for v in VIEWS if v == asked), tagged.view or looks)
    source = "the user" if asked else tagged.source or _FROM_PICTURE
    if source == _FROM_PICTURE:
        notes += (f"no tag names the view: taken as {view} from the picture, please check; if wrong, name the view",)
    if tagged.mirrored:
        notes += (f"{tagged.source} and the orientation disagree on left and right: taken as the camera sees it",)
    notes += (f"single view: the {opposite_view(view)} view is missing",)
    return (NamedPicture(picture, view, source),), notes


def _name_two(pictures: Sequence[PlanarPicture]) -> tuple[tuple[NamedPicture, ...], tuple[str, ...]]:
    said = [picture.tagged.view for picture in pictures]
    if said[0] is not None and said[0] == said[1]:
        raise AmbiguousStudyError(
            pictures[0].path, expected="an anterior and a posterior view", got=f"two {said[0]} ones",
            remedy="give the files of one scan",
        )  # fmt: skip
    notes = _conflicts(pictures)
    looks = recognise_pair([picture.array for picture in pictures])
    first = said[0] or (opposite_view(said[1]) if said[1] else looks[0])
    views = (first, opposite_view(first))
    if said == [None, None]:
        notes += ("no tag names the views: told apart by the picture, please check",)
    elif views != looks and abs(anterior_score(pictures[0].array) - anterior_score(pictures[1].array)) > _CLEAR:
        notes += (f"the {views[0]} view looks like the {views[1]} one: the tags were followed, please check",)
    mirrored, more = _mirrored(pictures)
    sources = [p.tagged.source or ("the other view" if any(said) else _FROM_PICTURE) for p in pictures]
    named = tuple(NamedPicture(*item) for item in zip(pictures, views, sources, mirrored, strict=True))
    return named, (*notes, *more)


def _mirrored(pictures: Sequence[PlanarPicture]) -> tuple[tuple[bool, bool], tuple[str, ...]]:
    """Tell which pictures were turned over: where a tag says so and the two views then agree."""
    first, second = pictures
    tagged = (first.tagged.mirrored, second.tagged.mirrored)
    odd = tagged[0] != tagged[1]
    if first.array.shape != second.array.shape:
        return (False, False), (("views of different size: not checked for left and right",) if odd else ())
    opposite = is_mirror_pair(first.array, second.array)
    if odd and not opposite:
        return tagged, ("one view was turned over left to right after it was taken: told by tag and picture",)
    if odd:
        return (False, False), ("a tag calls one view mirrored, the picture does not: taken as the cameras see them",)
    if not opposite:
        return (False, False), (
            "both views show the same side alike: one may be mirrored, please check left and right",
        )
    return (False, False), ()


def _conflicts(pictures: Sequence[PlanarPicture]) -> tuple[str, ...]:
    return tuple(
        f"{p.tagged.source} says {p.tagged.view}, {p.tagged.conflict} the other view: {p.tagged.source} was followed"
        for p in pictures
        if p.tagged.conflict
    )
