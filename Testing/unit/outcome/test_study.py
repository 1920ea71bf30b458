"""Study files: what they may say, and that the first thing wrong is named with what would be right."""

from pathlib import Path

import pytest

from oncologyai.errors import InputError, MissingFileError, UnreadableFileError
from oncologyai.outcome import read_study
from oncologyai.outcome.study import schema_text
from oncologyai.resources import resource_path

EXAMPLES = Path(__file__).parents[3] / "Resources" / "examples" / "outcome"
STUDIES = sorted(path for path in EXAMPLES.glob("*.yaml") if "\nmodels:" in path.read_text(encoding="utf-8"))

PLAIN = """
name: tiny
tables: [{path: data/t.csv}]
roles: {patient: id, time: days, event: dead, group: centre}
models: [{name: m, learner: cox, leaking: true}]
"""


def read(tmp_path, text, **more):
    path = tmp_path / "study.yaml"
    path.write_text(text)
    return read_study(path, **more)


@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_the_examples_are_studies_of_known_learners(path):
    assert read_study(path).name == path.stem


def test_paths_begin_at_the_study_file_or_at_the_folder_of_data(tmp_path):
    assert read(tmp_path, PLAIN).tables[0].path == str(tmp_path / "data" / "t.csv")
    assert read(tmp_path, PLAIN, data=Path("/elsewhere")).tables[0].path == str(Path("/elsewhere/data/t.csv"))


def test_numbers_are_taken_as_the_text_of_a_cell(tmp_path):
    text = PLAIN.replace("time: days, event: dead", "label: idh, positive: 1") + "where: {grade: [2, 3]}\n"
    study = read(tmp_path, text)
    assert (study.roles.positive, study.where["grade"], study.is_survival) == ("1", ("2", "3"), False)


def test_competing_events_in_columns_of_their_own_are_roles(tmp_path):
    roles = read(tmp_path, PLAIN.replace("event: dead", "event: failed, competes: {dead: dead_days}")).roles.as_roles()
    assert roles.competing == ("dead",) and set(roles.exclude) == {"dead", "dead_days"}


def test_a_published_form_may_be_compared(tmp_path):
    study = read(tmp_path, PLAIN + "compare: [[m, m (as published)]]\n")
    assert study.compare == (("m", "m (as published)"),)


def test_published_schema_is_the_one_of_the_class():
    published = resource_path("schemas/outcome-study.schema.json").read_text(encoding="utf-8")
    assert published == schema_text(), "write it again: resources/schemas/outcome-study.schema.json from schema_text()"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("name: tiny", "name: Tiny one"), "study.yaml: name: expected String should match"),
        (("learner: cox", "learner: coks"), "study.yaml: model m: learner: expected one of aft"),
        (("learner: cox", "learner: cox, options: {depth: 2}"), "model m: option of cox: expected one of"),
        (("learner: cox", "learner: cox, option: {}"), "models.0.option: expected a known field, got an unknown one"),
        (("time: days, event: dead", "time: days"), "roles time: expected time and event together, got one of them"),
        (("patient: id", "patient: id, features: [dead]"), "columns other than the outcome's, got dead"),
        (("models:", "compare: [[m, n]]\nmodels:"), "compare: expected names of models .m, m .as published.., got n"),
        (("models:", "design: {kind: external}\nmodels:"), "expected train and test, groups to learn from"),
        (("models:", "design: {train: [a], test: [b]}\nmodels:"), "train and test with kind external, got kind nested"),
        (("models:", "lesions: each\nmodels:"), "lesions: expected a label of each lesion, got a follow-up"),
        (("models:", "horizons_days: [9, 3]\nmodels:"), "horizons_days: expected rising days, got others"),
        ((", group: centre", ""), None),
        (("roles:", "role:"), "study.yaml: roles: expected a value, got none"),
    ],
)
def test_what_cannot_be_is_named(tmp_path, change, said):
    text = PLAIN.replace(*change)
    if said is None:
        text, said = text.replace("models:", "design: {kind: centres}\nmodels:"), "roles.group: expected a column"
    with pytest.raises(InputError, match=said):
        read(tmp_path, text)


def test_files_that_are_no_study_are_told(tmp_path):
    with pytest.raises(MissingFileError, match="a study file .*, got no such file"):
        read_study(tmp_path / "none.yaml")
    with pytest.raises(UnreadableFileError, match="expected YAML, got"):
        read(tmp_path, "a: [")
    with pytest.raises(UnreadableFileError, match="fields with their values, got list"):
        read(tmp_path, "- a")
