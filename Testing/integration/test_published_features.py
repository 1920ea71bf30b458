"""Features and uptake against published values: pyradiomics' baseline and program, the IBSI's digital phantom."""

import ast
import csv
import json
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from oncologyai.features import DEPRECATED, FEATURES, FeatureSettings, extract_features, settings_from_parameters
from oncologyai.measure import intensity_peak, largest_diameter
from oncologyai.types import Mask, Volume

_REFERENCE = Path(__file__).parents[1] / "reference" / "pyradiomics_shape_firstorder.json"

# pyradiomics 3.0.1, as run, leaves its own baseline here by 1e-4 to 9e-4, for a reason that was not looked into
# (a changed table of triangles is one possibility); the values of the program are matched to 1e-9 below
_ALL = {name: FEATURES[name] + DEPRECATED[name] for name in ("shape", "firstorder")}
_MESH = {"MeshVolume", "SurfaceArea", "SurfaceVolumeRatio", "Sphericity"}


def _read(image: Path, mask: Path, modality: str = "OT", unit="arbitrary") -> tuple[Volume, Mask]:
    picture, label = sitk.ReadImage(str(image)), sitk.ReadImage(str(mask))
    lps = np.eye(4)
    lps[:3, :3] = np.reshape(picture.GetDirection(), (3, 3)) @ np.diag(picture.GetSpacing())
    lps[:3, 3] = picture.GetOrigin()
    volume = Volume(sitk.GetArrayFromImage(picture), np.diag([-1, -1, 1, 1]) @ lps, modality, unit)
    return volume, Mask.on(volume, sitk.GetArrayFromImage(label) == 1)


def _features(volume: Volume, mask: Mask, settings: FeatureSettings) -> dict[str, float]:
    table = extract_features(volume, [mask], settings)
    return dict(zip(table.columns[1:], table.rows[0][1:], strict=True))


_SLICES = {"brain1": 16, "breast1": 9}  # of the largest extent: what the baseline of shape2D was made from


def _baselines(folder: Path, family: str) -> dict[str, tuple[dict, dict[str, float]]]:
    """The settings and the values of every case of a family whose images are at hand."""
    with (folder / "baseline" / f"baseline_{family}.csv").open(newline="", encoding="utf-8") as stream:
        header, *rows = csv.reader(stream)
    found = {}
    for column, case in enumerate(header):
        if case.split("_")[0] in _SLICES:
            cells = {row[0]: row[column] for row in rows}
            settings = ast.literal_eval(cells["diagnostics_Configuration_Settings"])
            found[case] = settings, {name: float(v) for name, v in cells.items() if name.startswith("original_")}
    return found


@pytest.mark.parametrize("family", FEATURES)
def test_equals_every_baseline_of_pyradiomics(shared_data: Path, family: str) -> None:
    """Plain, in planes, joined, with a bin count, flat, normalised, resampled and resegmented."""
    folder = shared_data / "pyradiomics"
    baselines = _baselines(folder, family)
    assert len(baselines) == {"shape": 4, "shape2D": 2, "firstorder": 8, "glcm": 16, "glrlm": 16}.get(family, 14)
    for case, (parameters, expected) in baselines.items():
        name = case.split("_")[0]
        volume, mask = _read(folder / f"{name}_image.nrrd", folder / f"{name}_label.nrrd")
        if family == "shape2D":
            inside = np.zeros_like(mask.array)
            inside[_SLICES[name]] = mask.array[_SLICES[name]]
            mask = Mask.on(volume, inside)
        settings = settings_from_parameters({"setting": parameters, "featureClass": {family: None}})
        found = _features(volume, mask, settings)
        assert set(found) == set(expected)
        for feature, value in expected.items():
            loose = case == "brain1" and feature.rsplit("_", 1)[1] in _MESH
            assert found[feature] == pytest.approx(value, rel=1e-3 if loose else 1e-9, abs=1e-12), (case, feature)


