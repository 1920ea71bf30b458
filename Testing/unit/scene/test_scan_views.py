"""Both views of a bone scan side by side, left and right as the camera saw them."""

from __future__ import annotations

import numpy as np
import pytest

from oncologyai import scene
from oncologyai.imaging import planar_ijk_to_ras
from oncologyai.scintigraphy import upper_level
from oncologyai.types import Volume

SHAPE, SPACING = (240, 120), (8.0, 5.0)
BODY_MM = 200 * SPACING[0], 60 * SPACING[1]
MARK_RAS = (150.0, 0.0, 300.0)  # on the patient's right, R is the first axis


def a_view(view: str) -> Volume:
    """A body with a hot spot on the patient's right, as the camera's columns run in this view."""
    picture = np.zeros(SHAPE, np.float32)
    picture[20:220, 30:90] = np.random.default_rng(2).poisson(30.0, (200, 60))
    volume = Volume(picture[None], planar_ijk_to_ras(view, SHAPE, SPACING), "NM", "counts")
    i, j, _ = np.rint(volume.ijk_from_ras(MARK_RAS)).astype(int)
    volume.array[0, j - 3 : j + 4, i - 3 : i + 4] = 400.0
    return volume


@pytest.fixture
def some_nodes(slicer):
    """Both views as nodes, shown."""
    nodes = scene.nodes_from_views({name: a_view(name) for name in ("anterior", "posterior")}, "WB")
    scene.show_views(nodes)
    yield nodes
    scene.hide_views()


def view_of(slicer, layout: str):
    return slicer.mrmlScene.GetSingletonNode(layout, "vtkMRMLSliceNode")


def composite_of(slicer, layout: str):
    return slicer.mrmlScene.GetSingletonNode(layout, "vtkMRMLSliceCompositeNode")


def drawn(slicer, layout: str) -> np.ndarray:
    """What a slice view of this orientation and field shows: grey from 0 to 255, the first row at the top."""
    from vtk.util.numpy_support import vtk_to_numpy

    shown = view_of(slicer, layout)
    logic = slicer.vtkMRMLSliceLogic()
    logic.SetMRMLScene(slicer.mrmlScene)
    logic.SetMRMLApplicationLogic(slicer.app.applicationLogic())
    logic.SetSliceNode(shown)
    logic.SetSliceCompositeNode(composite_of(slicer, layout))
    logic.UpdatePipeline()
    port = logic.GetImageDataConnection()
    port.GetProducer().Update()
    image = port.GetProducer().GetOutputDataObject(port.GetIndex())
    width, height, _ = image.GetDimensions()
    values = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(height, width, -1)
    return values[::-1, :, 0]


def place_of_the_darkest(picture: np.ndarray, *, below: int = 40) -> tuple[float, float]:
    """Give row and column of the middle of what is black, as shares of the picture."""
    rows, columns = np.nonzero(picture < below)
    return rows.mean() / picture.shape[0], columns.mean() / picture.shape[1]


def test_the_patients_right_is_left_in_front_and_right_from_behind(slicer, some_nodes):
    scene.set_grey_scale(some_nodes, "maximum")
    front, back = (place_of_the_darkest(drawn(slicer, layout)) for layout in ("Red", "Yellow"))
    assert front[1] < 0.45
    assert back[1] == pytest.approx(1.0 - front[1], abs=0.02)
    assert front[0] == pytest.approx(back[0], abs=0.01)
    assert front[0] < 0.4  # the head is up


def test_each_view_has_a_slice_view_of_its_own_side_by_side(slicer, some_nodes):
    for view, layout in (("anterior", "Red"), ("posterior", "Yellow")):
        assert composite_of(slicer, layout).GetBackgroundVolumeID() == some_nodes[view].GetID()
        assert some_nodes[view].GetName() == f"WB {view}"
        assert not composite_of(slicer, layout).GetLinkedControl()
    layout = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode")
    assert layout.GetViewArrangement() == slicer.vtkMRMLLayoutNode.SlicerLayoutSideBySideView


