"""Studies small enough to be known by heart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from oncologyai.studies import (
    DiagnosisCase,
    DiagnosisConfig,
    Item,
    PreferenceCase,
    PreferenceConfig,
    ReaderStudy,
    create_diagnosis_study,
    create_journal,
    create_preference_study,
    write_study,
)
from oncologyai.studies.reader_study import ANSWER_COLUMNS, write_items
from oncologyai.types import Mask, Volume

AFFINE = np.diag([-2.0, -2.0, 3.0, 1.0])


class Clock:
    """A clock that moves only when told."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return datetime(2026, 1, 2, tzinfo=UTC) + timedelta(seconds=self.seconds)


@pytest.fixture
def a_clock() -> Clock:
    return Clock()


@pytest.fixture
def a_study(tmp_path: Path) -> ReaderStudy:
    """Six items and one reader, Dr A; no images."""
    study = ReaderStudy(tmp_path / "s", "0" * 64, "preference", "Which?", ("left", "right", "none")).with_reader("Dr A")
    reader = study.readers[0]
    case = study.folder / "cases" / "c001"
    files = {"image": case / "image.nrrd", "left": case / "1.nrrd", "right": case / "2.nrrd"}
    write_items([Item(n, f"c{n:03d}", files) for n in range(1, 7)], study.folder, study.items_path(reader))
    create_journal(study.answers_path(reader), ANSWER_COLUMNS)
    write_study(study)
    return study


def a_case(name: str, size: int = 16) -> PreferenceCase:
    """An image whose values follow from the name; the method's contour is a box of 4, the reference's one of 6."""
    generator = np.random.default_rng([ord(letter) for letter in name])
    image = Volume(generator.integers(-1000, 400, (size, size, size), dtype=np.int16), AFFINE, "CT", "HU")
    boxes = []
    for half in (2, 3):
        array = np.zeros(image.shape, dtype=np.bool_)
        array[8 - half : 8 + half, 8 - half : 8 + half, 8 - half : 8 + half] = True
        boxes.append(Mask.on(image, array))
    return PreferenceCase(name, image, *boxes)


@pytest.fixture
def a_preference_study(tmp_path: Path) -> Callable[..., ReaderStudy]:
    """A function that makes a study of ``count`` cases called LUNG-A, LUNG-B, ... in study/ and study-key/."""

    def make(count: int = 4, readers: tuple[tuple[str, str], ...] = (("Dr A", "radiologist"),), **settings: object):
        names = [f"LUNG-{chr(ord('A') + n)}" for n in range(count)]
        config = PreferenceConfig(**({"seed": 5, "margin_mm": 6.0} | settings))  # type: ignore[arg-type]
        return create_preference_study(
            tmp_path / "study", tmp_path / "study-key", names, lambda n: a_case(names[n]), config, readers=readers
        )

    return make


def a_scan(name: str, *, views: tuple[str, ...] = ("anterior", "posterior")) -> dict[str, Volume]:
    """Views of one slice whose counts follow from the name."""
    generator = np.random.default_rng([ord(letter) for letter in name])
    counts = {view: generator.poisson(5.0, (1, 24, 12)).astype(np.float32) for view in views}
    return {view: Volume(values, AFFINE, "NM", "counts", {"description": name}) for view, values in counts.items()}


@pytest.fixture
def a_diagnosis_study(tmp_path: Path) -> Callable[..., ReaderStudy]:
    """A function that makes a study of SCAN-00, SCAN-01, ..., a third of them with the disease; 05 has one view."""

    def make(offered: int = 9, readers: tuple[tuple[str, str], ...] = (("Dr A", "physician"),), **settings: object):
        cases = [DiagnosisCase(f"SCAN-{n:02d}", f"scans/SCAN-{n:02d}/NM", n % 3 == 0) for n in range(offered)]
        config = DiagnosisConfig(**({"seed": 987654321} | settings))  # type: ignore[arg-type]
        views = {"SCAN-05": ("posterior",)}
        return create_diagnosis_study(
            tmp_path / "study", tmp_path / "study-key", cases,
            lambda case: a_scan(case.name, views=views.get(case.name, ("anterior", "posterior"))), config,
            readers=readers,
        )  # fmt: skip

    return make
