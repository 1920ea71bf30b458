import subprocess
import sys

import numpy as np
import pytest

from oncologyai.errors import CancelledError, EmptyMaskError, GeometryMismatchError, InputError, SmallMaskError
from oncologyai.features import DEPRECATED, FEATURES, FeatureSettings, extract_features, feature_names
from oncologyai.progress import Silent
from oncologyai.types import Mask, Volume

_FAMILIES = [family for family in FEATURES if family != "shape2D"]
_LINES = FeatureSettings(minimum_roi_dimensions=1)


@pytest.fixture
def a_volume() -> Volume:
    array = np.random.default_rng(5).normal(0.0, 200.0, (6, 10, 12)).astype(np.float32)
    return Volume(array, np.diag([0.9, 0.9, 3.0, 1.0]), "CT", "HU")


def _block(volume: Volume, label: str, corner: tuple[int, int, int], size: tuple[int, int, int]) -> Mask:
    array = np.zeros(volume.shape, dtype=bool)
    array[tuple(slice(c, c + s) for c, s in zip(corner, size, strict=True))] = True
    return Mask.on(volume, array, label)


def _row(volume: Volume, mask: Mask, settings: FeatureSettings = _LINES) -> dict[str, float | None]:
    table = extract_features(volume, [mask], settings)
    return dict(zip(table.columns[1:], table.rows[0][1:], strict=True))


def test_a_row_a_mask_under_pyradiomics_names(a_volume) -> None:
    masks = [_block(a_volume, "GTV-1", (1, 2, 2), (3, 4, 5)), _block(a_volume, "GTV-2", (4, 7, 8), (2, 2, 3))]
    table = extract_features(a_volume, masks)
    assert table.columns[0] == "segment"
    assert [row[0] for row in table.rows] == ["GTV-1", "GTV-2"]
    counts = {f: sum(c.startswith(f"original_{f}_") for c in table.columns) for f in _FAMILIES}
    assert counts == {"shape": 14, "firstorder": 18, "glcm": 24, "glrlm": 16, "glszm": 16, "gldm": 14, "ngtdm": 5}
    assert table.columns[1:] == feature_names()
    assert table.rows[1] == extract_features(a_volume, masks[1:]).rows[0]


def test_no_mask_gives_no_row(a_volume) -> None:
    assert extract_features(a_volume, []).rows == ()


def test_only_the_families_and_features_asked_for(a_volume) -> None:
    settings = FeatureSettings({"firstorder": ("Mean", "StandardDeviation"), "glcm": ("Contrast",)})
    expected = ("original_firstorder_Mean", "original_firstorder_StandardDeviation", "original_glcm_Contrast")
    assert feature_names(settings) == expected
    assert len(_row(a_volume, _block(a_volume, "GTV-1", (1, 2, 2), (3, 4, 5)), settings)) == 3


def test_deprecated_features_come_only_by_name() -> None:
    names = FEATURES["shape"] + DEPRECATED["shape"]
    assert len(feature_names(FeatureSettings({"shape": names}))) == 17
    assert len(feature_names(FeatureSettings({"shape": ()}))) == 14


def test_every_image_has_its_columns(a_volume) -> None:
    settings = FeatureSettings({"firstorder": ("Mean",)}, {"Original": {}, "LoG": {"sigma": [3.0]}, "Wavelet": {}})
    columns = feature_names(settings)
    assert columns[:2] == ("original_firstorder_Mean", "log-sigma-3-0-mm-3D_firstorder_Mean")
    assert len(columns) == 10
    row = _row(a_volume, _block(a_volume, "GTV-1", (1, 2, 2), (3, 4, 5)), settings)
    assert None not in row.values() and len(set(row.values())) == 10


def test_settings_of_one_image_change_no_other(a_volume) -> None:
    mask = _block(a_volume, "GTV-1", (1, 2, 2), (3, 4, 5))
    plain = FeatureSettings(("glcm",), {"Original": {}, "Square": {}})
    finer = FeatureSettings(("glcm",), {"Original": {}, "Square": {"binWidth": 5}})
    one, other = _row(a_volume, mask, plain), _row(a_volume, mask, finer)
    changed = {name for name in one if one[name] != other[name]}
    assert changed and all(name.startswith("square_") for name in changed)


@pytest.mark.parametrize("family", _FAMILIES)
def test_features_follow_the_mask_when_it_moves_with_the_image(a_volume, family) -> None:
    settings = FeatureSettings((family,))
    mask = _block(a_volume, "GTV-1", (1, 2, 2), (3, 4, 5))
    moved = a_volume.with_array(np.roll(a_volume.array, (1, 3, 4), axis=(0, 1, 2)))
    found = extract_features(moved, [Mask.on(moved, np.roll(mask.array, (1, 3, 4), axis=(0, 1, 2)))], settings)
    assert found.rows == extract_features(a_volume, [mask], settings).rows


@pytest.mark.parametrize("family", _FAMILIES)
def test_cropping_the_image_to_the_mask_changes_nothing(a_volume, family) -> None:
    settings = FeatureSettings((family,))
    mask = _block(a_volume, "GTV-1", (1, 2, 2), (3, 4, 5))
    box = np.s_[1:4, 2:6, 2:7]
    matrix = a_volume.ijk_to_ras.copy()
    cut = Volume(a_volume.array[box], matrix, "CT", "HU")
    found = extract_features(cut, [Mask.on(cut, mask.array[box])], settings)
    assert found.rows == extract_features(a_volume, [mask], settings).rows


