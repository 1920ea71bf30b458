"""Subject hierarchy (patient, study, folder) and what every node of a run says about where it came from."""

from __future__ import annotations

from typing import Any

from oncologyai import __version__
from oncologyai.scene._slicer import current_scene, slicer, vtk

__all__ = ["FOLDER", "INPUT_VOLUME", "MAP", "SEGMENTATION", "file_nodes", "item_of", "patient_of", "stamp"]

FOLDER = "OncologyAI"
INPUT_VOLUME = "OncologyAI.InputVolume"
SEGMENTATION = "OncologyAI.Segmentation"
MAP = "OncologyAI.Map"
_PSEUDONYM = "OncologyAI.Pseudonym"


def file_nodes(*, patient: str, study: str, volume_node: Any, made: list[Any]) -> int:
    """Put the volume under its study and what the run made into the study's folder ``OncologyAI``; give the folder.

    A volume that already lies in a study stays there, and so does what is made from it.
    """
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(current_scene())
    level = slicer.vtkMRMLSubjectHierarchyConstants.GetDICOMLevelStudy()
    volume_item = item_of(hierarchy, volume_node, hierarchy.GetSceneItemID())
    study_item = hierarchy.GetItemAncestorAtLevel(volume_item, level)
    if not study_item:
        study_item = _study(hierarchy, patient, study)
        hierarchy.SetItemParent(volume_item, study_item)
    folder = hierarchy.GetItemChildWithName(study_item, FOLDER)
    if not folder:
        folder = hierarchy.CreateFolderItem(study_item, FOLDER)
    for node in made:
        hierarchy.SetItemParent(item_of(hierarchy, node, folder), folder)
    return int(folder)


def patient_of(node: Any) -> tuple[str, str]:
    """Give the pseudonym and the study of a node; ``anonymous`` and ``study`` where this package did not set them."""
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(current_scene())
    constants = slicer.vtkMRMLSubjectHierarchyConstants
    item = hierarchy.GetItemByDataNode(node)
    if not item:
        return "anonymous", "study"
    patient = hierarchy.GetItemAncestorAtLevel(item, constants.GetDICOMLevelPatient())
    study = hierarchy.GetItemAncestorAtLevel(item, constants.GetDICOMLevelStudy())
    if not patient or not study or not hierarchy.GetItemAttribute(patient, _PSEUDONYM):
        return "anonymous", "study"  # an item that Slicer made carries the patient's name
    return str(hierarchy.GetItemAttribute(patient, _PSEUDONYM)), str(hierarchy.GetItemName(study))


def stamp(node: Any, *, pipeline: str, method: str, volume_node: Any, segmentation_node: Any | None) -> None:
    """Write on a node which run made it, from which volume and for which segmentation."""
    node.SetAttribute("OncologyAI.Pipeline", pipeline)
    node.SetAttribute("OncologyAI.Version", __version__)
    node.SetAttribute("OncologyAI.Model", method)
    node.SetAttribute("OncologyAI.Provenance", "provenance.json")
    if node is not volume_node:
        node.SetNodeReferenceID(INPUT_VOLUME, volume_node.GetID())
    if segmentation_node is not None and node is not segmentation_node:
        node.SetNodeReferenceID(SEGMENTATION, segmentation_node.GetID())


def item_of(hierarchy: Any, node: Any, parent: int) -> int:
    """Give the node's item: Slicer makes one by itself, slicer-core does not."""
    return int(hierarchy.GetItemByDataNode(node) or hierarchy.CreateItem(parent, node))


def _study(hierarchy: Any, patient: str, study: str) -> int:
    patient_item = _patient(hierarchy, patient)
    study_item = hierarchy.GetItemChildWithName(patient_item, study)
    return int(study_item or hierarchy.CreateStudyItem(patient_item, study))


def _patient(hierarchy: Any, patient: str) -> int:
    children = vtk.vtkIdList()
    hierarchy.GetItemChildren(hierarchy.GetSceneItemID(), children)
    for n in range(children.GetNumberOfIds()):
        if hierarchy.GetItemAttribute(children.GetId(n), _PSEUDONYM) == patient:
            return int(children.GetId(n))
    item = hierarchy.CreateSubjectItem(hierarchy.GetSceneItemID(), patient)
    hierarchy.SetItemAttribute(item, _PSEUDONYM, patient)
    return int(item)
