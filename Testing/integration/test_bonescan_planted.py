"""The demonstration model and its maps where a lesion is planted: sign and place, in both views, at twelve bones."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.imaging import VIEWS, View
from oncologyai.metrics import localise_map
from oncologyai.samples import CAMERAS, BoneScan, BoneScanSpec, make_bonescan
from oncologyai.scintigraphy import (
    BoneScanClassifier,
    ClassifiedScan,
    WholeBodyScan,
    check_sanity,
    load_bonescan_model,
    outline_body,
)
from oncologyai.types import Mask

pytestmark = pytest.mark.slow
SITES = (
    "skull", "T4", "T10", "L3", "sacrum", "sternum", "rib 4 R", "rib 7 L", "ilium L", "ilium R", "femur R", "humerus L",
)  # fmt: skip
MODEL = "demo-bonescan"


@dataclass(frozen=True, eq=False)
class Trial:
    scan: BoneScan
    said: ClassifiedScan


@cache
def a_classifier() -> BoneScanClassifier:
    try:
        return load_bonescan_model(MODEL, engine="openvino", threads=1)
    except InputError as error:
        pytest.skip(f"the model {MODEL} is not in the store: {error}")


@cache
def a_trial(*planted: str) -> Trial:
    """One patient without worn joints, with lesions at the bones named."""
    spec = BoneScanSpec(camera=CAMERAS["alpha"], metastases=0, worn_joints=0.0)
    scan = make_bonescan(spec, np.random.default_rng(12), planted=planted)
    whole = WholeBodyScan(scan.views["anterior"], scan.views["posterior"])
    return Trial(scan, a_classifier().classify(whole, explain="with metastases"))


def test_a_lesion_raises_the_probability_at_nearly_every_bone() -> None:
    plain = a_trial().said.logit
    raised = [site for site in SITES if a_trial(site).said.logit > plain]
    assert len(raised) >= 10, f"raised at {raised} only"
    assert a_trial(*SITES).said.probability > 0.5


def test_most_views_maps_hold_more_at_the_lesion_than_an_even_map_would() -> None:
    """In each view that shows the lesion: the view's own map, its share inside over that of the area.

    Half of them at least and by far: the demonstration model does not see the skull, nor what a view shows faintly.
    """
    ratios: dict[tuple[str, View], float] = {}
    for site in SITES:
        trial = a_trial(site)
        for view in VIEWS:
            masks = trial.scan.masks[view]
            volume = trial.said.maps[view]
            if masks and float(volume.array.max()) > 0.0:
                body = Mask.on(volume, outline_body(trial.scan.views[view].array[0]).mask[None], "body")
                ratios[site, view] = localise_map({view: volume}, {view: masks}, {view: body}).energy_ratio
    assert len(ratios) >= 16
    assert {view for _, view in ratios} == set(VIEWS)
    assert np.median(list(ratios.values())) >= 3.0
    assert np.mean(np.array(list(ratios.values())) > 1.0) > 0.5


def test_the_map_depends_on_what_was_learned() -> None:
    classifier = a_classifier()
    assert classifier.card is not None
    from oncologyai.models import Store

    network = Store().get(MODEL).path / classifier.card.full.members[0].maps
    trial = a_trial("L3")
    whole = WholeBodyScan(trial.scan.views["anterior"], trial.scan.views["posterior"])
    assert check_sanity(classifier, network, whole, draws=2).is_passed
