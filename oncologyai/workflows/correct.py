"""Correct the result in a bundle by the strokes in its settings, for a program that does not compute itself."""

from __future__ import annotations

import os
from pathlib import Path

from oncologyai.bundle import (
    CORRECT,
    Bundle,
    CorrectionRequest,
    answer_to_correction,
    read_bundle,
    write_bundle,
)
from oncologyai.errors import InputError
from oncologyai.pipelines import CorrectionHistory, correction_result
from oncologyai.progress import Progress, Stages
from oncologyai.workflows.segment import request_from_bundle, segment_to_bundle

__all__ = ["answer_bundle", "correct_to_bundle"]


def answer_bundle(folder: str | os.PathLike[str], out: Path, *, progress: Progress | None = None) -> Bundle:
    """Do what the request in a bundle asks for: correct where its pipeline is ``correct``, else segment.

    Raises
    ------
    InputError
        As ``correct_to_bundle``, or ``request_from_bundle`` and ``segment_to_bundle``.
    """
    asked = read_bundle(Path(folder))
    if asked.pipeline == CORRECT:
        return correct_to_bundle(asked, out, progress=progress)
    return segment_to_bundle(request_from_bundle(asked), out, progress=progress)


def correct_to_bundle(asked: Bundle, out: Path, *, progress: Progress | None = None) -> Bundle:
    """Correct the mask of a bundle and write the answer as a bundle: the mask after each stroke, and the steps.

    Raises
    ------
    InputError
        If the bundle has no mask, no stroke or a setting that is not meant; else as ``pipelines.correct`` does.
    """
    request = CorrectionRequest.from_bundle(asked)
    if not request.strokes:
        raise InputError("strokes", expected="at least one click or scribble", got="none")
    stages = Stages(progress)
    with stages("correct", share=0.0):
        history = CorrectionHistory(
            request.volume,
            request.mask,
            probability=request.probability,
            max_reach_mm=request.config.max_reach_mm,
            label=request.config.label,
            said=request.said,
        )
        history.add(request.strokes, progress=stages.progress)
    result = correction_result(history, stages)
    masks = [result.mask, *(history.undo() for _ in request.strokes[1:])]
    answer = answer_to_correction(asked, result, masks[::-1])
    write_bundle(answer, out, compress=False)
    return answer
