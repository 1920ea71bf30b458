"""Class maps of a small network by the package grad-cam, for the tests: maps, head, and what the package gives.

Run: ``pip install grad-cam==1.5.7`` (it wants torchvision, and with it another torch), then
``python Testing/reference/class_maps.py`` writes class_maps.json beside this file. Its Grad-CAM++ adds 1e-6 below
its fraction: gradients are made large, so that it does not matter.
"""

import json
from pathlib import Path

import numpy as np
import torch
from pytorch_grad_cam import GradCAM, GradCAMPlusPlus, HiResCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

from oncologyai.networks import Vgg16Classifier

_WIDTHS = ((4, 4), (6, 6), (8, 8, 8), (8, 8, 8), (10, 10, 10))
_METHODS = {"grad-cam": GradCAM, "grad-cam++": GradCAMPlusPlus, "hirescam": HiResCAM}
_DIGITS = 9


def main() -> None:
    """Make the network and the file."""
    network = _network()
    image = torch.rand(1, 3, 128, 128, generator=torch.Generator().manual_seed(7))
    with torch.no_grad():
        maps = network.maps(image)[0].numpy()
    layers = {"hidden": network.hidden, "last": network.last}
    head = {
        f"{name}.{k}": _listed(v.detach().numpy())
        for name, layer in layers.items()
        for k, v in layer.named_parameters()
    }
    found = {
        f"{method} {target}": _listed(_map(network, image, target, method)) for method in _METHODS for target in (0, 1)
    }
    text = json.dumps({"maps": _listed(maps), "head": head, "class_maps": found})
    Path(__file__).with_suffix(".json").write_text(text + "\n", encoding="utf-8")


def _network() -> Vgg16Classifier:
    torch.manual_seed(3)
    network = Vgg16Classifier(_WIDTHS, hidden=24).eval()
    for parameter in network.features.parameters():
        parameter.data = 1.6 * parameter.data if parameter.ndim > 1 else parameter.data + 0.05
    network.last.weight.data *= 300.0
    return network


def _map(network: Vgg16Classifier, image: torch.Tensor, target: int, method: str) -> np.ndarray:
    layer = [m for m in network.features.modules() if isinstance(m, torch.nn.ReLU)][-1]
    layer.inplace = False
    with _METHODS[method](network, [layer]) as cam:
        cam(input_tensor=image, targets=[ClassifierOutputTarget(target)])
        (activations,), (gradients,) = ([a.numpy() for a in kept] for kept in _kept(cam))
        raw = cam.get_cam_image(image, layer, None, activations, gradients, False)[0]
    return np.maximum(raw, 0.0)


def _kept(cam: GradCAM) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    return cam.activations_and_grads.activations, cam.activations_and_grads.gradients


def _listed(values: np.ndarray) -> list:
    return np.array([float(f"{v:.{_DIGITS}g}") for v in values.ravel()]).reshape(values.shape).tolist()


if __name__ == "__main__":
    main()
