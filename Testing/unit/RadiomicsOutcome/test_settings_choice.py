"""Presets and files of settings are said in words, and what cannot be used is told."""

import pytest

from oncologyai.features import preset_names


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_said_in_a_sentence_and_given_by_its_name(a_module, name):
    from RadiomicsOutcomeLib import chooseSettings

    chosen = chooseSettings(name, "/not/looked/at.yaml")
    assert (chosen.name, chosen.given, chosen.problem) == (name, name, "")
    assert "features of" in chosen.summary
    assert chosen.mapNames and not [column for column in chosen.mapNames if "_shape" in column]


def test_the_usual_settings_are_said_in_full(a_module):
    from RadiomicsOutcomeLib import chooseSettings

    chosen = chooseSettings("default", "")
    assert chosen.summary == "107 features of the original image; bins 25 wide; the image's own voxels"
    assert len(chosen.mapNames) == 107 - 14


def test_a_file_is_read_again_when_it_was_changed(a_module, tmp_path):
    from RadiomicsOutcomeLib import chooseSettings

    path = tmp_path / "mine.yaml"
    path.write_text("featureClass: {glcm: [Contrast]}\nsetting: {binCount: 32, resampledPixelSpacing: [1, 1, 3]}\n")
    chosen = chooseSettings("", str(path))
    assert chosen.name == "mine"
    assert chosen.summary == "1 features of the original image; 32 bins; voxels of 1 x 1 x 3 mm"
    assert chosen.given["setting"]["binCount"] == 32
    path.write_text("featureClass: {glcm: [Contrast, Id]}\n")
    import os

    os.utime(path, ns=(1, 1))  # whatever the clock's grain
    assert chooseSettings("", str(path)).mapNames == ("original_glcm_Contrast", "original_glcm_Id")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (None, "is not there"),
        ("", "expected sections"),
        ("setting: {binWith: 10}\n", "binWith"),
        ("featureClass: {colour: }\n", "colour"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(a_module, tmp_path, content, told):
    from RadiomicsOutcomeLib import chooseSettings

    path = tmp_path / "bad.yaml"
    if content is not None:
        path.write_text(content)
    chosen = chooseSettings("", str(path))
    assert told in chosen.problem
    assert chosen.mapNames == ()


def test_no_file_chosen_is_told(a_module):
    from RadiomicsOutcomeLib import chooseSettings

    assert chooseSettings("", "").problem == "Choose a file of settings, or a preset."
