"""The IBSI's reference values beside ours: what the tests and the compliance table are made from."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk

from oncologyai.features.ibsi import IbsiSettings, ibsi_features, is_within, prepare
from oncologyai.features.ibsi.statistics import statistics_features
from oncologyai.types import Mask, Volume

_HERE = Path(__file__).resolve().parent
CHAPTER_1 = json.loads((_HERE / "ibsi1_configurations.json").read_text(encoding="utf-8"))
CHAPTER_2 = json.loads((_HERE / "ibsi2_features.json").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Compared:
    """One feature of one configuration; without a reference value ``expected`` is None."""

    configuration: str
    family: str
    feature: str
    tag: str
    consensus: str
    expected: float | None
    tolerance: float | None
    found: float

    @property
    def within(self) -> bool | None:
        """Whether the value is within the tolerance; None without a reference value."""
        if self.expected is None or self.tolerance is None:
            return None
        return is_within(self.found, self.expected, self.tolerance)


def settings_from(values: dict[str, Any]) -> IbsiSettings:
    """Make settings of what JSON holds: lists become tuples."""
    return IbsiSettings(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items()})


def load_phantom(folder: Path) -> tuple[Volume, Mask]:
    """Read image.nii.gz and mask.nii.gz; directions are those of the axes."""
    image = sitk.ReadImage(str(folder / "image.nii.gz"))
    volume = Volume(sitk.GetArrayFromImage(image), np.diag([*image.GetSpacing(), 1.0]))
    return volume, Mask.on(volume, sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "mask.nii.gz"))) > 0)


def compare_chapter_1(ibsi: Path, configuration: str) -> Iterator[Compared]:
    """Compute a configuration of chapter 1 and give every feature that its reference table lists."""
    case = CHAPTER_1["configurations"][configuration]
    volume, mask = load_phantom(ibsi / case["phantom"])
    found = ibsi_features(volume, mask, settings_from(case["settings"]))
    with (ibsi / "ibsi1_reference_values.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["data_set"] == configuration:
                numbers = [float(row[n]) if row[n] else None for n in ("benchmark_value", "tolerance")]
                texts = row["family"], row["image_biomarker"], row["tag"], row["consensus"]
                yield Compared(configuration, *texts, *numbers, found[row["tag"]])


def compare_chapter_2(ibsi: Path, test: str) -> Iterator[Compared]:
    """Compute a test of chapter 2's phase 2, such as 4.B, and give its 18 statistics."""
    name, options = CHAPTER_2["filters"][test]
    processing = CHAPTER_2["processing"][test[-1]]
    settings = settings_from({**processing, "image_filter": name, "filter_options": options})
    found = statistics_features(prepare(*load_phantom(ibsi / "ct_phantom"), settings).values)
    with (ibsi / "ibsi2_reference_values.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            if row["filter_id"] == test:
                numbers = [float(row[n]) if row[n] else None for n in ("consensus_value", "tolerance")]
                tag = row["feature_tag"]
                yield Compared(test, name or "none", row["feature"], tag, "", *numbers, found[tag])
