"""Maps of random weights against those of the network."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from oncologyai.errors import CancelledError, InputError, MissingFileError
from oncologyai.networks import Vgg16Classifier
from oncologyai.scintigraphy import (
    BoneScanClassifier,
    Preparation,
    SanityCheck,
    SanityStage,
    WholeBodyScan,
    check_sanity,
    load_classifier,
)
from oncologyai.training.bonescan_export import export_bonescan_network
from Testing.unit.scintigraphy.conftest import as_view, draw_body

NARROW = ((4, 4), (6, 6), (8, 8, 8), (8, 8, 8))
SMALL = Preparation(height=128, width=64)


@pytest.fixture
def a_scan() -> WholeBodyScan:
    return WholeBodyScan(*(as_view(draw_body(view), view) for view in ("anterior", "posterior")))


def exported(folder: Path, last: int) -> BoneScanClassifier:
    """A network whose last convolution has ``last`` maps."""
    torch.manual_seed(5)
    network = Vgg16Classifier((*NARROW, (10, 10, last)), hidden=16).eval()
    for parameter in network.features.parameters():
        parameter.data = 1.6 * parameter.data if parameter.ndim > 1 else parameter.data + 0.05
    export_bonescan_network(network, folder)
    return load_classifier(folder, engine="onnxruntime", threads=1, preparation=SMALL)


def test_stages_go_from_the_head_to_all_weights_and_the_seed_decides(tmp_path: Path, a_scan: WholeBodyScan) -> None:
    classifier = exported(tmp_path / "m", 12)
    found = check_sanity(classifier, tmp_path / "m" / "maps.onnx", a_scan)
    assert [stage.name for stage in found.stages] == ["head", "head, last block", "all"]
    assert [len(stage.correlations) for stage in found.stages] == [20, 2, 2]
    for stage in found.stages:
        assert all(-1.0 <= value <= 1.0 for value in (*stage.correlations, *stage.similarities))
    assert check_sanity(classifier, tmp_path / "m" / "maps.onnx", a_scan) == found
    assert [row[0] for row in found.table().rows] == ["trained", "head", "head, last block", "all"]


def test_a_network_of_one_map_shows_the_same_whatever_its_head(tmp_path: Path, a_scan: WholeBodyScan) -> None:
    """Its map can only keep or change its sign: what the check is there to tell."""
    found = check_sanity(exported(tmp_path / "m", 1), tmp_path / "m" / "maps.onnx", a_scan)
    assert np.abs(found.stages[0].correlations) == pytest.approx(np.ones(20), abs=1e-6)
    assert found.stages[0].correlations.count(max(found.stages[0].correlations)) < 20


@pytest.mark.parametrize(("values", "expected"), [((0.1, -0.2), True), ((0.6, -0.7), False)])
def test_a_likeness_of_either_sign_counts(values: tuple[float, ...], expected: bool) -> None:
    check = SanityCheck("with metastases", "grad-cam", (SanityStage("all", values, (0.1, 0.1)),))
    assert check.is_passed is expected
    assert ("hardly" in check.sentence) is not expected
    assert f"{np.mean(np.abs(values)):.2f}" in check.sentence


class _Leaves:
    def stage(self, name: str, share: float) -> None:
        assert name

    def cancelled(self) -> bool:
        return True


def test_is_cancelled_and_rejects_wrong_options(tmp_path: Path, a_scan: WholeBodyScan) -> None:
    classifier = exported(tmp_path / "m", 4)
    network = tmp_path / "m" / "maps.onnx"
    with pytest.raises(CancelledError):
        check_sanity(classifier, network, a_scan, progress=_Leaves())
    with pytest.raises(InputError, match="explained: expected one of"):
        check_sanity(classifier, network, a_scan, explained="fractures")
    with pytest.raises(InputError, match="draws: expected"):
        check_sanity(classifier, network, a_scan, draws=0)
    with pytest.raises(MissingFileError):
        check_sanity(replace(classifier), tmp_path / "none.onnx", a_scan)
