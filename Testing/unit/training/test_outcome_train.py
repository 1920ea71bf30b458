"""From a configuration to weights, card, predictions and features; folds over patients; epochs chosen within."""

import csv
import json

import numpy as np
import pytest

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.inference import answer_outcome, load_outcome_network
from oncologyai.models import load_outcome_card, sha256_of, write_weights
from oncologyai.networks import build_outcome_network
from oncologyai.training import (
    OutcomePrediction,
    OutcomeTrainConfig,
    cross_validate_outcome,
    find_outcome_cases,
    load_outcome_cases,
    train_outcome,
)
from oncologyai.training.outcome_begin import begin_outcome_network
from oncologyai.training.outcome_tables import patients_of_cases


def config_of(fields, **changes):
    return OutcomeTrainConfig.model_validate(fields | changes)


def table(path):
    with path.open() as stream:
        return list(csv.DictReader(stream))


def test_a_training_leaves_a_model_that_says_the_same(outcome_fields, tmp_path):
    config = config_of(outcome_fields)
    made = train_outcome(config, tmp_path)
    card = load_outcome_card(tmp_path)
    assert made.finished and card.epochs == 3 and card.endpoint.name == "event"
    held = [row for row in made.predictions if row.fold == 0]
    assert len(held) == 4 and {row.patient for row in held}.isdisjoint(card.seen) and len(card.seen) == 8
    assert all(row.seen == (row.patient in card.seen) for row in made.predictions)
    assert card.figures[0].cases == 4 and "not trained on" in card.figures[0].test_set
    network = load_outcome_network(card, tmp_path)
    cases = {c.name: c for c in load_outcome_cases(find_outcome_cases(config), config, tmp_path / "cache")}
    features = {row["case"]: row for row in table(tmp_path / "features.csv")}
    for row in made.predictions:
        answer = answer_outcome(network, cases[row.case].inputs(12))
        assert answer.probability == pytest.approx(row.probability, abs=1e-6)
        values = [float(features[row.case][f"deep_{n:03d}"]) for n in range(16)]
        np.testing.assert_allclose(values, answer.features, rtol=1e-5, atol=1e-7)
        assert features[row.case]["seen"] == str(int(row.seen))


def test_the_card_says_that_the_stem_is_random_and_frozen(outcome_fields):
    _, said = begin_outcome_network(config_of(outcome_fields))
    stem, above = said
    assert stem.frozen and stem.part == "stem" and "no ImageNet weights" in stem.what and not stem.sha256
    assert not above.frozen and above.what.startswith("random")


def test_public_weights_of_the_stem_are_taken_by_their_hash(outcome_fields, tmp_path):
    stem = build_outcome_network("2be3net", size=(6, 16, 16), widths=[4], hidden=4).stem
    weights = {n: v.numpy() for n, v in stem.state_dict().items() if not n.endswith("num_batches_tracked")}
    path = tmp_path / "resnet50.safetensors"
    write_weights({**weights, "fc.weight": np.zeros((3, 2), np.float32)}, path)
    about = {"path": str(path), "sha256": sha256_of(path), "what": "ResNet-50, ImageNet", "licence": "BSD-3-Clause"}
    network, said = begin_outcome_network(config_of(outcome_fields, stem=about))
    assert said[0].sha256 == about["sha256"] and said[0].what == about["what"] and said[0].frozen
    np.testing.assert_array_equal(network.stem.layer1[2].conv3.weight.numpy(), weights["layer1.2.conv3.weight"])
    with pytest.raises(UnreadableFileError, match="SHA-256"):
        begin_outcome_network(config_of(outcome_fields, stem=about | {"sha256": "0" * 64}))
    with pytest.raises(MissingFileError, match="stem.path"):
        begin_outcome_network(config_of(outcome_fields, stem=about | {"path": str(tmp_path / "no.safetensors")}))
    write_weights({name: value for name, value in weights.items() if name != "conv1.weight"}, path)
    with pytest.raises(InputError, match="none called conv1.weight"):
        begin_outcome_network(config_of(outcome_fields, stem=about | {"sha256": sha256_of(path)}))


