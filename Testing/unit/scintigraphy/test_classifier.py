"""A scan through an exported network: probability, maps in their place, no torch."""

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from oncologyai.errors import CancelledError, InputError, MissingFileError, UnreadableFileError
from oncologyai.explain import PooledHead
from oncologyai.inference.openvino_int8 import convolution_ranges
from oncologyai.models import BoneScanCard, save_card, sha256_of, write_weights
from oncologyai.networks import Vgg16Classifier
from oncologyai.progress import Progress
from oncologyai.scintigraphy import (
    BoneScanClassifier,
    Preparation,
    WholeBodyScan,
    load_bonescan_model,
    load_classifier,
    prepare_scan,
)
from oncologyai.training.bonescan_export import export_bonescan_network
from Testing.unit.scintigraphy.conftest import SIZE, ScanWriter, as_view, draw_body

NARROW = ((4, 4), (6, 6), (8, 8, 8), (8, 8, 8), (10, 10, 10))
SMALL = Preparation(height=128, width=64)


@pytest.fixture
def a_scan() -> WholeBodyScan:
    return WholeBodyScan(*(as_view(draw_body(view), view) for view in ("anterior", "posterior")))


@pytest.fixture(scope="module")
def a_network() -> Vgg16Classifier:
    torch.manual_seed(3)
    network = Vgg16Classifier(NARROW, hidden=24).eval()
    for parameter in network.features.parameters():
        parameter.data = 1.6 * parameter.data if parameter.ndim > 1 else parameter.data + 0.05
    network.load_state_dict({name: value.half().float() for name, value in network.state_dict().items()})
    return network


