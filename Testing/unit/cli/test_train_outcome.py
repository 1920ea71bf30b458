"""``oncology-ai train outcome``: what it lists, takes and refuses."""

from oncologyai.cli import main


def test_recipes_of_outcomes_are_listed_apart(capsys):
    assert main(["train", "recipes", "--outcome"]) == 0
    assert set(capsys.readouterr().out.split()) >= {"2be3net", "2be3net-region", "xception3d"}


def test_a_fold_and_all_folds_are_refused(tmp_path, capsys):
    words = ["train", "outcome", "2be3net", "--out", str(tmp_path / "o"), "--fold", "1", "--crossval"]
    assert main(words) == 2
    assert "either --fold or --crossval" in capsys.readouterr().err


def test_a_missing_table_ends_with_2_and_leaves_nothing(tmp_path, capsys):
    words = ["train", "outcome", "2be3net", "--out", str(tmp_path / "o"), "--table", str(tmp_path / "no.csv")]
    assert main(words) == 2
    assert "data.table" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()
