"""A bundle comes back as it was; a damaged one is refused with the reason."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oncologyai.bundle import Bundle, read_bundle, write_bundle
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.progress import Provenance
from oncologyai.resources import terminology
from oncologyai.types import Line, Mask, Point, Table, Volume


@pytest.fixture
def a_bundle() -> Bundle:
    affine = np.array([[-2.0, 0, 0, 10], [0, -2.0, 0, 20], [0, 0, 3.0, -30], [0, 0, 0, 1]])
    array = np.random.default_rng(1).integers(-1000, 1000, (6, 8, 10), dtype=np.int16)
    volume = Volume(array, affine, "CT", "HU")
    mask = Mask.on(volume, array > 500, "GTV-1", code=terminology("tumour"))
    return Bundle(
        name="Thorax größer",
        pipeline="run",
        method="random-walker",
        volume=volume,
        patient="P-1",
        study="S-1",
        masks=(mask,),
        inside=(Point("Inside-1", (1.0, 2.0, 3.0)),),
        lines=(Line("GTV-1 long axis", (0.0, 0.0, 0.0), (1.0, 0.0, 0.0)),),
        tables=(Table("Measurements", ("segment", "value"), (("GTV-1", 1.25),)),),
        settings={"method": "random-walker"},
        provenance=Provenance("run", seconds={"read": 1.0}, warnings=("w",)),
    )


@pytest.mark.parametrize("compress", [True, False])
def test_bundle_comes_back_as_it_was(a_bundle: Bundle, tmp_path: Path, compress: bool) -> None:
    write_bundle(a_bundle, tmp_path / "bündel 1", compress=compress)
    back = read_bundle(tmp_path / "bündel 1")
    assert np.array_equal(back.volume.array, a_bundle.volume.array)
    assert back.volume.same_grid(a_bundle.volume)
    assert (back.volume.modality, back.volume.unit) == ("CT", "HU")
    assert np.array_equal(back.masks[0].array, a_bundle.masks[0].array)
    assert back.masks[0].code == terminology("tumour")
    for part in ("name", "pipeline", "method", "patient", "study", "inside", "outside", "lines", "tables", "settings"):
        assert getattr(back, part) == getattr(a_bundle, part), part
    assert back.provenance == a_bundle.provenance


@pytest.mark.parametrize("compress", [True, False])
def test_what_a_model_takes_and_gives_comes_back(a_bundle: Bundle, tmp_path: Path, compress: bool) -> None:
    pet = Volume(np.random.default_rng(2).random((3, 4, 5), np.float32), np.diag([4.0, 4.0, 4.0, 1.0]), "PT", "SUVbw")
    share = Volume(
        np.random.default_rng(3).random((6, 8, 10), np.float32), a_bundle.volume.ijk_to_ras, "CT", "probability"
    )
    said = {"card": {"id": "m"}, "trust": {"dice": 0.8, "interval": [0.7, 0.9], "warnings": []}}
    bundle = replace(a_bundle, channels={"pet": pet}, probability=share, disagreement=share, model=said)
    write_bundle(bundle, tmp_path / "b", compress=compress)
    back = read_bundle(tmp_path / "b")
    assert back.model == said
    assert list(back.channels) == ["pet"]
    for one, other in ((back.channels["pet"], pet), (back.probability, share), (back.disagreement, share)):
        assert one is not None
        assert np.array_equal(one.array, other.array) and one.same_grid(other)
        assert (one.modality, one.unit) == (other.modality, other.unit)
    (tmp_path / "b" / "probability.nrrd").unlink()
    with pytest.raises(MissingFileError, match=r"probability\.nrrd"):
        read_bundle(tmp_path / "b")


def test_maps_come_back_under_their_names_with_voxels_that_have_no_value(a_bundle: Bundle, tmp_path: Path) -> None:
    values = np.random.default_rng(4).random((6, 8, 10), np.float32)
    values[a_bundle.volume.array < 0] = np.nan
    names = ("wavelet-LLH_glcm_Id", "wavelet-LLH_glcm_ID")  # where case does not count, one file would be both
    maps = {name: a_bundle.volume.with_array(values + n, unit="arbitrary") for n, name in enumerate(names)}
    write_bundle(replace(a_bundle, maps=maps), tmp_path / "b")
    back = read_bundle(tmp_path / "b")
    assert list(back.maps) == list(names)
    for name, one in back.maps.items():
        np.testing.assert_array_equal(one.array, maps[name].array)
        assert one.same_grid(a_bundle.volume)
    (tmp_path / "b" / "map_2.nrrd").unlink()
    with pytest.raises(MissingFileError, match=r"map_2\.nrrd"):
        read_bundle(tmp_path / "b")


def test_a_bundle_from_before_there_were_models_is_read(a_bundle: Bundle, tmp_path: Path) -> None:
    write_bundle(a_bundle, tmp_path / "b")
    index = json.loads((tmp_path / "b" / "bundle.json").read_text(encoding="utf-8"))
    for name in ("channels", "probability", "disagreement", "model", "maps"):
        del index[name]
    (tmp_path / "b" / "bundle.json").write_text(json.dumps(index), encoding="utf-8")
    back = read_bundle(tmp_path / "b")
    assert (dict(back.channels), back.probability, back.disagreement, dict(back.model)) == ({}, None, None, {})
    assert dict(back.maps) == {}


def test_request_without_results(a_bundle: Bundle, tmp_path: Path) -> None:
    request = replace(a_bundle, masks=(), lines=(), tables=(), provenance=None)
    write_bundle(request, tmp_path / "b")
    back = read_bundle(tmp_path / "b")
    assert (back.masks, back.lines, back.tables, back.provenance) == ((), (), (), None)
    assert back.table("Measurements") is None
    assert a_bundle.table("Measurements") == a_bundle.tables[0]


def test_same_bundle_gives_the_same_bytes(a_bundle: Bundle, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_bundle(a_bundle, tmp_path / name)
    for file in sorted((tmp_path / "a").iterdir()):
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes(), file.name


def test_refuses_what_is_no_bundle(a_bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"folder with bundle\.json"):
        read_bundle(tmp_path)
    write_bundle(a_bundle, tmp_path / "b")
    index = tmp_path / "b" / "bundle.json"
    whole = index.read_text()
    index.write_text(whole[:40])
    with pytest.raises(UnreadableFileError, match="expected JSON"):
        read_bundle(tmp_path / "b")
    index.write_text(json.dumps({**json.loads(whole), "version": 99}))
    with pytest.raises(UnreadableFileError, match="version 99"):
        read_bundle(tmp_path / "b")
    index.write_text(json.dumps({k: v for k, v in json.loads(whole).items() if k != "method"}))
    with pytest.raises(UnreadableFileError, match="a complete bundle index"):
        read_bundle(tmp_path / "b")


def test_names_a_missing_part(a_bundle: Bundle, tmp_path: Path) -> None:
    write_bundle(a_bundle, tmp_path / "b")
    (tmp_path / "b" / "measurements.csv").unlink()
    with pytest.raises(MissingFileError, match=r"measurements\.csv"):
        read_bundle(tmp_path / "b")
