"""What surrounds the lesion in a 3D picture: lungs and bones of a CT, the body of any other image."""

from __future__ import annotations

from typing import Any

import numpy as np
from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

from oncologyai.scene._slicer import vtk, vtk_matrix
from oncologyai.scene.volumes import volume_from_node
from oncologyai.types import Volume

__all__ = ["context_surfaces"]

_GRID_MM = 3.0  # fine enough for a picture, 30 times fewer voxels than a CT
_LUNG_HU, _BONE_HU, _BODY_HU = -400.0, 200.0, -300.0
_AIR_HU = -1000.0
_MIN_LUNG_ML = 30.0
_MIN_BONE_ML = 2.0
_TWICE = np.diag([2.0, 2.0, 2.0, 1.0])  # skin is smooth: half the grid's resolution will do

Surface = tuple[Any, tuple[float, float, float], float]


def context_surfaces(volume_node: Any, *, with_lungs: bool = True) -> list[Surface]:
    """Give translucent surfaces as (vtkPolyData in RAS, colour, opacity), made on a coarse grid.

    ``with_lungs`` is for CT whose lungs are no segments of their own.
    """
    volume = volume_from_node(volume_node, copy=False)
    coarse, matrix = _coarse(volume)
    voxel_ml = float(abs(np.linalg.det(matrix[:3, :3]))) / 1000.0
    if volume.unit != "HU":
        threshold = float(np.percentile(coarse, 99.5)) * 0.04
        body = _largest(coarse > threshold)
        if not body.any():
            return []
        return [(_surface(_masked(coarse, body, 0.0), threshold, matrix), (0.85, 0.70, 0.60), 0.18)]
    lungs, body = _lungs_and_body(coarse, round(_MIN_LUNG_ML / voxel_ml))
    bones = _connected(body & (coarse > _BONE_HU), round(_MIN_BONE_ML / voxel_ml))
    surfaces = [
        (_surface(body[::2, ::2, ::2].astype(np.float32), 0.5, matrix @ _TWICE), (0.85, 0.70, 0.60), 0.10),
        (_surface(_masked(coarse, _grown(bones), _AIR_HU), _BONE_HU, matrix), (0.95, 0.92, 0.82), 0.45),
    ]
    if with_lungs:
        surfaces.append((_surface(lungs.astype(np.float32), 0.5, matrix), (0.55, 0.70, 0.85), 0.22))
    return [s for s in surfaces if s[0].GetNumberOfPolys()]


def _coarse(volume: Volume) -> tuple[np.ndarray, np.ndarray]:
    """Give means over blocks of about ``_GRID_MM`` as float32, and their ijk_to_ras."""
    steps = [max(1, round(_GRID_MM / s)) for s in volume.sampling_mm]
    k, j, i = (n // step * step for n, step in zip(volume.shape, steps, strict=True))
    array = volume.array[: k : steps[0], :j, :i]  # slices are taken, not averaged: that is enough for a picture
    blocks = array.reshape(array.shape[0], j // steps[1], steps[1], i // steps[2], steps[2])
    coarse = blocks.mean(axis=(2, 4), dtype=np.float32)
    matrix = volume.ijk_to_ras @ np.diag([float(steps[2]), float(steps[1]), float(steps[0]), 1.0])
    matrix[:3, 3] = volume.ras_from_ijk(((steps[2] - 1) / 2.0, (steps[1] - 1) / 2.0, 0.0))
    return coarse, matrix


def _masked(values: np.ndarray, mask: np.ndarray, background: float) -> np.ndarray:
    return np.where(mask, values, np.float32(background))


def _grown(mask: np.ndarray) -> np.ndarray:
    """Add the six neighbours, so that a surface between voxel values keeps its place."""
    grown = mask.copy()
    for axis in range(3):
        for here, there in ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))):
            to, source = [slice(None)] * 3, [slice(None)] * 3
            to[axis], source[axis] = here, there
            grown[tuple(to)] |= mask[tuple(source)]
    return grown


def _lungs_and_body(hu: np.ndarray, min_voxels: int) -> tuple[np.ndarray, np.ndarray]:
    """Tell inner from outer air by what an axial slice's border reaches."""
    air = hu < _LUNG_HU
    outside = _reached_from_sides(air)
    inside_air = _connected(air & ~outside, min_voxels)
    body = _largest(~outside & ((hu > _BODY_HU) | inside_air))
    return inside_air & body, body


def _reached_from_sides(air: np.ndarray) -> np.ndarray:
    """Give the air that is connected with the four side faces of the volume; top and bottom cut through the lungs."""
    filled = air.copy()
    filled[:, 0, :] = filled[:, -1, :] = filled[:, :, 0] = filled[:, :, -1] = True
    labels = _label(filled)
    return air & (labels == labels[0, 0, 0])


def _connected(mask: np.ndarray, min_voxels: int) -> np.ndarray:
    labels = _label(mask, min_voxels=min_voxels)
    return labels > 0


def _largest(mask: np.ndarray) -> np.ndarray:
    labels = _label(mask)
    return labels == 1  # regions are numbered from the largest down


def _label(mask: np.ndarray, *, min_voxels: int = 1) -> np.ndarray:
    k, j, i = mask.shape
    connect = vtk.vtkImageConnectivityFilter()
    connect.SetInputData(_image(mask))
    connect.SetScalarRange(1, 1)
    connect.SetExtractionModeToAllRegions()
    connect.SetLabelModeToSizeRank()
    connect.SetSizeRange(min_voxels, mask.size)
    connect.SetLabelScalarTypeToUnsignedShort()
    connect.Update()
    scalars = vtk_to_numpy(connect.GetOutput().GetPointData().GetScalars())
    return scalars.reshape(k, j, i)


def _image(values: np.ndarray) -> Any:
    k, j, i = values.shape
    image = vtk.vtkImageData()
    image.SetDimensions(i, j, k)
    stored = values.view(np.uint8) if values.dtype == np.bool_ else values
    image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(stored).ravel(), deep=True))
    return image


def _surface(values: np.ndarray, threshold: float, matrix: np.ndarray) -> Any:
    """Give the smoothed surface in RAS; a frame of background closes it at the volume's faces."""
    framed = np.pad(values, 1, constant_values=min(float(values.min()), threshold - 1.0))
    shifted = matrix @ np.array([[1, 0, 0, -1], [0, 1, 0, -1], [0, 0, 1, -1], [0, 0, 0, 1]], dtype=np.float64)
    edges = vtk.vtkFlyingEdges3D()
    edges.SetInputData(_image(framed))
    edges.SetValue(0, threshold)
    edges.ComputeNormalsOff()
    smooth = vtk.vtkWindowedSincPolyDataFilter()
    smooth.SetInputConnection(edges.GetOutputPort())
    smooth.SetNumberOfIterations(12)
    smooth.SetPassBand(0.05)
    to_ras = vtk.vtkTransform()
    to_ras.SetMatrix(vtk_matrix(shifted))
    move = vtk.vtkTransformPolyDataFilter()
    move.SetInputConnection(smooth.GetOutputPort())
    move.SetTransform(to_ras)
    normals = vtk.vtkPolyDataNormals()
    normals.SetInputConnection(move.GetOutputPort())
    normals.SplittingOff()
    normals.Update()
    return normals.GetOutput()
