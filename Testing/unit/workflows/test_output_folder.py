"""What a later run may replace in a folder of results, and what it takes away."""

from pathlib import Path

import pytest

from oncologyai.errors import OutputError
from oncologyai.workflows.output_folder import remove_stale, require_replaceable

MARKS = {"bundle": "bundle/bundle.json"}


def test_a_folder_of_the_users_is_not_replaced_and_one_of_ours_is(tmp_path: Path) -> None:
    require_replaceable(tmp_path / "nowhere", MARKS)
    (tmp_path / "bundle").mkdir()
    with pytest.raises(OutputError, match="bundle: expected nothing there, or what an earlier run made"):
        require_replaceable(tmp_path, MARKS)
    (tmp_path / "bundle" / "bundle.json").write_text("{}")
    require_replaceable(tmp_path, MARKS)


def test_files_that_were_not_made_again_go_and_others_stay(tmp_path: Path) -> None:
    for name in ("report.html", "scene.mrb", "mine.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "study").mkdir()
    remove_stale(tmp_path, ("report.html", "scene.mrb", "study"), [tmp_path / "report.html"])
    assert {path.name for path in tmp_path.iterdir()} == {"report.html", "mine.txt", "study"}
