"""The scene and its pictures; without OpenGL, slices by matplotlib and a note why 3D is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from oncologyai._interrupts import import_native
from oncologyai.bundle import Bundle
from oncologyai.errors import InstallationError
from oncologyai.report import Picture, disagreement_picture, slice_pictures

if TYPE_CHECKING:
    from oncologyai.scene import SceneNodes

__all__ = ["draw_pictures", "require_scene", "write_scene"]


_ORIENTATIONS: tuple[Literal["axial", "coronal", "sagittal"], ...] = ("axial", "coronal", "sagittal")


def require_scene() -> None:
    """Raise MissingDependencyError, before any work, if slicer-core is absent."""
    import_native("slicer", feature="scene.mrb", install="pip install 'oncologyai[scene]' (or use --no-scene)")


def write_scene(bundle: Bundle, path: Path) -> SceneNodes:
    """Build the scene of a bundle, save it as .mrb, and give its nodes for the pictures."""
    from oncologyai import host, scene

    host.start()
    nodes = scene.scene_from_bundle(bundle)
    scene.save_mrb(path)
    return nodes


def draw_pictures(bundle: Bundle, folder: Path, nodes: SceneNodes | None) -> tuple[list[Picture], list[str]]:
    """Draw the slices through the lesion and, where scene and OpenGL are there, a 3D view.

    Returns
    -------
    tuple of (list of Picture, list of str)
        The pictures, and what to tell the user where 3D is missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures, told = _of_the_lesion(bundle, folder, nodes)
    if bundle.disagreement is not None:
        path = disagreement_picture(bundle.volume, bundle.disagreement, bundle.masks, folder / "disagreement.png")
        pictures.append(Picture(path, "disagreement of the model's members: yellow most, red least"))
    return pictures, told


def _of_the_lesion(bundle: Bundle, folder: Path, nodes: SceneNodes | None) -> tuple[list[Picture], list[str]]:
    why = "it is a view of the scene, which was not wanted"
    if nodes is not None:
        try:
            return _scene_pictures(bundle, nodes, folder), []
        except InstallationError as error:
            why = str(error)
    paths = slice_pictures(bundle.volume, bundle.masks, folder)
    return [Picture(path, _caption(bundle, path.stem)) for path in paths], [f"no 3D picture: {why}"]


def _scene_pictures(bundle: Bundle, nodes: SceneNodes, folder: Path) -> list[Picture]:
    from oncologyai import scene

    three_d = scene.render_3d(folder / "3d.png", nodes)
    pictures = [
        Picture(
            scene.render_slice(folder / "lesion.png", "axial", nodes, crop=True), _caption(bundle, "axial, close up")
        )
    ]
    for orientation in _ORIENTATIONS:
        path = scene.render_slice(folder / f"{orientation}.png", orientation, nodes)
        pictures.append(Picture(path, _caption(bundle, orientation)))
    return [*pictures, Picture(three_d, _caption(bundle, "3D view"))]


def _caption(bundle: Bundle, view: str) -> str:
    return f"{bundle.masks[0].label if bundle.masks else 'no tumour found'}, {view}"
