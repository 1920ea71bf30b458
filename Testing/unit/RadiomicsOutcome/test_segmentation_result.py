"""The newest result of SegmentationAI is chosen where nothing is; what the user chose stays."""


def test_the_newest_segmentation_that_knows_its_volume_is_found(a_sample):
    import slicer
    from RadiomicsOutcomeLib import SyntheticLesions, newestSegmentation

    second = SyntheticLesions()
    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "drawn by hand")
    assert newestSegmentation() == (second.segmentationNode, second.volumeNode)


def test_nothing_is_chosen_where_there_is_no_result(a_module, a_parameter_node):
    import slicer
    from RadiomicsOutcomeLib import takeNewest

    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "drawn by hand")
    takeNewest(a_parameter_node)
    assert (a_parameter_node.segmentation, a_parameter_node.inputVolume) == (None, None)


def test_a_choice_of_the_users_is_kept_and_completed(a_sample, a_parameter_node):
    import slicer
    from RadiomicsOutcomeLib import SyntheticLesions, takeNewest

    SyntheticLesions()
    a_parameter_node.segmentation = a_sample.segmentationNode
    takeNewest(a_parameter_node)
    assert a_parameter_node.inputVolume is a_sample.volumeNode
    other = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "other")
    a_parameter_node.segmentation, a_parameter_node.inputVolume = None, other
    takeNewest(a_parameter_node)
    assert (a_parameter_node.segmentation, a_parameter_node.inputVolume) == (None, other)
