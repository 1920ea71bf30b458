"""A bone scan as a folder: what is written reads back, and what is none is refused."""

import json
from pathlib import Path

import numpy as np
import pytest

from oncologyai.bundle import BoneScanBundle, read_bonescan, write_bonescan
from oncologyai.errors import MissingFileError, UnreadableFileError
from oncologyai.imaging import planar_ijk_to_ras
from oncologyai.progress import Provenance
from oncologyai.types import Point, Table, Volume

PREDICTION = Table("Prediction", ("probability", "low", "group"), ((0.25, None, "no metastases"),))
LESIONS = Table("Lesions", ("focus", "region"), ((1, "rib"),))


def a_view(view: str, *, assumed: bool = False) -> Volume:
    counts = np.random.default_rng(1).poisson(20.0, (1, 40, 20)).astype(np.float32)
    meta = {"view": view, "pixel_size_assumed": assumed}
    return Volume(counts, planar_ijk_to_ras(view, (40, 20), (4.0, 3.0)), "NM", "counts", meta)  # type: ignore[arg-type]


def a_result() -> BoneScanBundle:
    views = {"anterior": a_view("anterior"), "posterior": a_view("posterior", assumed=True)}
    maps = {view: volume.with_array(volume.array / 40.0, unit="arbitrary") for view, volume in views.items()}
    return BoneScanBundle(
        "WB", views, "P-1", "S-1", {"method": "grad-cam"}, ("a note",), "blobs", maps,  # type: ignore[arg-type]
        (Point("1", (10.0, 0.0, 20.0)),), (PREDICTION, LESIONS), {"id": "blobs"}, Provenance("bonescan"),
    )  # fmt: skip


@pytest.mark.parametrize("compress", [True, False])
def test_a_result_reads_back(tmp_path: Path, compress: bool) -> None:
    made = a_result()
    write_bonescan(made, tmp_path / "scan", compress=compress)
    found = read_bonescan(tmp_path / "scan")
    for name in ("name", "patient", "study", "settings", "notes", "model_id", "foci", "tables", "model"):
        assert getattr(found, name) == getattr(made, name), name
    for held, volumes in (("views", made.views), ("maps", made.maps)):
        assert list(getattr(found, held)) == ["anterior", "posterior"]
        for view, volume in volumes.items():
            back = getattr(found, held)[view]
            assert back.same_grid(volume) and (back.modality, back.unit) == (volume.modality, volume.unit)
            np.testing.assert_array_equal(back.array, volume.array)
    assert [v.meta["pixel_size_assumed"] for v in found.views.values()] == [False, True]
    assert [v.meta["view"] for v in found.views.values()] == ["anterior", "posterior"]
    assert found.provenance == made.provenance


def test_a_request_of_one_view_reads_back_without_a_prediction(tmp_path: Path) -> None:
    BoneScanBundle("WB", {"posterior": a_view("posterior")}, settings={"fast": True}).write(tmp_path / "request")
    found = read_bonescan(tmp_path / "request")
    assert list(found.views) == ["posterior"] and not found.maps and not found.foci and found.provenance is None
    assert found.table("Prediction") is None and found.value("probability") is None


def test_a_value_is_a_cell_of_the_prediction() -> None:
    assert a_result().value("probability") == 0.25
    assert a_result().value("low") is None and a_result().value("nothing") is None


def test_the_same_result_gives_the_same_bytes(tmp_path: Path) -> None:
    for place in ("one", "other"):
        write_bonescan(a_result(), tmp_path / place)
    names = sorted(p.name for p in (tmp_path / "one").iterdir())
    assert names == sorted(p.name for p in (tmp_path / "other").iterdir())
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes(), name


def test_rejects_what_is_no_bone_scan(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="a bone scan"):
        read_bonescan(tmp_path)
    write_bonescan(a_result(), tmp_path / "scan")
    (tmp_path / "scan" / "map_anterior.nrrd").unlink()
    with pytest.raises(MissingFileError, match=r"map_anterior\.nrrd"):
        read_bonescan(tmp_path / "scan")
    index = json.loads((tmp_path / "scan" / "bonescan.json").read_text())
    del index["patient"]
    (tmp_path / "scan" / "bonescan.json").write_text(json.dumps(index))
    with pytest.raises(UnreadableFileError, match="complete index"):
        read_bonescan(tmp_path / "scan")
    (tmp_path / "scan" / "bonescan.json").write_text('{"format": "other"}')
    with pytest.raises(UnreadableFileError, match="format oncologyai-bonescan"):
        read_bonescan(tmp_path / "scan")
    (tmp_path / "scan" / "bonescan.json").write_text("{")
    with pytest.raises(UnreadableFileError, match="JSON"):
        read_bonescan(tmp_path / "scan")
