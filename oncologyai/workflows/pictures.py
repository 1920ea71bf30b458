"""The scene and its pictures; without OpenGL, slices by matplotlib and a note why 3D is missing."""

from __future__ import annotations

from pathlib import Path

from oncologyai._optional import import_optional
from oncologyai.bundle import Bundle
from oncologyai.errors import InstallationError
from oncologyai.report import Picture, slice_pictures

__all__ = ["draw_pictures", "require_scene", "write_scene"]


def require_scene() -> None:
    """Raise MissingDependencyError, before any work, if slicer-core is absent."""
    import_optional("slicer", feature="scene.mrb", install="pip install 'oncologyai[scene]' (or use --no-scene)")


def write_scene(bundle: Bundle, path: Path) -> None:
    """Build the scene of a bundle and save it as .mrb."""
    from oncologyai import host, scene

    host.start(qt=False)
    scene.scene_from_bundle(bundle)
    scene.save_mrb(path)


def draw_pictures(bundle: Bundle, folder: Path, *, with_scene: bool) -> tuple[list[Picture], list[str]]:
    """Draw the slices through the lesion and, where OpenGL is there, a 3D view; give what to tell the user too."""
    folder.mkdir(parents=True, exist_ok=True)
    lesion = bundle.masks[0].label
    if with_scene:
        try:
            return _scene_pictures(bundle, folder), []
        except InstallationError as error:
            why = [f"no 3D picture: {error}"]
    else:
        why = ["no 3D picture: it is a view of the scene, which was not wanted"]
    paths = slice_pictures(bundle.volume, bundle.masks, folder)
    return [Picture(path, f"{lesion}, {path.stem}") for path in paths], why


def _scene_pictures(bundle: Bundle, folder: Path) -> list[Picture]:
    raise NotImplementedError
