"""Which device is computed on when nobody chooses: a graphics card that torch can use, else the processor."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

__all__ = ["choose_device"]

# Where a driver of a graphics card shows itself on Linux: NVIDIA's, Windows' within Linux, AMD's.
_DRIVERS = ("/dev/nvidiactl", "/dev/dxg", "/dev/kfd")


def choose_device(device: str = "auto", *, engine: str = "auto") -> str:
    """Give the device to run on.

    Parameters
    ----------
    device : str
        ``auto``, or a device that is then taken as it is: ``cpu``, ``cuda``, ``cuda:1`` ...
    engine : str
        What shall run there; OpenVINO and ONNX Runtime are used on the processor only.

    Returns
    -------
    str
        For ``auto``: ``cuda`` where torch is installed and sees such a card, else ``cpu``. Torch, which takes seconds
        to load, is asked only where a driver is there.
    """
    if device != "auto":
        return device
    if engine in ("openvino", "onnxruntime") or not _has_driver() or importlib.util.find_spec("torch") is None:
        return "cpu"
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def _has_driver() -> bool:
    if sys.platform == "darwin":
        return False
    return sys.platform == "win32" or any(Path(place).exists() for place in _DRIVERS)
