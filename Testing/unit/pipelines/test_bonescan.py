"""A scan classified: the answer against a threshold, what it came from, and the same with torch blocked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError, UnreadableFileError
from oncologyai.pipelines import BoneScanConfig, classify_bonescan, find_bonescan_card
from oncologyai.scintigraphy import WholeBodyScan
from Testing.unit.scintigraphy.conftest import ScanWriter, as_view, draw_body


@pytest.fixture
def a_scan() -> WholeBodyScan:
    views = (as_view(draw_body(view), view) for view in ("anterior", "posterior"))
    return WholeBodyScan(*views, notes=("read as asked",))


def cells(result) -> dict:
    return dict(zip(result.prediction.columns, result.prediction.rows[0], strict=True))


def test_prediction_tells_probability_interval_threshold_and_group(a_scan, a_bonescan_model: str) -> None:
    result = classify_bonescan(a_scan, BoneScanConfig(a_bonescan_model), threads=1)
    found = cells(result)
    assert found["probability"] == result.classified.probability
    assert found["low"] < found["probability"] < found["high"]
    assert (found["rule"], found["threshold"]) == ("youden", 0.45), "the card's first rule"
    assert found["group"] == ("metastases" if found["probability"] >= 0.45 else "no metastases")
    assert found["views"] == "anterior, posterior" and found["model"] == "blobs"
    assert result.card == find_bonescan_card("blobs")
    for view, volume in result.classified.maps.items():
        assert volume.same_grid(a_scan.views[view])


@pytest.mark.parametrize(
    ("threshold", "rule", "value"),
    [
        ("sensitivity-90", "sensitivity-0.90", 0.3),
        ("sensitivity-0.90", "sensitivity-0.90", 0.3),
        ("0.37", "as asked", 0.37),
    ],
)
def test_thresholds_are_rules_of_the_card_or_digits(
    a_scan, a_bonescan_model: str, threshold: str, rule: str, value: float
) -> None:
    found = cells(classify_bonescan(a_scan, BoneScanConfig(a_bonescan_model, threshold=threshold), threads=1))
    assert (found["rule"], found["threshold"]) == (rule, value)


@pytest.mark.parametrize(("threshold", "group"), [("0", "metastases"), ("1", "no metastases")])
def test_the_map_explains_the_class_that_the_scan_is_called(
    a_scan, a_bonescan_model: str, threshold: str, group: str
) -> None:
    result = classify_bonescan(a_scan, BoneScanConfig(a_bonescan_model, threshold=threshold), threads=1)
    assert cells(result)["group"] == group
    assert result.classified.explained == ("with metastases" if threshold == "0" else "without metastases")


def test_foci_are_listed_where_the_map_speaks_for_metastases_and_only_there(a_scan, a_bonescan_model: str) -> None:
    found = classify_bonescan(a_scan, BoneScanConfig(a_bonescan_model, threshold="0"), threads=1)
    lesions = found.tables[1]
    assert lesions.name == "Lesions" and len(lesions.rows) == len(found.points) == len(found.lesions.foci) > 0
    assert cells(found)["foci"] == found.lesions.count <= len(lesions.rows)
    x, z = lesions.columns.index("x_mm"), lesions.columns.index("z_mm")
    for row, point in zip(lesions.rows, found.points, strict=True):
        assert (row[x], row[z]) == pytest.approx((point.ras[0], point.ras[2]), abs=0.06)
    assert found.tables[2].name == "BoneScanIndex" and 0.0 <= cells(found)["bone_scan_index"] <= 100.0
    assert cells(found)["bone_scan_index"] == pytest.approx(found.tables[2].rows[-1][-1], abs=1e-3)
    none = classify_bonescan(a_scan, BoneScanConfig(a_bonescan_model, threshold="1"), threads=1)
    assert none.index is None and cells(none)["bone_scan_index"] is None and len(none.tables) == 2
    assert none.tables[1].rows == () and none.points == () and cells(none)["foci"] == 0
    assert none.tables[1].columns == lesions.columns


def test_the_sanity_check_is_made_where_it_is_asked_for(a_scan, a_bonescan_model: str) -> None:
    found = classify_bonescan(a_scan, BoneScanConfig(a_bonescan_model, sanity=True), threads=1)
    assert found.sanity is not None and found.tables[-1].name == "Sanity"
    assert [row[0] for row in found.tables[-1].rows] == ["trained", "head", "head, last block", "all"]
    assert found.provenance.warnings[-1] == found.sanity.sentence
    assert classify_bonescan(a_scan, BoneScanConfig(a_bonescan_model), threads=1).sanity is None


def test_both_engines_and_the_fast_form_answer(a_scan, a_bonescan_model: str) -> None:
    chances = [
        cells(classify_bonescan(a_scan, BoneScanConfig(a_bonescan_model, engine=engine, fast=fast), threads=1))[
            "probability"
        ]
        for engine, fast in (("openvino", False), ("onnxruntime", False), ("openvino", True))
    ]
    assert chances[0] == pytest.approx(chances[1], abs=1e-5)
    assert chances[0] != pytest.approx(chances[2], abs=1e-5), "another picture"


def test_provenance_tells_model_weights_settings_and_what_was_odd(a_scan, a_bonescan_model: str) -> None:
    alone = WholeBodyScan(posterior=a_scan.posterior, notes=a_scan.notes)
    told = classify_bonescan(alone, BoneScanConfig(a_bonescan_model, method="hirescam"), threads=1).provenance
    assert told.pipeline == "bonescan" and set(told.inputs_sha256) == {"posterior"}
    assert told.settings["bonescan"]["method"] == "hirescam"
    assert set(told.weights_sha256) == {"maps.onnx", "head.safetensors"}
    assert told.warnings[0] == "read as asked" and "anterior view is missing" in told.warnings[1]
    assert "openvino" in told.versions and told.device == "cpu (openvino)"


def test_a_changed_model_is_not_taken_for_the_one_in_memory(a_scan, a_bonescan_model: str, tmp_path: Path) -> None:
    from Testing.bonescan_model import write_bonescan_model

    first = classify_bonescan(a_scan, BoneScanConfig(a_bonescan_model), threads=1)
    write_bonescan_model(tmp_path / "blobs", bias=2.0)
    other = classify_bonescan(a_scan, BoneScanConfig(str(tmp_path / "blobs")), threads=1)
    assert other.classified.probability > first.classified.probability + 0.05


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"threshold": "1.5"}, "--threshold: expected a rule such as youden"),
        ({"threshold": "-"}, "--threshold"),
        ({"engine": "torch"}, "--engine"),
        ({"method": "ablation"}, "--method"),
    ],
)
def test_rejects_settings_before_any_work(settings: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        BoneScanConfig(**settings)


def test_rejects_rules_and_models_that_are_not_there(a_scan, a_bonescan_model: str) -> None:
    with pytest.raises(InputError, match="--threshold: expected one of sensitivity-0.90, youden, got 'best'"):
        classify_bonescan(a_scan, BoneScanConfig(a_bonescan_model, threshold="best"), threads=1)
    with pytest.raises(InputError, match="model"):
        classify_bonescan(a_scan, BoneScanConfig("nowhere"))
    with pytest.raises(InputError, match="a model of bone scans, got sts-gtv-pet"):
        classify_bonescan(a_scan, BoneScanConfig("sts-gtv-pet"))


def test_a_changed_weight_is_refused(a_scan, tmp_path: Path) -> None:
    from Testing.bonescan_model import write_bonescan_model

    write_bonescan_model(tmp_path / "blobs")
    head = bytearray((tmp_path / "blobs" / "head.safetensors").read_bytes())
    head[-1] ^= 1
    (tmp_path / "blobs" / "head.safetensors").write_bytes(head)
    with pytest.raises(UnreadableFileError, match=r"head\.safetensors"):
        classify_bonescan(a_scan, BoneScanConfig(str(tmp_path / "blobs")))


class _Leaves:
    def stage(self, name: str, share: float) -> None:
        assert name and 0.0 <= share <= 1.0

    def cancelled(self) -> bool:
        return True


def test_is_cancelled(a_scan, a_bonescan_model: str) -> None:
    with pytest.raises(CancelledError):
        classify_bonescan(a_scan, BoneScanConfig(a_bonescan_model), progress=_Leaves())


def test_the_command_classifies_with_torch_blocked(a_bonescan_model: str, tmp_path: Path) -> None:
    study = ScanWriter(tmp_path).nm()
    code = (
        "import sys\n"
        "class Block:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name.split('.')[0] == 'torch':\n"
        "            raise ImportError('torch is blocked')\n"
        "sys.meta_path.insert(0, Block())\n"
        "from oncologyai.cli.app import main\n"
        f"sys.exit(main(['bonescan', {str(study)!r}, '--model', 'blobs', '--no-scene', '--out', "
        f"{str(tmp_path / 'out')!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "report.html").is_file()
    maps = sorted(p.name for p in (tmp_path / "out" / "bundle").glob("map_*.nrrd"))
    assert maps == ["map_anterior.nrrd", "map_posterior.nrrd"]
    assert np.isfinite(float((tmp_path / "out" / "prediction.csv").read_text().splitlines()[1].split(",")[0]))
