"""A bone-scan model made by hand, small and quick, whose answer is known: the brighter the blobs, the likelier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from oncologyai.models import BoneScanCard, save_card, sha256_of, write_weights

_BLOCK = 8  # pixels of the network's picture to a place of its last maps


def write_bonescan_model(folder: Path, *, picture: tuple[int, int] = (256, 128), bias: float = -0.55) -> BoneScanCard:
    """Write a model with a card, and a fast form of half the size.

    Its three last maps are the brightest pixel of each block, less 0.1, 0.3 and 0.5; the logit grows with their means.

    Parameters
    ----------
    folder : Path
    picture : (int, int)
        Rows and columns of each view.
    bias : float
        Of the logit of metastases: the larger, the more scans are called positive.
    """
    folder.mkdir(parents=True)
    _write_maps(folder / "maps.onnx")
    head = {
        "hidden.weight": np.eye(3, dtype=np.float32),
        "hidden.bias": np.full(3, 0.05, np.float32),
        "last.weight": np.array([[-1.0, -1.0, -1.0], [1.0, 3.0, 6.0]], np.float32),
        "last.bias": np.array([0.0, bias], np.float32),
    }
    write_weights(head, folder / "head.safetensors")
    names = {"maps.onnx": "onnx", "head.safetensors": "weights"}
    card = {
        "id": folder.name,
        "title": "A bone-scan model made by hand",
        "description": "For tests: it looks for bright blobs.",
        "demonstration": True,
        "network": {"name": "vgg16"},
        "full": _form(*picture),
        "fast": _form(picture[0] // 2, picture[1] // 2),
        "files": [
            {
                "name": name,
                "role": role,
                "sha256": sha256_of(folder / name),
                "size_bytes": (folder / name).stat().st_size,
            }
            for name, role in names.items()
        ],
        "training": {"description": "nothing: made by hand", "synthetic": True},
        "figures": [{"metric": "AUC", "value": 0.7, "interval": [0.6, 0.8], "test_set": "none", "cases": 9}],
        "licence": {"name": "CC BY 4.0", "commercial": True},
    }
    return save_card(BoneScanCard.model_validate(card), folder / "card.json")


def _form(height: int, width: int) -> dict[str, Any]:
    return {
        "members": [{"maps": "maps.onnx", "head": "head.safetensors"}],
        "picture": {"height": height, "width": width},
        "calibration": {
            "intercept": 0.1, "slope": 1.2, "covariance": [[0.04, 0.0], [0.0, 0.04]], "prevalence": 0.4, "scans": 50,
        },
        "thresholds": [
            {"rule": "youden", "value": 0.45, "sensitivity": 0.8, "specificity": 0.7},
            {"rule": "sensitivity-0.90", "value": 0.3, "sensitivity": 0.9, "specificity": 0.5},
        ],
    }  # fmt: skip


def _write_maps(path: Path) -> None:
    """Maximum of blocks of the first channel, less three limits, and ReLU."""
    import onnx
    from onnx import TensorProto, helper

    weights = helper.make_tensor("w", TensorProto.FLOAT, [3, 3, 1, 1], [1.0, 0.0, 0.0] * 3)
    limits = helper.make_tensor("b", TensorProto.FLOAT, [3], [-0.1, -0.3, -0.5])
    pool = helper.make_node("MaxPool", ["image"], ["blocks"], kernel_shape=[_BLOCK] * 2, strides=[_BLOCK] * 2)
    nodes = [
        pool,
        helper.make_node("Conv", ["blocks", "w", "b"], ["lines"]),
        helper.make_node("Relu", ["lines"], ["maps"]),
    ]
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 3, "j", "i"])
    maps = helper.make_tensor_value_info("maps", TensorProto.FLOAT, ["batch", 3, "mj", "mi"])
    graph = helper.make_graph(nodes, "blobs", [image], [maps], [weights, limits])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), str(path))
