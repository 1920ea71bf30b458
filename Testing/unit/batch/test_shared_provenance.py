"""The provenance beside a cohort's table says what all its cases share, and what they do not."""

import json

import pytest

from oncologyai.batch.gather import BatchReport
from oncologyai.batch.shared_provenance import provenance_beside, shared_provenance


@pytest.fixture
def a_report(tmp_path):
    """Make a report of two cases whose settings differ as asked."""

    def make(*settings, files=1):
        folders = {}
        for number, one in enumerate(settings):
            folder = tmp_path / str(number)
            folder.mkdir()
            for file in range(files):
                content = {
                    "pipeline": "features",
                    "versions": {"a": "1"},
                    "settings": one,
                    "inputs_sha256": {"i": number},
                }
                (folder / f"{file}.provenance.json").write_text(json.dumps(content))
            folders[str(number), "features"] = folder
        return BatchReport("b", tuple("01"), {}, "features", (), folders, 2, 0, 0)

    return make


def test_what_all_have_alike_is_kept(a_report):
    one = {"features": {"bin_width": 0.25}, "image": {"unit": "SUVbw"}}
    found = shared_provenance(a_report(one, one), "features")
    assert found == {"pipeline": "features", "versions": {"a": "1"}, "settings": one, "warnings": []}


def test_what_differs_is_left_out_and_named(a_report):
    found = shared_provenance(
        a_report({"features": {"bin_width": 0.25}, "e": 1}, {"features": {"bin_width": 25.0}, "e": 1}), "features"
    )
    assert found["settings"] == {"e": 1}
    assert found["warnings"] == ["cases differ in settings: features"]


def test_without_a_provenance_of_each_case_there_is_none(a_report):
    assert shared_provenance(a_report({}, {}, files=0), "features") is None
    assert shared_provenance(a_report(), "features") is None


def test_it_lies_beside_the_table(tmp_path):
    assert provenance_beside(tmp_path / "a.csv").name == "a.provenance.json"
