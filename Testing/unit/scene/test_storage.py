"""The scene as a file: what a fresh process finds in it."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from oncologyai import scene
from oncologyai.errors import InputError, MissingFileError, OutputError, UnreadableFileError

READ_IN_A_FRESH_PROCESS = """
import json, sys
import numpy as np
from oncologyai import host, scene
slicer = host.start()
scene.load_mrb(sys.argv[1])
nodes = slicer.mrmlScene
volume = nodes.GetFirstNodeByName("Thorax CT")
segmentation = nodes.GetFirstNodeByClass("vtkMRMLSegmentationNode")
bundle = scene.bundle_from_nodes(volume, nodes.GetFirstNodeByName("Inside"), nodes.GetFirstNodeByName("Outside"),
                                 pipeline="p", method="m", segmentation=segmentation)
hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(nodes)
folder = hierarchy.GetItemByName("OncologyAI")
np.savez(sys.argv[2], volume=bundle.volume.array, matrix=bundle.volume.ijk_to_ras,
         **{m.label: m.array for m in bundle.masks})
line = nodes.GetFirstNodeByName("GTV-1 long axis")
table = nodes.GetFirstNodeByName("Measurements").GetTable()
print(json.dumps({
    "window": volume.GetDisplayNode().GetWindow(),
    "codes": {m.label: [m.code.type.value, m.code.modifier.value if m.code.modifier else ""] for m in bundle.masks},
    "kinds": [m.kind for m in bundle.masks],
    "inside": bundle.inside[0].ras, "outside": bundle.outside[0].ras,
    "length": line.GetMeasurement("length").GetValue(), "shown": line.GetPropertiesLabelText(),
    "line_of": line.GetNodeReference("OncologyAI.Segmentation").GetName(),
    "input": segmentation.GetNodeReference("OncologyAI.InputVolume").GetName(),
    "pipeline": segmentation.GetAttribute("OncologyAI.Pipeline"),
    "value": table.GetValueByName(0, "value").ToDouble(),
    "feature": nodes.GetFirstNodeByName("Features").GetTable().GetValue(0, 1).ToDouble(),
    "provenance": json.loads(nodes.GetFirstNodeByName("Provenance").GetText()),
    "patient": bundle.patient, "study": bundle.study, "in_folder": hierarchy.GetNumberOfItemChildren(folder),
    "level": hierarchy.GetItemAttribute(hierarchy.GetItemAncestorAtLevel(folder, "Study"), "Level"),
    "red": slicer.mrmlScene.GetSingletonNode("Red", "vtkMRMLSliceNode").GetSliceToRAS().GetElement(2, 3),
}))
"""


def test_a_fresh_process_finds_everything(slicer, a_bundle, tmp_path):
    import numpy as np

    path, arrays = tmp_path / "Szene mit Läsion.mrb", tmp_path / "arrays.npz"
    scene.scene_from_bundle(a_bundle)
    scene.save_mrb(path)
    done = subprocess.run(
        [sys.executable, "-c", READ_IN_A_FRESH_PROCESS, str(path), str(arrays)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = json.loads(done.stdout)
    with np.load(arrays) as data:
        assert np.array_equal(data["volume"], a_bundle.volume.array)
        assert np.allclose(data["matrix"], a_bundle.volume.ijk_to_ras)
        for mask in a_bundle.masks:
            assert np.array_equal(data[mask.label], mask.array)
    assert found["window"] == 1500.0
    assert found["codes"] == {"GTV-1": ["86049000", ""], "Lung right": ["39607008", "24028007"]}
    assert found["kinds"] == ["lesion", "organ"]
    assert found["inside"] == pytest.approx(a_bundle.inside[0].ras)
    assert found["outside"] == pytest.approx(a_bundle.outside[0].ras)
    assert found["length"] == pytest.approx(18.0)
    assert "18" in found["shown"]
    assert found["line_of"] == "Thorax CT segmentation random walker"
    assert (found["input"], found["pipeline"]) == ("Thorax CT", "analyse")
    assert (found["value"], found["feature"]) == (1.25, 1234.5)
    assert (found["patient"], found["study"], found["in_folder"]) == ("P-1", "CT 2020", 8)
    assert found["provenance"] == json.loads(json.dumps(a_bundle.provenance.to_dict()))
    assert found["level"] == "Study"
    assert found["red"] == pytest.approx(-52.0)


def test_saving_leaves_one_file_and_the_scene_as_it_was(slicer, a_bundle, tmp_path):
    nodes = scene.scene_from_bundle(a_bundle)
    scene.save_mrb(tmp_path / "a.mrb")
    assert [p.name for p in tmp_path.iterdir()] == ["a.mrb"]
    assert slicer.mrmlScene.GetNodeByID(nodes.volume.GetID()) is nodes.volume


def test_an_old_file_survives_a_failed_save(slicer, a_bundle, tmp_path, monkeypatch):
    (tmp_path / "a.mrb").write_text("old")

    class BrokenScene:
        def WriteToMRB(self, *_):  # noqa: N802 - MRML's name
            return False

    monkeypatch.setattr("oncologyai.scene.storage.current_scene", BrokenScene)
    with pytest.raises(OutputError, match="got a failure while writing the scene"):
        scene.save_mrb(tmp_path / "a.mrb")
    assert (tmp_path / "a.mrb").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


def test_another_ending_is_refused(slicer, tmp_path):
    with pytest.raises(InputError, match=r"expected a name that ends in \.mrb, got 'a\.zip'"):
        scene.save_mrb(tmp_path / "a.zip")


def test_a_missing_file_is_named(slicer, tmp_path):
    with pytest.raises(MissingFileError, match=r"expected a scene \(\.mrb\), got no such file"):
        scene.load_mrb(tmp_path / "none.mrb")


def test_a_damaged_file_is_named_and_the_next_good_one_read(slicer, a_bundle, tmp_path):
    scene.scene_from_bundle(a_bundle)
    scene.save_mrb(tmp_path / "good.mrb")
    content = bytearray((tmp_path / "good.mrb").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "flipped.mrb").write_bytes(content)
    (tmp_path / "text.mrb").write_text("PK not really")
    with zipfile.ZipFile(tmp_path / "other.mrb", "w") as archive:
        archive.writestr("a.txt", "no scene")
    for name in ("text.mrb", "flipped.mrb", "other.mrb"):
        with pytest.raises(UnreadableFileError, match=r"expected a scene \(\.mrb\), got a damaged file"):
            scene.load_mrb(tmp_path / name)
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 1
    scene.load_mrb(tmp_path / "good.mrb")


def test_loading_replaces_the_scene(slicer, a_bundle, tmp_path):
    scene.scene_from_bundle(a_bundle)
    scene.save_mrb(tmp_path / "a.mrb")
    scene.load_mrb(tmp_path / "a.mrb")
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode") == 1
    assert slicer.mrmlScene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode") == 1
