"""A whole cross-validation: nobody is judged by a model that had seen him, and the final card says how it went."""

import csv

import numpy as np
import pytest
import yaml

from oncologyai.errors import InputError
from oncologyai.inference import TRUST_FEATURES
from oncologyai.models import load_card
from oncologyai.training import HeldOut, cross_validate, load_config
from oncologyai.training.cross_validate import HELD_OUT, _figures, _trust

MODEL = {
    "title": "Balls",
    "labels": [{"name": "GTV-1", "terminology": "tumour"}],
    "training": {"description": "balls", "synthetic": True},
    "licence": {"name": "CC0", "commercial": True},
}


@pytest.fixture
def a_config(settings, tmp_path):
    path = tmp_path / "balls.yaml"
    path.write_text(yaml.safe_dump({**settings, "model": MODEL, "keep": "last", "phases": [{"epochs": 2}]}))
    return load_config(path)


def rows(dice, channels="pet+ct", **without):
    generator = np.random.default_rng(0)
    return [
        HeldOut(f"P{n}", f"P{n}", channels, n % 3, 10.0, 9.0, {"dice": d, "hd95_max_mm": 5.0}, dict(
            zip(TRUST_FEATURES, generator.random(5), strict=True)), {k: v[n] for k, v in without.items()}, 0.9, (0.2,))
        for n, d in enumerate(dice)
    ]  # fmt: skip


def test_every_patient_is_judged_once_and_the_final_card_tells(a_config, tmp_path) -> None:
    folder = tmp_path / "cv"
    result = cross_validate(a_config, folder, members="none")
    assert result.finished and [row.case for row in result.rows] == [f"P{n}" for n in range(6)]
    assert {row.fold for row in result.rows} == {0, 1, 2}
    for row in result.rows:
        with (folder / f"fold-{row.fold}" / HELD_OUT).open() as stream:
            assert row.case in {line["case"] for line in csv.DictReader(stream)}
    complete = [row for row in result.rows if row.channels == "pet+ct"]
    assert len(complete) == 4 and all(set(row.without) == {"pet", "ct"} for row in complete)
    card = load_card(folder / "final")
    told = {(figure.metric, figure.test_set.rpartition("; ")[2]): figure for figure in card.figures}
    mean = float(np.mean([row.dice for row in result.rows]))
    assert told["mean Dice", "each judged by a model that had not seen it"].value == pytest.approx(mean, abs=1e-4)
    assert told["mean Dice", "the patients with pet+ct, ct left out"].cases == 4
    assert card.training.patients == 6 and card.training_ranges.orientations == ("LPS",)
    assert card.trust is None


def test_what_is_finished_is_not_done_again(a_config, tmp_path) -> None:
    folder = tmp_path / "cv"
    begun = cross_validate(a_config, folder, members="none", final=False, minutes=0.0)
    assert not begun.finished and begun.rows == ()
    whole = cross_validate(a_config, folder, members="none", final=False)
    assert whole.finished
    stamps = {path: path.stat().st_mtime_ns for path in folder.glob("fold-*/*") if path.is_file()}
    again = cross_validate(a_config, folder, members="none", final=False)
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps
    assert [row.dice for row in again.rows] == pytest.approx([row.dice for row in whole.rows], abs=1e-5)


def test_trust_is_fitted_on_the_cases_left_out_and_needs_eight() -> None:
    assert _trust(rows([0.5] * 7)) is None
    planted = rows(np.linspace(0.3, 0.9, 20))
    planted = [HeldOut(**{**vars(row), "features": {**row.features, "mean_probability": row.dice}}) for row in planted]
    fit = _trust(planted)
    assert fit is not None and fit.error < 0.03 < fit.error_of_mean


def test_figures_tell_all_the_complete_and_each_channel_left_out() -> None:
    some = rows([0.9, 0.7], ct=[0.6, 0.4]) + rows([0.2], channels="pet")
    found = [(figure.metric, figure.value, figure.cases) for figure in _figures(some, "where", ["pet", "ct"])]
    assert ("mean Dice", 0.6, 3) in found and ("mean Dice", 0.8, 2) in found and ("mean Dice", 0.5, 2) in found


def test_refuses_a_configuration_without_folds_or_texts(a_config, tmp_path) -> None:
    for change in ({"model": {}}, {"folds": 0}):
        with pytest.raises(InputError, match="folds of 2 or more, and model"):
            cross_validate(a_config.model_copy(update=change), tmp_path / "cv")


def test_refuses_several_processes(a_config, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "1")
    with pytest.raises(InputError, match="one process for a cross-validation"):
        cross_validate(a_config, tmp_path / "cv")
