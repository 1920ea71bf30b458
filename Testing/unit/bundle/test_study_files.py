"""A study file as a panel writes it."""

import json

from oncologyai.bundle import read_table, write_study_files
from oncologyai.types import Table


def test_a_study_and_the_table_of_a_node_are_written(tmp_path):
    table = Table("node", ("patient", "age"), (("P-1", 61.5),))
    path = write_study_files({"name": "x", "title": "Größe"}, tmp_path / "new", table)
    assert path == tmp_path / "new" / "study.yaml"
    assert json.loads(path.read_text(encoding="utf-8")) == {"name": "x", "title": "Größe"}
    assert read_table(tmp_path / "new" / "table.csv").rows == table.rows


def test_without_a_table_there_is_just_the_study(tmp_path):
    write_study_files({"name": "x"}, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["study.yaml"]