@pytest.fixture(scope="module")
def an_export(a_network: Vgg16Classifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export") / "model"
    assert export_bonescan_network(a_network, folder) < 1e-4
    return folder


@pytest.mark.parametrize("engine", ["openvino", "onnxruntime"])
def test_probability_is_the_networks_own(
    an_export: Path, a_network: Vgg16Classifier, a_scan: WholeBodyScan, engine: str
) -> None:
    classifier = load_classifier(an_export, engine=engine, threads=1, preparation=SMALL)  # type: ignore[arg-type]
    found = classifier.classify(a_scan)
    image = torch.as_tensor(prepare_scan(a_scan, SMALL).image)[None]
    with torch.no_grad():
        expected = float(torch.softmax(a_network(image), dim=1)[0, 1])
    assert found.probability == pytest.approx(expected, abs=1e-4)
    assert found.explained == ("with metastases" if expected > 0.5 else "without metastases")
    assert max(float(volume.array.max()) for volume in found.maps.values()) <= 1.0
    for view, volume in found.maps.items():
        assert volume.same_grid(a_scan.views[view])
        assert volume.meta["description"] == f"grad-cam {found.explained} {view}"
        assert not np.mod(volume.array * 4096.0, 1.0).any()


def test_classifies_with_torch_blocked(an_export: Path, a_writer: ScanWriter) -> None:
    code = (
        "import sys\n"
        "class Block:\n"
        "    def find_spec(self, name, *rest):\n"
        "        if name.split('.')[0] == 'torch':\n"
        "            raise ImportError('torch is blocked')\n"
        "sys.meta_path.insert(0, Block())\n"
        "from pathlib import Path\n"
        "from oncologyai.scintigraphy import Preparation, load_classifier, read_whole_body\n"
        f"classifier = load_classifier(Path({str(an_export)!r}), engine='onnxruntime', threads=1,\n"
        "                             preparation=Preparation(height=128, width=64))\n"
        f"found = classifier.classify(read_whole_body({str(a_writer.nm())!r}))\n"
        "print(0.0 < found.probability < 1.0, sorted(found.maps))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True ['anterior', 'posterior']"


class _Bright:
    """An engine whose one map is the picture in blocks of 16, so that the map's place is known."""

    name, device = "bright", "cpu"

    def infer(self, batch: np.ndarray, *, progress: Progress | None = None) -> np.ndarray:
        n, _, j, i = batch.shape
        return batch[:, :1].reshape(n, 1, j // 16, 16, i // 16, 16).max(axis=(3, 5)) ** 8


SITES = [
    (row, x) for row in (110, 150, 190, 230) for x in (-140.0, 0.0, 140.0)
]  # twelve: rows of the drawn body and RAS x in mm


@pytest.mark.parametrize(("row", "x"), SITES)
@pytest.mark.parametrize("view", ["anterior", "posterior"])
def test_planted_lesion_is_where_the_map_says_in_its_view_alone(row: int, x: float, view: str) -> None:
    head = PooledHead(np.ones((1, 1)), np.full(1, 0.1), np.array([[-1.0], [1.0]]), np.zeros(2))
    views = {name: np.full(SIZE, 1.0, np.float32) for name in ("anterior", "posterior")}
    for name, picture in views.items():
        picture[0, 0] = 100.0 if name != view else 0.0  # the other view's largest value lies in its corner
    column = round(63.5 + (-x if view == "anterior" else x) / 4.8)
    views[view][row - 2 : row + 3, column - 2 : column + 3] = 100.0
    scan = WholeBodyScan(*(as_view(picture, name) for name, picture in views.items()))
    found = BoneScanClassifier(_Bright(), head, Preparation(512, 256)).classify(scan)
    assert found.explained == "with metastases"
    volume = found.maps[view]  # type: ignore[index]
    j, i = np.argwhere(volume.array[0] >= 0.98 * volume.array.max()).mean(axis=0)
    ras = volume.ras_from_ijk((i, j, 0.0))
    assert ras[0] == pytest.approx(x, abs=45.0)  # a block of 16 is 8 columns of 4.8 mm
    assert ras[2] == pytest.approx((255.5 - row) * 4.8, abs=90.0)


def test_missing_view_has_no_map_and_is_said(a_scan: WholeBodyScan, an_export: Path) -> None:
    classifier = load_classifier(an_export, engine="onnxruntime", threads=1, preparation=SMALL)
    found = classifier.classify(WholeBodyScan(posterior=a_scan.posterior))
    assert set(found.maps) == {"posterior"}
    assert "anterior view is missing" in found.notes[0]


class _Leaves:
    def stage(self, name: str, share: float) -> None:
        assert name

    def cancelled(self) -> bool:
        return True


def test_is_cancelled(a_scan: WholeBodyScan, an_export: Path) -> None:
    classifier = load_classifier(an_export, engine="onnxruntime", threads=1, preparation=SMALL)
    with pytest.raises(CancelledError, match="cancelled"):
        classifier.classify(a_scan, progress=_Leaves())


def test_rejects_what_is_no_export(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="head.safetensors"):
        load_classifier(tmp_path)
    with pytest.raises(InputError, match="engine: expected one of onnxruntime, openvino"):
        load_classifier(tmp_path, engine="torch")  # type: ignore[arg-type]
    write_weights({"hidden.weight": np.zeros((2, 2))}, tmp_path / "head.safetensors")
    with pytest.raises(UnreadableFileError, match="none of hidden.bias"):
        load_classifier(tmp_path)
    with pytest.raises(InputError, match="network: expected a Vgg16Classifier, got Linear"):
        export_bonescan_network(torch.nn.Linear(1, 1), tmp_path / "x")  # type: ignore[arg-type]


def _a_model(an_export: Path, folder: Path, **form: object) -> BoneScanCard:
    """A model's folder with a card beside the exported network."""
    shutil.copytree(an_export, folder)
    full = {
        "members": [{"maps": "maps.onnx", "head": "head.safetensors"}],
        "picture": {"height": 128, "width": 64},
        "calibration": {"intercept": 0.4, "slope": 2.0, "covariance": [[0.2, 0.01], [0.01, 0.3]],
                        "prevalence": 0.5, "scans": 40},
        "thresholds": [{"rule": "youden", "value": 0.45, "sensitivity": 0.8, "specificity": 0.8}],
    }  # fmt: skip
    files = [
        {"name": name, "role": role, "sha256": sha256_of(folder / name), "size_bytes": (folder / name).stat().st_size}
        for name, role in (("maps.onnx", "onnx"), ("head.safetensors", "weights"))
    ]
    card = {
        "id": "trial", "title": "A trial", "demonstration": True, "network": {"name": "vgg16"}, "full": full | form,
        "files": files, "training": {"description": "none"}, "licence": {"name": "none", "commercial": False},
    }  # fmt: skip
    return save_card(BoneScanCard.model_validate(card), folder / "card.json")


def test_a_model_gives_a_calibrated_probability_with_its_interval_and_thresholds(
    an_export: Path, a_scan: WholeBodyScan, tmp_path: Path
) -> None:
    card = _a_model(an_export, tmp_path / "trial")
    classifier = load_bonescan_model(tmp_path / "trial", threads=1)
    assert classifier.card == card and classifier.thresholds == {"youden": 0.45} and classifier.preparation == SMALL
    found = classifier.classify(a_scan)
    plain = load_classifier(an_export, threads=1, preparation=SMALL).classify(a_scan)
    assert plain.interval is None and found.logit == pytest.approx(plain.logit, abs=1e-5)
    assert found.probability == pytest.approx(1.0 / (1.0 + np.exp(-0.4 - 2.0 * found.logit)), abs=1e-6)
    assert found.interval is not None and found.interval[0] < found.probability < found.interval[1]
    assert found.explained == ("with metastases" if found.probability >= 0.5 else "without metastases")


def test_members_of_an_ensemble_are_averaged(an_export: Path, a_scan: WholeBodyScan, tmp_path: Path) -> None:
    _a_model(an_export, tmp_path / "trial", members=[{"maps": "maps.onnx", "head": "head.safetensors"}] * 2)
    two, one = load_bonescan_model(tmp_path / "trial", threads=1), load_classifier(an_export, preparation=SMALL)
    assert len(two.others) == 1
    found, alone = two.classify(a_scan), one.classify(a_scan)
    assert found.logit == pytest.approx(alone.logit, abs=1e-5)
    opposite = replace(one.head, last_weight=-one.head.last_weight, last_bias=-one.head.last_bias)
    cancelled = replace(one, others=((one.engine, opposite),)).classify(a_scan)
    assert cancelled.probability == pytest.approx(0.5, abs=1e-6)


def test_a_model_of_the_store_is_found_by_its_name(
    an_export: Path, a_scan: WholeBodyScan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONCOLOGYAI_MODELS", str(tmp_path))
    _a_model(an_export, tmp_path / "trial")
    assert load_bonescan_model("trial", threads=1).classify(a_scan).interval is not None
    with pytest.raises(InputError, match="a model of bone scans, got sts-gtv-pet"):
        load_bonescan_model("sts-gtv-pet")
    with pytest.raises(InputError, match="quicker form, got trial"):
        load_bonescan_model("trial", fast=True)


def test_a_changed_file_of_a_model_is_refused(an_export: Path, tmp_path: Path) -> None:
    _a_model(an_export, tmp_path / "trial")
    head = bytearray((tmp_path / "trial" / "head.safetensors").read_bytes())
    head[-1] ^= 1
    (tmp_path / "trial" / "head.safetensors").write_bytes(head)
    with pytest.raises(UnreadableFileError, match=r"head\.safetensors"):
        load_bonescan_model(tmp_path / "trial")


def test_the_quicker_form_computes_in_8_bits_and_is_near_to_the_full_one(
    an_export: Path, a_scan: WholeBodyScan, tmp_path: Path
) -> None:
    images = [prepare_scan(a_scan, SMALL).image[None]]
    ranges = convolution_ranges(an_export / "maps.onnx", images, threads=1)
    quick = load_classifier(an_export, threads=1, preparation=SMALL, ranges=ranges).classify(a_scan)
    full = load_classifier(an_export, threads=1, preparation=SMALL).classify(a_scan)
    assert quick.logit == pytest.approx(full.logit, abs=0.05) and quick.logit != full.logit
    with pytest.raises(InputError, match="openvino for the quicker form"):
        load_classifier(an_export, engine="onnxruntime", ranges=ranges)
