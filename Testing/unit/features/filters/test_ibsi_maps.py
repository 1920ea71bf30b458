"""All 33 reference response maps of IBSI chapter 2, phase 1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oncologyai.features.filters import filtered_images

_REFERENCE = json.loads((Path(__file__).parents[3] / "reference" / "ibsi2_maps.json").read_text(encoding="utf-8"))


def test_every_reference_map_has_a_case(shared_data: Path) -> None:
    maps = {file.name.split("-")[0] for file in (shared_data / "ibsi" / "filter_response_maps").iterdir()}

    assert {case["map"] for case in _REFERENCE["cases"]} == maps
    assert len(_REFERENCE["cases"]) == 33


@pytest.mark.parametrize("case", _REFERENCE["cases"], ids=lambda case: case["map"])
def test_response_is_within_one_percent_of_the_reference_map(case: dict[str, Any], shared_data: Path) -> None:
    import SimpleITK as sitk

    folder = shared_data / "ibsi"
    phantom = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / "filter_phantoms" / f"{case['phantom']}.nii.gz")))
    path = folder / "filter_response_maps" / f"{case['map']}-ValidCRM.nii.gz"
    expected = sitk.GetArrayFromImage(sitk.ReadImage(str(path))).astype(np.float64)

    ((_, found),) = filtered_images(phantom, (2.0, 2.0, 2.0), case["filter"], case["options"])

    assert np.abs(found - expected).max() <= _REFERENCE["limit"] * np.ptp(expected)
