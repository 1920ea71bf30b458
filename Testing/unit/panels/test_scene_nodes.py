"""Nodes are in the scene or not, and go as a whole."""

import numpy as np


def test_a_node_that_has_left_is_not_in_the_scene(a_host):
    from oncologyai.panels import isInScene

    node = a_host.mrmlScene.AddNewNodeByClass("vtkMRMLTableNode", "T")
    assert isInScene(node)
    a_host.mrmlScene.RemoveNode(node)
    assert not isInScene(node)
    assert not isInScene(None)


def test_a_removed_node_takes_its_display_and_its_item_along(a_host):
    from oncologyai.panels import removeNode

    scene = a_host.mrmlScene
    hierarchy = a_host.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    before = scene.GetNumberOfNodes()
    node = a_host.util.addVolumeFromArray(np.zeros((2, 3, 4), np.int16))
    node.CreateDefaultDisplayNodes()
    item = hierarchy.CreateItem(hierarchy.GetSceneItemID(), node)
    removeNode(node)
    assert scene.GetNumberOfNodes() == before
    assert hierarchy.GetItemByDataNode(node) != item or not hierarchy.GetItemName(item)
