"""Tables under the IBSI's tags, and pyradiomics' settings carried over."""

from __future__ import annotations

import pytest

from oncologyai.errors import CancelledError, InputError
from oncologyai.features import FeatureSettings
from oncologyai.features.ibsi import IbsiSettings, digital_phantom, ibsi_settings_of, ibsi_table


def test_table_has_a_row_a_mask_and_a_column_a_tag() -> None:
    volume, mask = digital_phantom()

    table = ibsi_table(volume, [mask, mask], IbsiSettings())

    assert [row[0] for row in table.rows] == ["phantom", "phantom"]
    assert table.columns[0] == "segment"
    assert "ibsi_cm_contrast_3D_comb" in table.columns
    assert len(table.columns) == len(set(table.columns)) > 200


def test_no_mask_gives_no_row() -> None:
    volume, _ = digital_phantom()

    assert ibsi_table(volume, [], IbsiSettings()).rows == ()


def test_cancelling_ends_it() -> None:
    class Cancelled:
        def stage(self, name: str, share: float) -> None:
            raise AssertionError("nothing is done")

        def cancelled(self) -> bool:
            return True

    volume, mask = digital_phantom()
    with pytest.raises(CancelledError):
        ibsi_table(volume, [mask], IbsiSettings(), progress=Cancelled())


def test_settings_are_carried_over() -> None:
    given = FeatureSettings(
        resampled_spacing_mm=(1.0, 2.0, 0.0), resegment_range=(-500.0, 400.0), bin_width=10.0, force_2d=True
    )

    found = ibsi_settings_of(given, whole_numbers=True)

    assert found == IbsiSettings(
        spacing_mm=(None, 2.0, 1.0),
        interpolation="cubic",
        rounding=True,
        range=(-500.0, 400.0),
        bin_width=10.0,
        bin_count=None,
        dimensions=("2D", "2.5D"),
    )
    sigma = ibsi_settings_of(FeatureSettings(resegment_range=(-3.0, 3.0), resegment_mode="sigma", bin_count=64))
    assert (sigma.outlier_sigma, sigma.range, sigma.bin_count) == (3.0, None, 64)


@pytest.mark.parametrize(
    ("values", "argument"),
    [
        ({"resegment_range": (0.5,)}, "resegment_range"),
        ({"resegment_range": (0.1, 0.5), "resegment_mode": "relative"}, "resegment_range"),
        ({"resegment_range": (-2.0, 3.0), "resegment_mode": "sigma"}, "resegment_range"),
        ({"force_2d": True, "force_2d_dimension": 1}, "force_2d_dimension"),
        ({"resampled_spacing_mm": (1.0, 1.0, 1.0), "interpolator": "sitkGaussian"}, "interpolator"),
    ],
)
def test_rejects_settings_without_a_counterpart(values: dict, argument: str) -> None:
    with pytest.raises(InputError, match=argument):
        ibsi_settings_of(FeatureSettings(**values))