def test_a_training_begins_from_one_on_another_label(outcome_fields, tmp_path):
    train_outcome(config_of(outcome_fields), tmp_path / "first")
    earlier = load_outcome_network(load_outcome_card(tmp_path / "first"), tmp_path / "first").state_dict()
    begin = {"path": str(tmp_path / "first")}
    network, said = begin_outcome_network(config_of(outcome_fields, begin_from=begin, seed=6))
    own = network.state_dict()
    assert all(own[name].equal(earlier[name]) for name in own if not name.startswith("last."))
    assert not own["last.weight"].equal(earlier["last.weight"])
    assert [one.part for one in said] == ["stem", "above the stem", "last layer"]
    assert "event of 8 patients" in said[1].what and said[1].sha256
    kept, _ = begin_outcome_network(config_of(outcome_fields, begin_from=begin | {"reset_last": False}))
    assert kept.state_dict()["last.weight"].equal(earlier["last.weight"])
    wider = {"name": "2be3net", "arguments": {"widths": [8, 12], "hidden": 16}}
    with pytest.raises(InputError, match="same network"):
        begin_outcome_network(config_of(outcome_fields, begin_from=begin, network=wider))


def test_every_patient_is_judged_once_by_a_network_that_had_not_seen_him(outcome_fields, tmp_path):
    config = config_of(outcome_fields, fold=None, epochs_tried=[1, 3], inner_folds=2)
    found = cross_validate_outcome(config, tmp_path)
    assert found.finished and [row.patient for row in found.patients] == [f"P{n:02d}" for n in range(12)]
    for row in found.predictions:
        assert not row.seen and row.patient not in load_outcome_card(tmp_path / f"fold-{row.fold}").seen
    assert len(found.fold_auc) == 3 and 0 <= found.auc.low <= found.auc.value <= found.auc.high <= 1
    for fold in range(3):
        chosen = json.loads((tmp_path / f"fold-{fold}" / "epochs.json").read_text())
        assert chosen["chosen"] in (1, 3) and set(chosen["mean_auc"]) == {"1", "3"}
        assert load_outcome_card(tmp_path / f"fold-{fold}").epochs == chosen["chosen"]
    before = (tmp_path / "fold-1" / "weights.safetensors").stat().st_mtime_ns
    again = cross_validate_outcome(config, tmp_path)
    assert again.predictions == found.predictions and again.auc == found.auc
    assert (tmp_path / "fold-1" / "weights.safetensors").stat().st_mtime_ns == before


def test_inner_folds_hold_no_patient_of_the_outer_fold(outcome_fields, tmp_path):
    import torch

    config = config_of(outcome_fields, epochs_tried=[1, 2], inner_folds=2)
    train_outcome(config, tmp_path)
    held = {row.case for row in train_outcome(config, tmp_path).predictions if row.fold == 0}
    for inner in range(2):
        state = torch.load(tmp_path / f"inner-{inner}" / "checkpoint.pt", weights_only=True)
        assert held.isdisjoint(state["cases"]) and held.isdisjoint(state["told"][1])


def test_only_patients_with_an_event_are_learned_from_where_asked(outcome_fields, an_outcome_table, tmp_path):
    rows = table(an_outcome_table)
    for number, row in enumerate(rows):  # two lesions a patient; of the first four one is an event
        row |= {"patient": f"Q{number // 2}", "event": str(int(number < 8 and number % 2))}
        row |= {key: str(an_outcome_table.parent / row[key]) for key in ("image", "mask")}
    with (tmp_path / "t.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    data = {"table": str(tmp_path / "t.csv"), "label": "event"}
    made = train_outcome(config_of(outcome_fields, data=data, folds=2, train_on="patients-with-event"), tmp_path / "o")
    seen = set(load_outcome_card(tmp_path / "o").seen)
    assert seen < {"Q0", "Q1", "Q2", "Q3"} and len(seen) == 2
    assert {row.patient for row in made.predictions if row.fold == 0} & {"Q4", "Q5"}


def test_a_patient_is_the_greatest_of_his_lesions():
    rows = [OutcomePrediction(f"L{n}", "A", n == 1, p, 2, False) for n, p in enumerate((0.2, 0.4, 0.9))]
    (found,) = patients_of_cases(rows)
    assert (found.probability, found.label, found.patient, found.fold) == (0.9, 1, "A", 2)


def test_more_folds_than_patients_of_a_class_and_no_folds_are_refused(outcome_fields, tmp_path):
    with pytest.raises(InputError, match="at most 6"):
        train_outcome(config_of(outcome_fields, folds=7), tmp_path)
    with pytest.raises(InputError, match="2 or more"):
        cross_validate_outcome(config_of(outcome_fields, folds=0, fold=None), tmp_path)
    with pytest.raises(InputError, match=r"model\.licence"):
        train_outcome(config_of(outcome_fields, model={"licence": 3}), tmp_path / "new")
    assert not (tmp_path / "new").exists()
