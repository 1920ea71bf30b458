"""Features under pyradiomics' conventions, the IBSI's, or both."""

from __future__ import annotations

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.features import FeatureSettings
from oncologyai.features.ibsi import digital_phantom
from oncologyai.pipelines.features import FEATURE_CONVENTIONS, features
from oncologyai.types import Mask, Volume


def test_both_conventions_stand_side_by_side() -> None:
    volume, mask = digital_phantom()
    tables = {
        name: features(volume, [mask], FeatureSettings(bin_width=1.0), conventions=name).table
        for name in FEATURE_CONVENTIONS
    }

    both = dict(zip(tables["both"].columns, tables["both"].rows[0], strict=True))
    for name in ("pyradiomics", "ibsi"):
        for column, value in zip(tables[name].columns, tables[name].rows[0], strict=True):
            assert both[column] == value
    assert len(both) == len(tables["pyradiomics"].columns) + len(tables["ibsi"].columns) - 1
    assert both["original_firstorder_Kurtosis"] == pytest.approx(both["ibsi_stat_kurt"] + 3.0)
    assert both["ibsi_cm_contrast_3D_avg"] == pytest.approx(both["original_glcm_Contrast"])


def test_single_voxel_has_what_the_ibsi_defines() -> None:
    volume = Volume(np.arange(27.0).reshape(3, 3, 3), np.eye(4))
    inside = np.zeros(volume.shape, dtype=bool)
    inside[1, 1, 1] = True

    result = features(volume, [Mask.on(volume, inside, "dot")], conventions="both")

    row = dict(zip(result.table.columns, result.table.rows[0], strict=True))
    assert row["segment"] == "dot"
    assert row["original_firstorder_Mean"] is None
    assert row["ibsi_stat_mean"] == 13.0
    assert any("dot" in warning or "no features" in warning for warning in result.provenance.warnings)


def test_rejects_unknown_conventions() -> None:
    volume, mask = digital_phantom()
    with pytest.raises(InputError, match="conventions"):
        features(volume, [mask], conventions="mine")
