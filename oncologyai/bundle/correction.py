"""A correction that another process is asked for, and what it answers, as bundles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from oncologyai.bundle.bundle import Bundle
from oncologyai.errors import InputError
from oncologyai.pipelines import CorrectConfig, CorrectResult
from oncologyai.segmenters import Correction, Stroke
from oncologyai.types import Mask, Volume

__all__ = ["CORRECT", "CorrectionRequest", "answer_to_correction", "corrections_from_answer"]

CORRECT = "correct"
_SETTINGS = ("strokes", "said", "max_reach_mm", "label")


@dataclass(frozen=True, eq=False)
class CorrectionRequest:
    """What is to be corrected and how; see ``pipelines.correct``."""

    volume: Volume
    mask: Mask
    strokes: tuple[Stroke, ...]
    said: tuple[Stroke, ...] = ()
    probability: Volume | None = None
    config: CorrectConfig = field(default_factory=CorrectConfig)

    def to_bundle(self, name: str) -> Bundle:
        """Give the bundle that asks for it."""
        settings = {
            "strokes": [_plain(stroke) for stroke in self.strokes],
            "said": [_plain(stroke) for stroke in self.said],
            "max_reach_mm": self.config.max_reach_mm,
            "label": self.config.label,
        }
        return Bundle(
            name, CORRECT, CORRECT, self.volume, masks=(self.mask,), probability=self.probability, settings=settings
        )

    @classmethod
    def from_bundle(cls, asked: Bundle) -> CorrectionRequest:
        """Read what a bundle asks for.

        Raises
        ------
        InputError
            If it has no mask, or settings that are not meant.
        """
        if not asked.masks:
            raise InputError("segmentation", expected="a mask to correct", got="none")
        if strange := sorted(set(asked.settings) - set(_SETTINGS)):
            raise InputError("settings", expected="some of " + ", ".join(_SETTINGS), got=", ".join(strange))
        given = asked.settings
        config = CorrectConfig(float(given.get("max_reach_mm", 80.0)), str(given.get("label", "")))
        strokes, said = (tuple(map(_stroke, given.get(key, ()))) for key in ("strokes", "said"))
        return cls(asked.volume, asked.masks[0], strokes, said, asked.probability, config)


def answer_to_correction(asked: Bundle, result: CorrectResult, masks: Sequence[Mask]) -> Bundle:
    """Give the bundle that answers: the mask after each stroke, in order, and the table of steps."""
    named = tuple(replace(mask, label=f"{mask.label} {number}") for number, mask in enumerate(masks, start=1))
    return replace(asked, masks=named, probability=None, tables=(result.table,), provenance=result.provenance)


def corrections_from_answer(answer: Bundle) -> tuple[tuple[Correction, ...], tuple[float, ...]]:
    """Give the corrections in an answer, and the seconds that each took.

    Raises
    ------
    InputError
        If the bundle is no answer to a correction.
    """
    table = answer.table("Corrections")
    if table is None or not {"reach mm", "computing s"} <= set(table.columns) or len(table.rows) != len(answer.masks):
        raise InputError("bundle", expected="a correction, with a row a mask", got=f"one of {answer.pipeline}")
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    numbers = [(float(row["reach mm"] or 0.0), float(row["computing s"] or 0.0)) for row in rows]
    made = tuple(Correction(mask, reach_mm) for mask, (reach_mm, _) in zip(answer.masks, numbers, strict=True))
    return made, tuple(seconds for _, seconds in numbers)


def _plain(stroke: Stroke) -> dict[str, Any]:
    return {"kind": stroke.kind, "points_ras": [list(point) for point in stroke.points_ras]}


def _stroke(raw: Any) -> Stroke:
    if not isinstance(raw, Mapping) or set(raw) != {"kind", "points_ras"}:
        raise InputError("strokes", expected="kind and points_ras of each", got=str(raw))
    return Stroke(raw["kind"], tuple(tuple(point) for point in raw["points_ras"]))
