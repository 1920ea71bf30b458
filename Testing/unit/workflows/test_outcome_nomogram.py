"""The nomogram of a study's model says what the model says, of the patients that the study learns from."""

import numpy as np
import pytest

from oncologyai.cli import main
from oncologyai.errors import InputError
from oncologyai.outcome import FollowUp, fit_cox
from oncologyai.workflows import nomogram_of_study

STUDY = """
name: tiny
tables: [{path: t.csv}]
roles: {patient: id, time: days, event: dead, group: centre, features: [age, size]}
horizons_days: [200, 400]
design: DESIGN
models:
  - {name: plain, learner: cox}
  - {name: trees, learner: boosted-survival}
"""


@pytest.fixture
def patients():
    rng = np.random.default_rng(0)
    age, size = rng.uniform(40, 80, 90).round(1), rng.uniform(0, 9, 90).round(1)
    days = rng.exponential(400 * np.exp(-(age - 60) / 20 - size / 9)).round() + 1
    return age, size, days, (rng.random(90) < 0.8).astype(int), np.repeat(["A", "B"], 45)


@pytest.fixture
def a_study(tmp_path, patients):
    def write(design="{folds: 3}"):
        rows = [f"P{n},{','.join(str(v) for v in row)}" for n, row in enumerate(zip(*patients, strict=True))]
        (tmp_path / "t.csv").write_text("\n".join(["id,age,size,days,dead,centre", *rows]) + "\n")
        (tmp_path / "study.yaml").write_text(STUDY.replace("DESIGN", design))
        return tmp_path / "study.yaml"

    return write


@pytest.mark.parametrize(("design", "learned"), [("{folds: 3}", 90), ("{kind: external, train: [A], test: [B]}", 45)])
def test_points_stand_for_the_survival_of_the_model(a_study, tmp_path, patients, design, learned):
    made = nomogram_of_study(a_study(design), "plain", tmp_path / "n.png")
    age, size, days, dead, _ = (column[:learned] for column in patients)
    x = np.stack([age, size], axis=1)
    expected = fit_cox(x, FollowUp(days, dead)).survival([[55.0, 3.0]], [400.0])[0, 0]
    assert made.survival([made.total({"age": 55.0, "size": 3.0})])[0] == pytest.approx(expected, rel=1e-6)
    assert made.horizon == 400.0 and (tmp_path / "n.png").stat().st_size > 1000


def test_the_command_says_the_points(a_study, tmp_path, capsys):
    asked = ["outcome", "nomogram", str(a_study()), "--model", "plain", "--out", str(tmp_path / "n.png")]
    assert main([*asked, "--horizon", "200"]) == 0
    said = capsys.readouterr().out
    assert "age: 4" in said and "is 100" in said and said.rstrip().endswith("n.png")


@pytest.mark.parametrize(
    ("model", "out", "message"),
    [
        ("trees", "n.png", "ends in Cox's model"),
        ("no", "n.png", "--model: expected one of plain"),
        ("plain", "n.pdf", "a file .png"),
    ],
)
def test_what_has_no_nomogram_is_refused_and_nothing_written(a_study, tmp_path, model, out, message):
    with pytest.raises(InputError, match=message):
        nomogram_of_study(a_study(), model, tmp_path / out)
    assert not (tmp_path / out).exists()
