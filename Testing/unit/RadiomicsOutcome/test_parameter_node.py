"""The panel's choices are those that the library knows, and the scene keeps them."""

from pathlib import Path
from xml.etree import ElementTree

from oncologyai.features import ENGINES, preset_names

BY_HAND = {  # lists, paths and combo boxes whose content is not fixed: the panels bind them
    "furtherVolumes", "excludedSegments", "preset", "settingsFile", "stabilityFile", "mapNames", "shownMap",
    "exportFile", "cohortTable", "cohortOutput", "datasetOutput", "datasetPreset", "datasetSource",
    "signature", "signatureFile", "ownSignatures", "lesion", "clinicalRow", "clinicalValues", "trainingFile",
    "trainingOutput", "patientColumn", "timeColumn", "eventColumn", "labelColumn", "positiveClass", "groupColumn",
    "excludedColumns", "testGroups", "trainingModels", "signatureModel", "studyReport"}  # fmt: skip


def test_engines_are_those_of_the_library(a_module):
    from RadiomicsOutcomeLib import Engine

    assert tuple(engine.value for engine in Engine) == ENGINES
    assert all(engine.label() for engine in Engine)


def test_the_usual_preset_is_one_of_the_librarys_and_stands_first(a_parameter_node):
    from RadiomicsOutcomeLib import presetNames

    assert presetNames()[0] == a_parameter_node.preset == "default"
    assert set(presetNames()) == set(preset_names())


def test_the_ui_files_bind_every_parameter_that_no_panel_binds(a_module):
    from RadiomicsOutcomeLib import RadiomicsOutcomeParameterNode

    paths = (Path(a_module.path).parent / "Resources" / "UI").glob("*.ui")
    bound = {
        found.findtext("string")
        for path in paths
        for found in ElementTree.parse(path).iter("property")
        if found.get("name") == "SlicerParameterName"
    }
    assert bound == set(RadiomicsOutcomeParameterNode.allParameters) - BY_HAND


def test_lists_of_nodes_and_names_are_kept(a_sample, a_parameter_node):
    a_parameter_node.furtherVolumes = [a_sample.volumeNode]
    a_parameter_node.mapNames = ["original_glcm_Contrast", "original_glcm_Id"]
    assert list(a_parameter_node.furtherVolumes) == [a_sample.volumeNode]
    a_parameter_node.mapNames = []
    assert list(a_parameter_node.mapNames) == []
