"""``oncology-ai explore``: options become a request, and one clear line for everything else."""

import json

import pytest

from oncologyai.cli import main

pytest.importorskip("plotly", reason="plotly is not installed")


@pytest.fixture
def a_folder(tmp_path):
    rows = [f"P{n}_CT,{n % 3},{n % 5},{n}" for n in range(30)]
    (tmp_path / "features.csv").write_text("patient,a,b,size\n" + "\n".join(rows) + "\n")
    (tmp_path / "clinical.csv").write_text("id,grade\n" + "\n".join(f"P{n},G{n % 3}" for n in range(30)) + "\n")
    return tmp_path


def words(folder, *more: str) -> list[str]:
    given = ["explore", folder / "features.csv", "--clinical", folder / "clinical.csv", "--outcome", "grade"]
    return [str(word) for word in (*given, "--out", folder / "out", *more)]


def test_it_says_what_came_out(a_folder, capsys) -> None:
    assert main(words(a_folder, "--volume", "size", "--classes", "G0,G2", "--positive", "G0", "--no-page")) == 0
    said = capsys.readouterr()
    assert "G0: 10 rows of 10 patients (0.50); 10 in the file (0.33)" in said.out
    assert "of 3 features with a corrected p below 0.05" in said.out and said.out.strip().endswith("out")
    assert "a: p 1." in said.out and "AUC 0.000" in said.out
    assert "note: 10 rows of other classes left out" in said.err
    assert (a_folder / "out" / "volume.csv").is_file() and not (a_folder / "out" / "report.html").exists()


def test_programs_read_events(a_folder, capsys) -> None:
    assert main(words(a_folder, "--progress", "json", "--exclude", "s*", "--exclude-patient", "P0")) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events[-1] == {"event": "done", "folder": str(a_folder / "out"), "rows": 29, "features": 2}
    shares = [event["share"] for event in events if event["event"] == "stage"]
    assert shares == sorted(shares) and {"read", "tests", "page"} <= {event.get("name") for event in events}
    assert (a_folder / "out" / "report.html").is_file()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--classes", "G9"], "--classes: expected at least two different classes, got G9"),
        (["--volume", "mass"], "--volume: expected a feature of the table, got 'mass'"),
        (["--horizon-days", "365"], "--horizon-days: expected --event and --horizon-days together"),
        (["--alpha", "5"], "--alpha: expected a number from 0 to 1, got 5.0"),
        (["--key", "("], "--key: expected a pattern such as"),
        (["--sheet", "x", "--clinical", "gone.xlsx"], "gone.xlsx: expected a table"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(a_folder, capsys, more, said) -> None:
    assert main(words(a_folder, *more)) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"oncology-ai: {said}") and error.count("\n") == 1
    assert not (a_folder / "out").exists()
