"""A diagnostic study: balanced, in orders of the readers' own, and nothing in the readers' folder tells the truth."""

import numpy as np
import pytest

from oncologyai.errors import CancelledError, InputError
from oncologyai.studies import (
    DIAGNOSIS,
    DiagnosisCase,
    DiagnosisConfig,
    add_diagnosis_reader,
    create_diagnosis_study,
    read_diagnosis_item,
    read_diagnosis_key,
    read_items,
    read_study,
)

from .conftest import a_scan


class Cancelling:
    """Says cancelled from the third question on."""

    def __init__(self) -> None:
        self.asked = 0

    def stage(self, name: str, share: float) -> None:
        pass

    def cancelled(self) -> bool:
        self.asked += 1
        return self.asked > 2


def test_half_of_the_sample_has_the_disease_and_each_reader_sees_all_of_it(a_diagnosis_study):
    study = a_diagnosis_study(30, (("Dr A", "physician"), ("Dr B", "")), cases=12)
    key = read_diagnosis_key(study.folder.with_name("study-key"), study.identity)
    assert read_study(study.folder) == study and study.kind == DIAGNOSIS and study.choices == ("yes", "no")
    assert sum(case.positive for case in key.cases) == 6 and len({case.name for case in key.cases}) == 12
    assert (key.offered, key.offered_positive) == (30, 10)
    orders = [[item.case for item in read_items(study, reader)] for reader in study.readers]
    assert all(sorted(order) == [f"c{n:03d}" for n in range(1, 13)] for order in orders)
    assert orders[0] != orders[1]


def test_readers_see_the_views_of_the_key_and_a_missing_one_is_missing(a_diagnosis_study):
    study = a_diagnosis_study()
    names = {c.case: c.name for c in read_diagnosis_key(study.folder.with_name("study-key"), study.identity).cases}
    for item in read_items(study, study.readers[0]):
        images, expected = read_diagnosis_item(item), a_scan(names[item.case])
        assert set(images) == ({"posterior"} if names[item.case] == "SCAN-05" else {"anterior", "posterior"})
        for view, image in images.items():
            wanted = a_scan("SCAN-05", views=("posterior",)) if len(images) == 1 else expected
            assert np.array_equal(image.array, wanted[view].array)
            assert np.allclose(image.ijk_to_ras, wanted[view].ijk_to_ras) and (image.modality, image.unit) == (
                "NM",
                "counts",
            )


def test_nothing_that_readers_get_tells_names_sources_or_the_seed(a_diagnosis_study):
    study = a_diagnosis_study(9, (("Dr A", "physician"),), repeats=0.5)
    everything = b"".join(
        str(path.relative_to(study.folder)).encode() + path.read_bytes()
        for path in study.folder.rglob("*")
        if path.is_file()
    )
    for word in (b"SCAN", b"scans/", b"987654321", b"positive", b"truth", b"key"):
        assert word not in everything, word
    assert b"SCAN-03" in (study.folder.with_name("study-key") / "key.json").read_bytes()


def test_the_readers_folder_is_the_same_whatever_the_truth_is(tmp_path):
    """With all cases taken, order and numbers do not follow from who is ill."""
    contents = []
    for turn in (False, True):
        cases = [DiagnosisCase(f"P{n}", "", (n % 3 == 0) != turn) for n in range(9)]
        out = tmp_path / f"study{turn}"
        create_diagnosis_study(
            out,
            tmp_path / f"key{turn}",
            cases,
            lambda case: a_scan(case.name),
            DiagnosisConfig(3),
            readers=[("Dr A", "")],
        )
        contents.append({str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()})
    assert contents[0] == contents[1]


def test_repeats_are_the_same_case_later(a_diagnosis_study):
    study = a_diagnosis_study(9, repeats=0.34)
    shown = [item.case for item in read_items(study, study.readers[0])]
    assert len(shown) == 12 and len(set(shown)) == 9


def test_a_reader_added_later_leaves_the_others_as_they_were(a_diagnosis_study):
    study = a_diagnosis_study()
    before = study.items_path(study.readers[0]).read_bytes()
    key = read_diagnosis_key(study.folder.with_name("study-key"), study.identity)
    more = add_diagnosis_reader(study, key, "Dr B", "trainee")
    assert study.items_path(study.readers[0]).read_bytes() == before
    assert len(read_items(more, more.reader("dr b"))) == 9 and read_study(study.folder) == more
    with pytest.raises(InputError, match="a name that no reader has"):
        add_diagnosis_reader(more, key, "DR B")


def test_a_cancelled_or_refused_study_leaves_nothing(tmp_path):
    cases = [DiagnosisCase(f"P{n}", "", n % 2 == 0) for n in range(6)]
    out, key = tmp_path / "study", tmp_path / "key"
    with pytest.raises(CancelledError):
        create_diagnosis_study(
            out, key, cases, lambda case: a_scan(case.name), DiagnosisConfig(3), progress=Cancelling()
        )
    with pytest.raises(InputError, match="case P.: expected an image or more, got none"):
        create_diagnosis_study(out, key, cases, lambda case: {}, DiagnosisConfig(3))
    with pytest.raises(InputError, match="each case once"):
        create_diagnosis_study(out, key, [*cases, cases[0]], lambda case: a_scan(case.name), DiagnosisConfig(3))
    with pytest.raises(InputError, match="at most twice the cases with the disease, got 8 and 3"):
        create_diagnosis_study(out, key, cases, lambda case: a_scan(case.name), DiagnosisConfig(3, cases=8))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"seed": -1}, "seed: expected a whole number from 0"),
        ({"seed": 1, "repeats": 2.0}, "repeats: expected"),
        ({"seed": 1, "question": " "}, "question: expected what readers are asked"),
        ({"seed": 1, "confidences": ("sure", "")}, "confidences: expected a name for each step"),
    ],
)
def test_rejects_settings_out_of_range(settings, message):
    with pytest.raises(InputError, match=message):
        DiagnosisConfig(**settings)