@pytest.mark.parametrize("case", ["brain1", "breast1"])
def test_equals_the_program_pyradiomics(shared_data: Path, case: str) -> None:
    folder = shared_data / "pyradiomics"
    volume, mask = _read(folder / f"{case}_image.nrrd", folder / f"{case}_label.nrrd")
    found = _features(volume, mask, FeatureSettings(_ALL, voxel_array_shift=2000.0))
    expected = json.loads(_REFERENCE.read_text(encoding="utf-8"))["patients"][case]
    assert set(found) == set(expected)
    for name, value in expected.items():
        assert found[name] == pytest.approx(value, rel=1e-9), name


_IBSI = {
    "morph_volume": "original_shape_MeshVolume",
    "morph_vol_approx": "original_shape_VoxelVolume",
    "morph_area_mesh": "original_shape_SurfaceArea",
    "morph_av": "original_shape_SurfaceVolumeRatio",
    "morph_comp_1": "original_shape_Compactness1",
    "morph_comp_2": "original_shape_Compactness2",
    "morph_sph_dispr": "original_shape_SphericalDisproportion",
    "morph_sphericity": "original_shape_Sphericity",
    "morph_diam": "original_shape_Maximum3DDiameter",
    "morph_pca_maj_axis": "original_shape_MajorAxisLength",
    "morph_pca_min_axis": "original_shape_MinorAxisLength",
    "morph_pca_least_axis": "original_shape_LeastAxisLength",
    "morph_pca_elongation": "original_shape_Elongation",
    "morph_pca_flatness": "original_shape_Flatness",
    "stat_mean": "original_firstorder_Mean",
    "stat_var": "original_firstorder_Variance",
    "stat_skew": "original_firstorder_Skewness",
    "stat_median": "original_firstorder_Median",
    "stat_p10": "original_firstorder_10Percentile",
    "stat_p90": "original_firstorder_90Percentile",
    "stat_iqr": "original_firstorder_InterquartileRange",
    "stat_mad": "original_firstorder_MeanAbsoluteDeviation",
    "stat_rmad": "original_firstorder_RobustMeanAbsoluteDeviation",
    "stat_energy": "original_firstorder_Energy",
    "stat_rms": "original_firstorder_RootMeanSquared",
}


@pytest.fixture
def a_digital_phantom(shared_data: Path) -> tuple[Volume, Mask, dict[str, tuple[float, float]]]:
    """The IBSI's phantom with its reference values and tolerances, the rounding of the print included."""
    folder = shared_data / "ibsi"
    with (folder / "ibsi1_reference_values.csv").open(newline="", encoding="utf-8") as stream:
        rows = [r for r in csv.DictReader(stream) if r["data_set"] == "digital phantom" and r["benchmark_value"]]
    values = {r["tag"]: (float(r["benchmark_value"]), float(r["tolerance"])) for r in rows}
    return *_read(
        folder / "digital_phantom/image.nii.gz", folder / "digital_phantom/mask.nii.gz", "PT", "SUVbw"
    ), values


def test_meets_the_ibsi_on_its_digital_phantom(a_digital_phantom) -> None:
    volume, mask, values = a_digital_phantom
    found = _features(volume, mask, FeatureSettings(_ALL, bin_width=1.0))
    for tag, name in _IBSI.items():
        value, tolerance = values[tag]
        assert found[name] == pytest.approx(value, abs=tolerance + 0.005 * abs(value)), tag
    assert found["original_firstorder_Kurtosis"] - 3.0 == pytest.approx(values["stat_kurt"][0], abs=0.001)


def test_the_uptake_peak_is_the_ibsi_s_global_intensity_peak(a_digital_phantom) -> None:
    volume, mask, values = a_digital_phantom
    assert intensity_peak(mask, volume) == pytest.approx(values["loc_peak_glob"][0], abs=0.05)
    assert largest_diameter(mask).length_mm == pytest.approx(values["morph_diam"][0], abs=values["morph_diam"][1])
