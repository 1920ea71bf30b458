"""Forms of a model: calibration and thresholds of scans held out."""

import numpy as np
import pytest

from oncologyai.models import BoneScanForm, BoneScanPicture
from oncologyai.workflows.bonescan_model import calibrated_form

MEMBERS = [{"maps": "maps.onnx", "head": "head.safetensors"}]


def _form(labels: np.ndarray, logits: np.ndarray) -> BoneScanForm:
    return calibrated_form(labels, logits, MEMBERS, BoneScanPicture(), "scans")


def test_thresholds_reach_their_sensitivities_on_calibrated_probabilities() -> None:
    generator = np.random.default_rng(4)
    labels = np.repeat([0, 1], 82)
    form = _form(labels, generator.normal(3.0 * labels, 2.0))
    youden, ninety, more = form.thresholds
    assert ninety.sensitivity >= 0.9 and more.sensitivity >= 0.95
    assert more.value <= ninety.value and more.specificity <= ninety.specificity
    assert youden.sensitivity + youden.specificity >= ninety.sensitivity + ninety.specificity
    assert form.figures[0].interval is not None and form.figures[0].value == pytest.approx(0.856, abs=0.06)


def test_a_network_that_is_worse_than_chance_tells_the_share_of_the_class() -> None:
    labels = np.array([0] * 15 + [1] * 5)
    line = _form(labels, -3.0 * labels + np.linspace(0, 1, 20)).calibration
    assert 0.0 < line.slope < 1e-3 and 1.0 / (1.0 + np.exp(-line.intercept)) == pytest.approx(0.25)
