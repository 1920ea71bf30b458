"""Patient, study, folder."""

import numpy as np
import vtk

from oncologyai import scene
from oncologyai.scene.hierarchy import patient_of


def tree(slicer):
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)

    def walk(item):
        children = vtk.vtkIdList()
        hierarchy.GetItemChildren(item, children)
        ids = [children.GetId(n) for n in range(children.GetNumberOfIds())]
        return {hierarchy.GetItemName(c): walk(c) for c in ids}

    return walk(hierarchy.GetSceneItemID())


def test_patient_study_volume_and_folder(slicer, a_bundle):
    scene.scene_from_bundle(a_bundle)
    assert tree(slicer) == {
        "P-1": {
            "CT 2020": {
                "Thorax CT": {},
                "OncologyAI": {
                    "Thorax CT segmentation random walker": {},
                    "GTV-1 long axis": {},
                    "GTV-1 short axis": {},
                    "Measurements": {},
                    "Features": {},
                    "Inside": {},
                    "Outside": {},
                    "Provenance": {},
                },
            }
        }
    }


def test_a_second_result_of_the_study_joins_the_first(slicer, a_bundle):
    first = scene.scene_from_bundle(a_bundle)
    second = scene.scene_from_bundle(a_bundle, input_node=first.volume)
    third = scene.scene_from_bundle(a_bundle)
    assert first.folder == second.folder == third.folder
    assert list(tree(slicer)) == ["P-1"]


def test_a_volume_that_lies_in_a_study_stays_there(slicer, a_bundle):
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    patient = hierarchy.CreateSubjectItem(hierarchy.GetSceneItemID(), "Doe^Jane (4711)")
    study = hierarchy.CreateStudyItem(patient, "theirs")
    volume = slicer.util.addVolumeFromArray(a_bundle.volume.array, a_bundle.volume.ijk_to_ras, name="mine")
    hierarchy.CreateItem(study, volume)
    scene.scene_from_bundle(a_bundle, input_node=volume)
    assert set(tree(slicer)["Doe^Jane (4711)"]["theirs"]) == {"mine", "OncologyAI"}


def test_a_name_that_slicer_read_from_dicom_is_not_passed_on(slicer):
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    study = hierarchy.CreateStudyItem(hierarchy.CreateSubjectItem(hierarchy.GetSceneItemID(), "Doe^Jane"), "s")
    volume = slicer.util.addVolumeFromArray(np.zeros((2, 2, 2), np.int16))
    hierarchy.CreateItem(study, volume)
    assert patient_of(volume) == ("anonymous", "study")


def test_a_volume_outside_the_hierarchy_is_anonymous(slicer):
    assert patient_of(slicer.util.addVolumeFromArray(np.zeros((2, 2, 2), np.int16))) == ("anonymous", "study")


def test_the_hierarchy_is_read_back_also_where_a_script_holds_the_old_one(slicer, a_bundle, tmp_path):
    held = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    scene.scene_from_bundle(a_bundle)
    before = tree(slicer)
    scene.save_mrb(tmp_path / "a.mrb")
    scene.load_mrb(tmp_path / "a.mrb")
    assert tree(slicer) == before
    assert held is not None