def test_views_are_shown_inverted_up_to_their_own_level(slicer, some_nodes):
    for view, node in some_nodes.items():
        level = upper_level(a_view(view))
        display = node.GetDisplayNode()
        assert (display.GetWindow(), display.GetLevel()) == pytest.approx((level, level / 2))
        assert display.GetColorNodeID() == "vtkMRMLColorTableNodeInvertedGrey"
        picture = drawn(slicer, "Red" if view == "anterior" else "Yellow")
        assert picture[2, 2] == 255 or picture[2, picture.shape[1] // 2] == 255  # no counts is white


def test_the_whole_body_fits(slicer, some_nodes):
    for layout in ("Red", "Yellow"):
        width, height, _ = view_of(slicer, layout).GetFieldOfView()
        assert BODY_MM[0] < height < 1.2 * BODY_MM[0]
        assert width > BODY_MM[1]
        rows, columns = np.nonzero(drawn(slicer, layout) < 200)
        assert rows.min() > 0
        assert columns.min() > 0


def test_a_jump_brings_the_place_to_the_middle_of_both_views(slicer, some_nodes):
    scene.set_grey_scale(some_nodes, "maximum")
    scene.jump_in_views(MARK_RAS, field_mm=400.0)
    for layout in ("Red", "Yellow"):
        assert view_of(slicer, layout).GetFieldOfView()[1] == pytest.approx(400.0)
        assert place_of_the_darkest(drawn(slicer, layout)) == pytest.approx((0.5, 0.5), abs=0.03)
    scene.show_views(some_nodes)
    for layout in ("Red", "Yellow"):
        assert view_of(slicer, layout).GetFieldOfView()[1] > BODY_MM[0]


def test_maps_lie_over_their_own_view_and_go(slicer, some_nodes):
    scene.show_view_maps(some_nodes, opacity=0.25)
    for view, layout in (("anterior", "Red"), ("posterior", "Yellow")):
        assert composite_of(slicer, layout).GetForegroundVolumeID() == some_nodes[view].GetID()
        assert composite_of(slicer, layout).GetForegroundOpacity() == pytest.approx(0.25)
    scene.show_view_maps({})
    for layout in ("Red", "Yellow"):
        assert composite_of(slicer, layout).GetForegroundVolumeID() is None
        assert composite_of(slicer, layout).GetForegroundOpacity() == 0.0


@pytest.mark.parametrize(("view", "layout"), [("anterior", "Red"), ("posterior", "Yellow")])
def test_a_single_view_is_shown_alone(slicer, view, layout):
    nodes = scene.nodes_from_views({view: a_view(view)}, "WB")
    scene.show_views(nodes)
    other = {"Red": "Yellow", "Yellow": "Red"}[layout]
    assert composite_of(slicer, layout).GetBackgroundVolumeID() == nodes[view].GetID()
    assert composite_of(slicer, other).GetBackgroundVolumeID() is None
    arrangement = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode").GetViewArrangement()
    assert arrangement == getattr(slicer.vtkMRMLLayoutNode, f"SlicerLayoutOneUp{layout}SliceView")
    scene.hide_views()


def test_hidden_views_are_slicers_own_again(slicer, some_nodes):
    scene.hide_views()
    assert [view_of(slicer, n).GetOrientation() for n in ("Red", "Yellow")] == ["Axial", "Sagittal"]
    arrangement = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode").GetViewArrangement()
    assert arrangement == slicer.vtkMRMLLayoutNode.SlicerLayoutConventionalView


def test_views_of_another_module_are_left_as_they_are(slicer, a_bundle):
    scene.scene_from_bundle(a_bundle)
    view_of(slicer, "Red").SetOrientation("Sagittal")
    scene.hide_views()
    assert view_of(slicer, "Red").GetOrientation() == "Sagittal"
    view_of(slicer, "Red").SetOrientation("Axial")
