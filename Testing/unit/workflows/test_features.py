"""Features from files to a table or to maps."""

import json
from dataclasses import replace

import numpy as np
import pytest

from oncologyai.bundle import read_table
from oncologyai.cli import main
from oncologyai.errors import EmptyMaskError, InputError, MissingFileError, SmallMaskError
from oncologyai.features import FeatureSettings, write_settings
from oncologyai.imaging import read_volume, write_masks, write_volume
from oncologyai.pipelines import SubregionConfig
from oncologyai.types import Mask
from oncologyai.workflows import feature_map_files, features_files


@pytest.fixture
def some_files(tmp_path, a_volume, a_ball):
    noise = np.random.default_rng(1).normal(0, 20, a_volume.shape).astype(np.float32)
    write_volume(a_volume.with_array(a_volume.array + noise), tmp_path / "image.nrrd")
    write_masks([a_ball, replace(a_ball, label="other")], tmp_path / "masks.seg.nrrd")
    write_masks([a_ball], tmp_path / "again.seg.nrrd")
    return tmp_path / "image.nrrd", tmp_path / "masks.seg.nrrd"


def test_a_table_and_its_provenance(tmp_path, some_files) -> None:
    result = features_files(*some_files, tmp_path / "deep" / "f.csv", settings="default", names=["GTV-1"])
    table = read_table(tmp_path / "deep" / "f.csv")
    assert (len(table.rows), len(table.columns)) == (1, 108) == (1, len(result.table.columns))
    told = json.loads((tmp_path / "deep" / "f.provenance.json").read_text(encoding="utf-8"))
    assert told["settings"]["features"]["bin_width"] == 25.0
    assert set(told["inputs_sha256"]) == {"image", "GTV-1"}
    assert "numba" in told["versions"]


@pytest.mark.parametrize("name", ["f.xlsx", "f.parquet", "f.json"])
def test_other_forms_of_table(tmp_path, some_files, name) -> None:
    features_files(*some_files, tmp_path / name, settings=FeatureSettings(("firstorder",)))
    assert (tmp_path / name).stat().st_size > 0


def test_a_parameter_file_decides_what_is_extracted(tmp_path, some_files) -> None:
    write_settings(FeatureSettings({"glcm": ("Contrast",)}, bin_width=10.0), tmp_path / "s.yaml")
    found = features_files(*some_files, tmp_path / "f.csv", settings=tmp_path / "s.yaml")
    assert found.table.columns == ("segment", "original_glcm_Contrast")
    finer = features_files(*some_files, tmp_path / "f.csv", settings=tmp_path / "s.yaml", bin_width=2.0)
    assert finer.table.rows[0][1] > found.table.rows[0][1]


def test_several_mask_files_and_structures_of_one_name(tmp_path, some_files) -> None:
    image, masks = some_files
    files = [masks, tmp_path / "again.seg.nrrd"]
    found = features_files(image, files, tmp_path / "f.csv", settings=FeatureSettings(("firstorder",)))
    assert [row[0] for row in found.table.rows] == ["GTV-1", "other", "GTV-1 (again.seg.nrrd)"]
    assert found.table.rows[0][1:] == found.table.rows[2][1:]


def test_the_ibsi_s_names_stand_beside_pyradiomics(tmp_path, some_files) -> None:
    settings = FeatureSettings({"firstorder": ("Mean",)})
    found = features_files(*some_files, tmp_path / "f.csv", names=["GTV-1"], settings=settings, conventions="both")
    assert "original_firstorder_Mean" in found.table.columns
    assert any(column.startswith("ibsi_") for column in found.table.columns)


def test_parts_have_rows(tmp_path, some_files) -> None:
    parts = SubregionConfig(solid=True, ring_mm=4.0)
    found = features_files(
        *some_files, tmp_path / "f.csv", names=["GTV-1"], settings=FeatureSettings(("firstorder",)), parts=parts,
        within="other", modality="CT", unit="HU",
    )  # fmt: skip
    assert [row[0] for row in found.table.rows] == ["GTV-1", "GTV-1 solid"]
    # nothing of the lesion is ground glass, and all that lies around it is outside the structure of the same place
    assert found.provenance.warnings == ("GTV-1 ground glass: no voxel", "GTV-1 ring: no voxel")


def test_maps_are_images_on_the_grid(tmp_path, some_files, a_volume, a_ball) -> None:
    written = feature_map_files(*some_files, tmp_path / "maps", ["firstorder_Mean", "glcm_Contrast"], names=["GTV-1"])
    assert sorted(path.name for path in written.paths) == [
        "GTV-1_original_firstorder_Mean.nrrd", "GTV-1_original_glcm_Contrast.nrrd",
    ]  # fmt: skip
    mean = read_volume(tmp_path / "maps" / "GTV-1_original_firstorder_Mean.nrrd")
    assert mean.same_grid(a_volume)
    assert mean.array[a_ball.array].std() < 20
    assert (tmp_path / "maps" / "provenance.json").is_file()


def test_what_cannot_be_is_refused_before_anything_is_read(tmp_path) -> None:
    absent = tmp_path / "absent.nrrd"
    with pytest.raises(InputError, match="--out: expected a name that ends in"):
        features_files(absent, absent, tmp_path / "f.txt")
    with pytest.raises(MissingFileError, match="--settings: expected a parameter file"):
        features_files(absent, absent, tmp_path / "f.csv", settings="nothing")
    with pytest.raises(InputError, match="--out: expected a folder for maps"):
        feature_map_files(absent, absent, tmp_path / "f.csv", ["glcm"])
    with pytest.raises(InputError, match="--voxel-based: expected a family"):
        feature_map_files(absent, absent, tmp_path / "maps", ["colour"])


def test_unusable_structures_are_refused(tmp_path, some_files, a_ball) -> None:
    image, masks = some_files
    with pytest.raises(InputError, match="--ring-within: expected one of"):
        features_files(image, masks, tmp_path / "f.csv", within="heart")
    with pytest.raises(InputError, match="heart"):
        features_files(image, masks, tmp_path / "f.csv", names=["heart"])
    dot = np.zeros_like(a_ball.array)
    write_masks([Mask(dot.copy(), a_ball.ijk_to_ras)], tmp_path / "none.seg.nrrd")
    with pytest.raises(EmptyMaskError, match="only empty ones"):
        features_files(image, tmp_path / "none.seg.nrrd", tmp_path / "f.csv")
    dot[3, 3, 3] = True
    write_masks([Mask(dot, a_ball.ijk_to_ras)], tmp_path / "dot.seg.nrrd")
    with pytest.raises(SmallMaskError, match="masks: expected a structure large enough for features"):
        features_files(image, tmp_path / "dot.seg.nrrd", tmp_path / "f.csv")


def test_the_command_makes_tables_and_maps(tmp_path, some_files, capsys) -> None:
    image, masks = map(str, some_files)
    table = str(tmp_path / "f.csv")
    assert main(["features", image, masks, "--name", "GTV-1", "--ring-mm", "3", "--out", table]) == 0
    assert "f.csv: 2 structures, 107 features" in capsys.readouterr().out
    maps = str(tmp_path / "maps")
    assert main(["features", image, masks, "--voxel-based", "ngtdm_Contrast", "--name", "other", "-o", maps]) == 0
    assert "1 maps" in capsys.readouterr().out
    assert main(["features", image, masks, "--settings", "nothing", "-o", table]) == 2
