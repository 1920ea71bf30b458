"""VGG16 (Simonyan and Zisserman 2015, configuration D) with the head of ch. 7: a picture to two logits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from oncologyai.errors import InputError

__all__ = ["VGG16_WIDTHS", "Vgg16Classifier"]

VGG16_WIDTHS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
# Mean and deviation of the pictures that torchvision's weights were trained on, red, green, blue from 0 to 1.
_IMAGENET_MEAN, _IMAGENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Vgg16Classifier(nn.Module):
    """Thirteen convolutions in five blocks, global average, 512 units with ReLU, two classes.

    Parameters
    ----------
    widths : sequence of sequences of int
        Filters of the convolutions, block by block; the published ones have 14,714,688 parameters.
    hidden : int, >= 1
        Units of the head.
    classes : int, >= 1
        Logits; probabilities are their softmax.
    standardise : bool
        Whether the picture is brought to the mean and deviation of ImageNet first, which weights trained as
        torchvision's expect. As published (ch. 7) pictures from 0 to 1 went in as they are.

    Notes
    -----
    The convolutions are named ``features.0`` to ``features.28`` as in torchvision's VGG16, so that its weights fit.
    """

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(
        self,
        widths: Sequence[Sequence[int]] = VGG16_WIDTHS,
        *,
        hidden: int = 512,
        classes: int = 2,
        standardise: bool = True,
    ) -> None:
        super().__init__()
        for name, count in (("widths", min((min(w, default=0) for w in widths), default=0)), ("hidden", hidden)):
            if count < 1:
                raise InputError(name, expected="1 or more", got=str(count))
        if classes < 1:
            raise InputError("classes", expected="1 or more", got=str(classes))
        layers: list[nn.Module] = []
        channels = 3
        for block in widths:
            for filters in block:
                layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU()]
                channels = filters
            layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.hidden = nn.Linear(channels, hidden)
        self.last = nn.Linear(hidden, classes)
        self.blocks = len(widths)
        self.standardise = standardise
        for name, values in (("mean", _IMAGENET_MEAN), ("deviation", _IMAGENET_DEVIATION)):
            self.register_buffer(name, torch.tensor(values).view(1, 3, 1, 1), persistent=False)

    def maps(self, image: torch.Tensor) -> torch.Tensor:
        """Give the last convolution's maps after its ReLU, before the last pooling: what class maps are made of.

        Parameters
        ----------
        image : Tensor, shape (batch, 3, j, i)
            From 0 to 1; sizes are multiples of 32 (of 2 a block).

        Returns
        -------
        Tensor, shape (batch, 512, j / 16, i / 16)

        Raises
        ------
        InputError
            If the shape is another.
        """
        step = 2**self.blocks
        if not torch.jit.is_tracing() and (  # type: ignore[attr-defined]
            image.ndim != 4 or image.shape[1] != 3 or image.shape[2] % step or image.shape[3] % step
        ):
            expected = f"(batch, 3, j, i), j and i multiples of {step}"
            raise InputError("image", expected=expected, got=f"shape {tuple(image.shape)}")
        found: torch.Tensor = self.features[:-1](self.given(image))
        return found

    def given(self, image: torch.Tensor) -> torch.Tensor:
        """Give what the first convolution takes of a picture (batch, 3, j, i)."""
        return (image - self.mean) / self.deviation if self.standardise else image

    def head(self, maps: torch.Tensor) -> torch.Tensor:
        """Give logits (batch, classes) of the last convolution's maps: pooling, global average, both layers."""
        pooled = self.features[-1](maps).mean(dim=(2, 3))
        found: torch.Tensor = self.last(functional.relu(self.hidden(pooled)))
        return found

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        """Give logits (batch, classes); see :meth:`maps`."""
        return self.head(self.maps(image))

    def load_base(self, weights: Mapping[str, np.ndarray]) -> None:
        """Take over the weights of the convolutions, by torchvision's names; those of its classifier are passed over.

        Raises
        ------
        InputError
            If one is missing, or of another shape.
        """
        own = {f"features.{name}": value for name, value in self.features.state_dict().items()}
        for name, value in own.items():
            given = weights.get(name)
            if given is None or tuple(given.shape) != tuple(value.shape):
                got = "none" if given is None else f"shape {tuple(given.shape)}"
                raise InputError(name, expected=f"weights of shape {tuple(value.shape)}", got=got)
        taken = {name.removeprefix("features."): torch.as_tensor(np.asarray(weights[name], np.float32)) for name in own}
        self.features.load_state_dict(taken)
