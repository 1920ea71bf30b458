"""``slicer.app.coreIOManager()``: which logic or storage node reads and writes which file."""

from __future__ import annotations

import zipfile
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

__all__ = ["CoreIOManager"]

_FILE_TYPES = (
    ((".seg.nrrd", ".seg.nhdr", ".seg.vtm"), "SegmentationFile"),
    ((".mrk.json", ".fcsv"), "MarkupsFile"),
    ((".mrb", ".mrml"), "SceneFile"),
    ((".vtp", ".stl", ".ply", ".obj", ".vtk"), "ModelFile"),
    ((".csv", ".tsv"), "TableFile"),
    ((".txt", ".json", ".xml"), "TextFile"),
    ((".nrrd", ".nhdr", ".nii", ".nii.gz", ".mha", ".mhd", ".dcm", ".tif", ".png", ".jpg"), "VolumeFile"),
)


class CoreIOManager:
    """Reads and writes nodes by the names that ``slicer.util`` calls (qSlicerCoreIOManager)."""

    def __init__(self, scene: Any, modules: Any) -> None:
        self._scene, self._modules = scene, modules

    def __getattr__(self, name: str) -> Any:
        """Raise AttributeError; Python calls this only for names that were not found."""
        raise AttributeError(
            f"slicer.app.coreIOManager().{name}: this host does not supply it (see docs/slicer-api.md)"
        )

    def fileType(self, file_name: str) -> str:  # noqa: N802 - Slicer's name
        """Give the type of a file by its ending, ``NoFile`` when no reader takes it."""
        low = str(file_name).lower()
        return next((kind for endings, kind in _FILE_TYPES if low.endswith(endings)), "NoFile")

    def loadNodes(  # noqa: N802
        self, file_type: str, properties: MutableMapping[str, Any], loaded: Any = None, messages: Any = None
    ) -> bool:
        """Read ``properties['fileName']``; nodes made are added to the vtkCollection ``loaded``."""
        path = Path(str(properties["fileName"]))
        if not path.is_file():
            return self._refuse(messages, f"{path}: no such file")
        if file_type == "SceneFile":
            return self._load_scene(path, messages, clear=bool(properties.get("clear")))
        name = str(properties.get("name") or path.name.split(".")[0])
        node = self._load_node(file_type, str(path), name, labelmap=bool(properties.get("labelmap")))
        if node is None:
            return self._refuse(messages, f"{path}: not a readable {file_type}")
        if loaded is not None:
            loaded.AddItem(node)
        return True

    def fileWriterFileType(self, node: Any) -> str:  # noqa: N802
        """Give the type of file that a node is written as: each node has its own storage node here."""
        return f"{node.GetNodeTagName()}File"

    def saveNodes(self, file_type: str, properties: MutableMapping[str, Any], messages: Any = None) -> bool:  # noqa: N802
        """Write the scene (``SceneFile``) or the node ``properties['nodeID']`` to ``properties['fileName']``."""
        path = Path(str(properties["fileName"]))
        if file_type == "SceneFile":
            return self._save_scene(path, messages)
        node = self._scene.GetNodeByID(str(properties["nodeID"]))
        if node is None or not node.IsA("vtkMRMLStorableNode"):
            return self._refuse(messages, f"{properties['nodeID']}: no node of the scene that can be written")
        if node.GetStorageNode() is None and not node.AddDefaultStorageNode():
            return self._refuse(messages, f"{node.GetName()}: no storage node")
        storage = node.GetStorageNode()
        storage.SetFileName(str(path))
        if "useCompression" in properties:
            storage.SetUseCompression(int(properties["useCompression"]))
        return bool(storage.WriteData(node)) or self._refuse(messages, f"{path}: cannot be written")

    def _load_node(self, file_type: str, path: str, name: str, *, labelmap: bool) -> Any | None:
        if file_type == "VolumeFile":
            return self._modules.volumes.logic().AddArchetypeVolume(path, name, int(labelmap))
        if file_type == "SegmentationFile":
            return self._modules.segmentations.logic().LoadSegmentationFromFile(path, True, name)
        if file_type == "MarkupsFile":
            node_id = self._modules.markups.logic().LoadMarkups(path, name)
            return self._scene.GetNodeByID(node_id) if node_id else None
        if file_type == "ModelFile":
            return self._modules.models.logic().AddModel(path)
        if file_type == "TableFile":
            return self._modules.tables.logic().AddTable(path, name)
        return None

    def _load_scene(self, path: Path, messages: Any, *, clear: bool) -> bool:
        if clear:
            self._scene.Clear(False)
        if path.suffix.lower() == ".mrb":
            # An archive that cannot be unpacked would leave MRML in a working directory that is gone.
            done = zipfile.is_zipfile(path) and bool(self._scene.ReadFromMRB(str(path), False))
        else:
            self._scene.SetURL(str(path))
            done = bool(self._scene.Import())
        return done or self._refuse(messages, f"{path}: not a readable scene")

    def _save_scene(self, path: Path, messages: Any) -> bool:
        if path.suffix.lower() == ".mrb":
            done = bool(self._scene.WriteToMRB(str(path), None))
        else:
            self._scene.SetRootDirectory(str(path.parent))
            self._scene.SetURL(str(path))
            done = bool(self._scene.Commit(str(path)))
        return done or self._refuse(messages, f"{path}: cannot be written")

    @staticmethod
    def _refuse(messages: Any, text: str) -> bool:
        if messages is not None:
            import vtk

            messages.AddMessage(vtk.vtkCommand.ErrorEvent, text)
        return False
