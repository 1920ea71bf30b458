"""Exit codes and one-line errors of the command line."""

import json

import pytest

from oncologyai.cli import main
from oncologyai.cli.reporting import ProgressMode, reporter
from oncologyai.errors import CancelledError, InputError

COMMANDS = ["run", "segment", "measure", "evaluate", "features", "doctor"]
DATASET = ["anonymize", "check", "convert", "describe", "preprocess", "presets", "preview"]


@pytest.mark.parametrize("command", [[], *[[c] for c in COMMANDS], *[["dataset", c] for c in DATASET]])
def test_every_command_has_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--help"]) == 0
    assert "Usage:" in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("oncology-ai ")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run"], "STUDY: expected either a study or --sample, got neither"),
        (["run", "x", "--sample", "ct"], "STUDY: expected either a study or --sample, got both"),
        (["run", "/no/such/folder", "--seed", "1,2"], "--seed: expected three numbers"),
        (["run", "/no/such/folder"], "--seed: expected at least one point"),
        (["run", "/no/such/folder", "--seed", "1,2,3", "--method", "magic"], "method: expected one of"),
        (["segment", "--out", "x.nrrd"], "IMAGE: expected either an image or --bundle"),
        (["segment", "x"], "--out: expected either --out or --out-bundle"),
    ],
)
def test_bad_input_is_one_line_and_code_2(
    words: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(str(tmp_path))
    assert main(words) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


def test_unknown_command_is_code_2() -> None:
    assert main(["unknown"]) == 2


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--debug", "run"]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_json_reporter_says_stages_and_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with reporter(ProgressMode.JSON) as watch:
        watch.stage("read", 0.12345)
        watch.done(bundle="b")
    with pytest.raises(InputError), reporter(ProgressMode.JSON):
        raise InputError("--seed", expected="a", got="b")
    with pytest.raises(CancelledError), reporter(ProgressMode.JSON):
        raise CancelledError("x")
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert events == [
        {"event": "stage", "name": "read", "share": 0.123},
        {"event": "done", "bundle": "b"},
        {"event": "error", "message": "--seed: expected a, got b", "exit_code": 2},
        {"event": "cancelled"},
    ]


def test_silent_reporter_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with reporter(ProgressMode.NONE) as watch:
        watch.stage("read", 0.5)
        watch.done()
    assert capsys.readouterr().out == ""
