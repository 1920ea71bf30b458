"""``oncology-ai train``: what it lists, takes and refuses."""

from oncologyai.cli import main


def test_recipes_are_listed(capsys) -> None:
    assert main(["train", "recipes"]) == 0
    assert "sts-gtv-pet" in capsys.readouterr().out.split()


def test_both_sources_of_data_are_refused(tmp_path, capsys) -> None:
    words = ["train", "segmentation", "sts-gtv-pet", "--out", str(tmp_path / "o"), "--table", "a", "--dicom", "b"]
    assert main(words) == 2
    assert "either --table or --dicom" in capsys.readouterr().err


def test_a_missing_table_ends_with_2_and_leaves_nothing(tmp_path, capsys) -> None:
    words = ["train", "segmentation", "sts-gtv-pet", "--out", str(tmp_path / "o"), "--table", str(tmp_path / "no.csv")]
    assert main(words) == 2
    assert "data.table" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()
