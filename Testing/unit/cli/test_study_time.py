"""Contours timed and compared from the command line."""

import io

import pytest

from oncologyai.cli import main
from oncologyai.studies import read_sessions


def test_recorded_and_compared(tmp_path, monkeypatch, capsys):
    table, out = tmp_path / "t.csv", tmp_path / "out"
    for method in ("manual", "corrected"):
        monkeypatch.setattr("sys.stdin", io.StringIO("p\nr\ns\n"))
        words = ["study", "time", "record", str(table), "--reader", "Dr A", "--case", "P1", "--method", method]
        assert main(words) == 0
        assert "done: 0.0 s at work" in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main([*words[:-1], "other"]) == 0
    assert capsys.readouterr().out.endswith("not ended; the same command goes on\n")
    assert [s.state for s in read_sessions(table)] == ["done", "done", "open"]
    assert main(["study", "time", "analyse", str(table), "--method", "corrected", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("manual\t1 contours\tmedian 0.0 s")
    assert "note: left out: Dr A, case P1, other" in said.err
    assert (out / "report.html").is_file()


def test_a_collected_table_gives_the_saving(tmp_path, capsys):
    rows = [f"Dr A,P{n},{method},{seconds}" for n in range(5) for method, seconds in (("hand", 100 + n), ("net", 2))]
    (tmp_path / "t.csv").write_text("\n".join(["reader,case,method,seconds", *rows]) + "\n")
    words = [
        "study",
        "time",
        "analyse",
        str(tmp_path / "t.csv"),
        "--collected",
        "--method",
        "net",
        "--reference",
        "hand",
    ]
    assert main(words) == 0
    assert "Dr A\tsaves 98.0 % (98.0 to 98.1), p 0.0625\t5 cases" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["analyse", "{absent}"], "expected a table of answers or times, got no such file"),
        (["analyse", "{table}", "--collected", "--seconds-column", "s"], "expected a column 's'"),
        (["analyse", "{table}"], "line 1: expected session,event,reader"),
        (["record", "{table}", "--reader", "a", "--case", "b"], "line 1: expected session,event,reader"),
        (["record", "{absent}", "--reader", " ", "--case", "b"], "reader: expected a name, got none"),
    ],
)
def test_bad_input_is_one_line_and_code_2(words, message, tmp_path, capsys):
    (tmp_path / "t.csv").write_text("reader,case,method,seconds\nDr A,P1,manual,5\n")
    filled = [word.format(absent=tmp_path / "absent.csv", table=tmp_path / "t.csv") for word in words]
    assert main(["study", "time", *filled]) == 2
    err = capsys.readouterr().err
    assert message in err and err.count("\n") == 1
