"""Chapter 2's workflow: the patients' combinations count, and patients are harmonised by the phantom."""

from dataclasses import replace

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.pipelines import PatientRows, PhantomRows, judge_phantom_study
from oncologyai.robustness import PlantedConfig, plant_study

STUDY = plant_study(PlantedConfig(patients=40, features=3, seed=5))


def phantom_rows() -> PhantomRows:
    rows = STUDY.phantom.rows
    values = np.array([row[5:] for row in rows], dtype=float)
    names = tuple("|".join(map(str, row[2:5])) for row in rows)
    return PhantomRows(tuple(str(row[0]) for row in rows), names, STUDY.phantom.columns[5:], values)


def patient_rows(skip_last: bool = True) -> PatientRows:
    rows = STUDY.patients.rows[:-1] if skip_last else STUDY.patients.rows
    values = np.array([row[4:] for row in rows], dtype=float)
    names = tuple("|".join(map(str, row[1:4])) for row in rows)
    return PatientRows(tuple(str(row[0]) for row in rows), names, STUDY.patients.columns[4:], values)


def test_stable_features_stay_and_harmonisable_ones_come_together() -> None:
    found = judge_phantom_study(phantom_rows(), patient_rows())
    assert found.harmonised is not None and found.harmonised.columns[:2] == ("patient", "combination")
    kept = found.harmonised.columns[2:]
    assert set(kept) == {name for name, kind in STUDY.expected.items() if kind != "rejected"}
    values = np.array([row[2:] for row in found.harmonised.rows], dtype=float)
    raw = patient_rows().values
    for place, name in enumerate(kept):
        own = list(STUDY.expected).index(name)
        truth = STUDY.truth[:-1, own]
        if STUDY.expected[name] == "stable":
            assert np.array_equal(values[:, place], raw[:, own])
        else:
            assert np.corrcoef(values[:, place], truth)[0, 1] > max(0.97, np.corrcoef(raw[:, own], truth)[0, 1])


def test_combinations_are_counted_on_both_sides() -> None:
    found = judge_phantom_study(phantom_rows(), patient_rows())
    rows = {row[0]: row[1:] for row in found.combinations.rows}
    patients = patient_rows()
    assert all(scans == 2 for scans, _ in rows.values())
    assert {name: count for name, (_, count) in rows.items()} == {
        name: patients.combinations.count(name) for name in rows
    }


def test_a_patient_whose_parameters_the_phantom_lacks_is_refused_or_left_out() -> None:
    with pytest.raises(InputError, match=r"patients: expected combinations .* got 1 others, the first: 100\|B80f\|5.0"):
        judge_phantom_study(phantom_rows(), patient_rows(skip_last=False))
    found = judge_phantom_study(phantom_rows(), patient_rows(skip_last=False), skip_unknown=True)
    assert found.left_out == ("P040",) and any("1 patients left out" in note for note in found.notes)
    assert found.harmonised is not None and len(found.harmonised.rows) == 39


def test_only_the_patients_combinations_count_unless_all_are_asked_for() -> None:
    patients = patient_rows()
    few = [place for place, name in enumerate(patients.combinations) if name in sorted(set(patients.combinations))[:3]]
    some = PatientRows(
        tuple(patients.patients[n] for n in few), tuple(patients.combinations[n] for n in few), patients.features,
        patients.values[few],
    )  # fmt: skip
    found = judge_phantom_study(phantom_rows(), some)
    assert found.verdict.model is not None and len(found.verdict.model.batches) == 3
    assert any("3 combinations of the phantom belong to no patient" in note for note in found.notes)
    every = judge_phantom_study(phantom_rows(), some, every_combination=True)
    assert every.verdict.model is not None and len(every.verdict.model.batches) == 6


def test_without_patients_the_phantom_alone_is_judged() -> None:
    found = judge_phantom_study(phantom_rows(), source="phantom.csv", settings={"tables_sha256": {"phantom.csv": "1"}})
    assert found.harmonised is None and found.left_out == ()
    assert found.verdict.stability[0].source == "phantom.csv"
    assert found.provenance.settings["tables_sha256"] == {"phantom.csv": "1"}
    assert [row[0] for row in found.features.rows] == list(STUDY.expected)
    row = dict(zip(found.features.columns, found.features.rows[0], strict=True))
    assert row["across"] > 0.9 and row["retest"] > 0.9 and row["after"] is None and " and " in row["across_where"]


def test_parameters_of_patients_alone_choose_the_combinations() -> None:
    patients = patient_rows()
    found = judge_phantom_study(phantom_rows(), PatientRows(patients.patients, patients.combinations))
    assert found.harmonised is None and len(found.combinations.rows) == 6


def test_values_beyond_the_phantom_are_told() -> None:
    patients = patient_rows()
    far = replace(patients, values=patients.values * 5)
    assert any(
        "outside the phantom's range (the worst 100%)" in n for n in judge_phantom_study(phantom_rows(), far).notes
    )


def test_patients_without_a_feature_are_refused() -> None:
    patients = patient_rows()
    with pytest.raises(InputError, match="patients: expected every feature that the phantom lets through, got no"):
        judge_phantom_study(
            phantom_rows(), replace(patients, features=patients.features[1:], values=patients.values[:, 1:])
        )
