"""What is asked of a folder of studies, and what is missing."""


def test_words_are_those_of_the_command(a_module, tmp_path):
    from RadiomicsOutcomeLib import DatasetRequest, DatasetTask

    request = DatasetRequest(DatasetTask.CHECK, str(tmp_path), str(tmp_path / "out"), preset="pet-suv", workers=2)
    assert request.problem() == ""
    assert request.words() == [
        "dataset", "check", str(tmp_path), str(tmp_path / "out"), "--workers", "2", "--progress", "json",
    ]  # fmt: skip


def test_a_chain_is_named_for_pre_processing_only(a_module, tmp_path):
    from RadiomicsOutcomeLib import DatasetRequest, DatasetTask, presetsOfDatasets

    request = DatasetRequest(DatasetTask.PREPROCESS, str(tmp_path), str(tmp_path / "out"), preset="pet-suv")
    assert request.words()[4:6] == ["--preset", "pet-suv"]
    assert "ch4-minimalist" in presetsOfDatasets()


def test_what_is_missing_is_said(a_module, tmp_path):
    from RadiomicsOutcomeLib import DatasetRequest, DatasetTask

    def problem(source, output):
        return DatasetRequest(DatasetTask.DESCRIBE, source, output).problem()

    assert problem("", "") == "Choose a folder of studies."
    assert problem(str(tmp_path / "none"), "x").startswith("The folder of studies is not there")
    assert problem(str(tmp_path), "") == "Choose a folder for the results."
    assert problem(str(tmp_path), str(tmp_path)).startswith("Choose another folder")


def test_failures_are_read_whatever_a_case_is_called(a_module, tmp_path):
    from RadiomicsOutcomeLib import failedIn

    assert failedIn(tmp_path) == []
    (tmp_path / "failures.csv").write_text("series,reason\nSTUDY/1,no pixels\n", encoding="utf-8")
    assert failedIn(tmp_path) == [("STUDY/1", "no pixels")]