_CONSTANT = {
    "original_firstorder_Entropy": 0.0,
    "original_firstorder_Skewness": 0.0,
    "original_firstorder_Kurtosis": 0.0,
    "original_glcm_Correlation": 1.0,
    "original_glcm_MCC": 1.0,
    "original_glcm_Imc1": 0.0,
    "original_glcm_Imc2": 0.0,
    "original_glcm_JointEntropy": 0.0,
    "original_glszm_ZonePercentage": 1 / 60,
    "original_ngtdm_Coarseness": 1e6,
    "original_ngtdm_Contrast": 0.0,
    "original_ngtdm_Busyness": 0.0,
}


def test_a_constant_image_has_documented_values(a_volume) -> None:
    flat = a_volume.with_array(np.full(a_volume.shape, 7.0, dtype=np.float32))
    row = _row(flat, _block(flat, "GTV-1", (1, 2, 2), (3, 4, 5)))
    assert None not in row.values()
    for name, value in _CONSTANT.items():
        assert row[name] == pytest.approx(value, abs=1e-12), name


@pytest.mark.parametrize("family", _FAMILIES)
def test_a_mask_may_touch_every_border(a_volume, family) -> None:
    whole = Mask.on(a_volume, np.ones(a_volume.shape, dtype=bool))
    assert None not in _row(a_volume, whole, FeatureSettings((family,))).values()


@pytest.mark.parametrize("corner", [(0, 0, 0), (5, 0, 0), (0, 9, 0), (0, 0, 11)])
def test_a_flat_mask_at_a_border_is_defined(a_volume, corner) -> None:
    size = tuple(1 if c else n for c, n in zip(corner, a_volume.shape, strict=True))
    assert None not in _row(a_volume, _block(a_volume, "GTV-1", corner, size)).values()


def test_a_line_has_no_flatness_but_all_textures(a_volume) -> None:
    row = _row(a_volume, _block(a_volume, "GTV-1", (2, 3, 1), (1, 1, 9)))
    assert None not in row.values()
    assert [row["original_shape_Flatness"], row["original_shape_Elongation"]] == pytest.approx([0.0, 0.0], abs=1e-7)


def test_voxels_without_neighbours_have_no_cooccurrence(a_volume) -> None:
    apart = np.zeros(a_volume.shape, dtype=bool)
    apart[1, 1, 1] = apart[4, 6, 9] = apart[3, 2, 10] = True
    row = _row(a_volume, Mask.on(a_volume, apart))
    missing = {name.split("_")[1] for name, value in row.items() if value is None}
    assert missing == {"glcm", "glrlm"}


def test_a_disconnected_mask_is_one_region(a_volume) -> None:
    both = _block(a_volume, "GTV-1", (0, 0, 0), (2, 3, 3)).array | _block(a_volume, "", (3, 6, 7), (3, 3, 4)).array
    row = _row(a_volume, Mask.on(a_volume, both))
    assert None not in row.values()
    assert row["original_shape_VoxelVolume"] == pytest.approx(np.count_nonzero(both) * 0.9 * 0.9 * 3.0)


def test_refuses_unusable_masks_images_and_engines(a_volume) -> None:
    mask = _block(a_volume, "GTV-1", (1, 2, 2), (3, 4, 5))
    with pytest.raises(EmptyMaskError, match="mask GTV-1: expected at least one voxel"):
        extract_features(a_volume, [Mask.on(a_volume, np.zeros(a_volume.shape, dtype=bool))])
    with pytest.raises(SmallMaskError, match="mask GTV-1: expected an extent .* got a single voxel"):
        extract_features(a_volume, [_block(a_volume, "GTV-1", (1, 2, 2), (1, 1, 1))])
    with pytest.raises(GeometryMismatchError, match="mask GTV-1: expected the image's grid"):
        extract_features(a_volume, [Mask(mask.array, np.eye(4))])
    broken = a_volume.array.copy()
    broken[2, 3, 3] = np.nan
    with pytest.raises(InputError, match="volume: expected finite values inside GTV-1, got NaN"):
        extract_features(a_volume.with_array(broken), [mask])
    with pytest.raises(InputError, match="engine: expected one of oncologyai, pyradiomics, got 'abacus'"):
        extract_features(a_volume, [mask], engine="abacus")
    with pytest.raises(InputError, match="imageType: expected one of .* got 'Sobel'"):
        feature_names(FeatureSettings(images={"Sobel": {}}))


def test_ends_where_it_is_cancelled(a_volume) -> None:
    class Impatient(Silent):
        def cancelled(self) -> bool:
            return True

    with pytest.raises(CancelledError):
        extract_features(a_volume, [_block(a_volume, "GTV-1", (1, 2, 2), (3, 4, 5))], progress=Impatient())


def test_lesions_filtered_together_have_the_values_that_each_has_alone(a_volume) -> None:
    settings = FeatureSettings(("firstorder", "glcm"), {"Original": {}, "LoG": {"sigma": [2.0]}, "Wavelet": {}})
    masks = [_block(a_volume, "GTV-1", (0, 1, 1), (2, 3, 3)), _block(a_volume, "GTV-2", (4, 7, 8), (2, 3, 3))]
    together = extract_features(a_volume, masks, settings)
    for mask, row in zip(masks, together.rows, strict=True):
        alone = extract_features(a_volume, [mask], settings).rows[0]
        assert row[0] == alone[0]
        assert row[1:] == pytest.approx(alone[1:], rel=1e-6, abs=1e-9)


def test_settings_and_tables_need_no_compiler_at_import() -> None:
    code = "import sys, oncologyai.pipelines; print([m for m in ('numba', 'pywt') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
