"""``oncology-ai evaluate``: a pair or a cohort, and one clear line for everything else."""

import json

import numpy as np
import pytest

from oncologyai.cli import main
from oncologyai.imaging import write_masks
from oncologyai.types import Mask


@pytest.fixture
def a_folder(tmp_path):
    array = np.zeros((8, 8, 8), bool)
    array[2:5, 2:5, 2:5] = True
    for name, shift in (("ref", 0), ("a", 1), ("b", 0)):
        write_masks([Mask(np.roll(array, shift, axis=0), np.eye(4))], tmp_path / f"{name}.nrrd")
    (tmp_path / "cohort.csv").write_text(
        "case,gtv,a,b,where\n1,ref.nrrd,a.nrrd,b.nrrd,left\n2,ref.nrrd,gone.nrrd,b.nrrd,right\n"
    )
    (tmp_path / "metrics.csv").write_text("case,method,dice\n" + "".join(f"{n},A,0.{n}\n" for n in range(1, 9)))
    return tmp_path


def test_one_pair_as_before(a_folder, capsys) -> None:
    assert main(["evaluate", str(a_folder / "ref.nrrd"), str(a_folder / "a.nrrd")]) == 0
    assert "dice\t0.6667" in capsys.readouterr().out


def test_a_cohort_of_masks_says_what_came_out(a_folder, capsys) -> None:
    words = ["evaluate", "--cohort", str(a_folder / "cohort.csv"), "--column", "reference=gtv", "--result", "A=a"]
    words += ["--result", "B=b", "--group-by", "where", "--bootstrap", "50", "--out", str(a_folder / "out")]
    assert main(words) == 0
    said = capsys.readouterr()
    assert "A: 1 cases, dice 0.667 (IQR 0)" in said.out and "B: 2 cases, dice 1 (IQR 0)" in said.out
    assert "failed: 2 A: gone.nrrd: expected a file" in said.err and "note: A: 1 of 2 cases" in said.err
    assert "1 failures: see" in said.out and said.out.strip().endswith("report.html")
    assert main([*words, "--progress", "json"]) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last == {"event": "done", "folder": str(a_folder / "out"), "rows": 3, "failures": 1, "kept": 1}


def test_a_cohort_of_metrics_in_groups_with_borders(a_folder, capsys) -> None:
    words = [
        "evaluate",
        "--cohort",
        str(a_folder / "metrics.csv"),
        "--group-by",
        "dice,case",
        "--edges",
        "dice=0.25,0.5",
    ]
    assert main([*words, "--out", str(a_folder / "out")]) == 0
    rows = (a_folder / "out" / "tables" / "groups.csv").read_text(encoding="utf-8").splitlines()
    assert [row.split(",")[3:5] for row in rows if row.startswith("dice,")] == [
        ["≤ 0.25", "2"], ["0.25 to 0.5", "3"], ["> 0.5", "3"],
    ]  # fmt: skip
    assert [row.split(",")[3] for row in rows if row.startswith("case,")] == ["≤ 4.5", "> 4.5"]


BAD = [
    ([], "evaluate: expected two masks, or --cohort TABLE --out FOLDER, got neither"),
    (["a.nrrd"], "evaluate: expected two masks"),
    (["a", "b", "--group-by", "x"], "--group-by: expected --cohort TABLE with it, got no cohort"),
    (["a", "b", "--lung", "x=y"], "--lung: expected --cohort TABLE with it"),
    (["--cohort", "metrics.csv"], "--out: expected a folder for the report, got none"),
    (["--cohort", "metrics.csv", "--out", "o", "--image", "i"], "--image: expected not to be given with --cohort"),
    (["a", "--cohort", "metrics.csv", "--out", "o"], "REFERENCE: expected not to be given with --cohort"),
    (["--cohort", "metrics.csv", "--out", "o", "--column", "dice"], "--column: expected NAME=VALUE, got 'dice'"),
    (["--cohort", "metrics.csv", "--out", "o", "--column", "a=b", "--column", "a=c"], "each name once, got a twice"),
    (["--cohort", "metrics.csv", "--out", "o", "--group-by", "x"], "--group-by: expected one of case, method, dice"),
    (
        ["--cohort", "metrics.csv", "--out", "o", "--group-by", "dice", "--edges", "dice=a"],
        "--edges dice: expected ris",
    ),
    (["--cohort", "metrics.csv", "--out", "o", "--edges", "dice=1"], "--edges: expected one of none"),
    (["--cohort", "metrics.csv", "--out", "o", "--metric", "x"], "--metric: expected some of dice, got x"),
    (["--cohort", "metrics.csv", "--out", "o", "--reader", "x"], "--reader: expected one of A, reference, got 'x'"),
    (["--cohort", "metrics.csv", "--out", "o", "--horizon-days", "0"], "--horizon-days: expected a number above 0"),
    (["--cohort", "none.csv", "--out", "o"], "none.csv: expected a table (.csv or .xlsx), got no such file"),
    (["--cohort", "cohort.csv", "--out", "o", "--result", "A=a"], "cohort.csv: expected a column of cohort.csv"),
]


@pytest.mark.parametrize(("words", "said"), BAD)
def test_bad_input_is_one_line_with_code_2_and_leaves_nothing(a_folder, capsys, monkeypatch, words, said) -> None:
    monkeypatch.chdir(a_folder)
    assert main(["evaluate", *words]) == 2
    line = capsys.readouterr().err.strip()
    assert said in line and len(line.splitlines()) == 1
    assert not (a_folder / "o").exists()
