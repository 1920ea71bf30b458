"""Processor seconds of an augmented sample: the library's against MONAI's dictionary transforms, and of a cached case.

python Testing/benchmarks/bench_augmentation.py [SAMPLES] [THREADS]

The sarcoma recipe for PET, patch 80x56x56, on a random case of that size: once with its own chances, once with every
change on. MONAI does what it has of the same list, with the same chances and sizes: flips, rotation and scaling,
elastic deformation, gain, gamma, blur, low resolution, noise; not the cut of the view. Its affine steps are composed
lazily.
"""

import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import torch
from monai.data import PersistentDataset
from monai.transforms import (
    Compose,
    Rand3DElasticd,
    RandAdjustContrastd,
    RandAffined,
    RandFlipd,
    RandGaussianNoised,
    RandGaussianSmoothd,
    RandScaleIntensityd,
    RandSimulateLowResolutiond,
    ResizeWithPadOrCropd,
)

from oncologyai.training import Case, draw_sample, load_config

BOTH, MODES = ("image", "truth"), ("bilinear", "nearest")
CHANCES = ("rotate", "scale", "stretch", "elastic", "gain", "gamma", "blur", "coarse", "noise", "border")


def monai_chain(change, patch):
    """MONAI's transforms with the recipe's chances; rotation and scaling are one step, with the greater chance."""
    turn = np.deg2rad(change.rotate_degrees)
    low, high = change.scale_range
    return Compose(
        [
            *(RandFlipd(BOTH, prob=chance, spatial_axis=axis) for axis, chance in enumerate(change.flip)),
            RandAffined(
                BOTH,
                prob=max(change.rotate, change.scale),
                rotate_range=tuple(turn),
                scale_range=((low - 1, high - 1),) * 3,
                mode=MODES,
                padding_mode="zeros",
            ),
            Rand3DElasticd(
                BOTH,
                sigma_range=(5, 8),
                magnitude_range=(50, 150),
                prob=change.elastic,
                mode=MODES,
                padding_mode="zeros",
            ),
            ResizeWithPadOrCropd(BOTH, patch),
            RandScaleIntensityd(
                "image", factors=(change.gain_range[0] - 1, change.gain_range[1] - 1), prob=change.gain
            ),
            RandAdjustContrastd("image", prob=change.gamma, gamma=change.gamma_range),
            RandGaussianSmoothd("image", *(change.blur_voxels,) * 3, prob=change.blur),
            RandSimulateLowResolutiond("image", prob=change.coarse, zoom_range=change.coarse_range),
            RandGaussianNoised("image", prob=change.noise, std=change.noise_most),
        ],
        lazy=True,
    )


def processor_ms(call, samples):
    call()
    start = time.process_time()
    for _ in range(samples):
        call()
    return 1e3 * (time.process_time() - start) / samples


def main():
    samples = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    patch = (80, 56, 56)
    config = load_config("sts-gtv-pet").model_copy(update={"patch": patch})
    rng = np.random.default_rng(0)
    image = rng.random((1, *patch), dtype=np.float32)
    truth = np.zeros(patch, dtype=np.float32)
    truth[30:50, 20:40, 20:40] = 1
    case = Case("random", "random", "", image, truth, (3.27, 4.0, 4.0), True)
    all_on = config.augmentation.model_copy(update=dict.fromkeys(CHANCES, 1.0))
    for name, change in (("its own chances", config.augmentation), ("every change on", all_on)):
        chosen = config.model_copy(update={"augmentation": change})
        own = processor_ms(partial(draw_sample, case, chosen, rng), samples)
        chain = monai_chain(change, patch)
        chain.set_random_state(0)
        sample = {"image": torch.from_numpy(image), "truth": torch.from_numpy(truth[None])}
        theirs = processor_ms(partial(chain, sample), samples)
        print(f"{name}: library {own:.1f} ms a sample, MONAI {theirs:.1f} ms (processor time)")  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        for name, array in (("image", image), ("truth", truth)):
            np.save(Path(folder) / f"{name}.npy", array)
        kept = PersistentDataset([{"image": image, "truth": truth[None]}], Compose([]), Path(folder) / "monai")
        files = [Path(folder) / f"{name}.npy" for name in BOTH]
        mapped = processor_ms(lambda: [np.array(np.load(file, mmap_mode="r")) for file in files], samples)
        stored = processor_ms(lambda: kept[0], samples)
    print(f"a prepared case read: library {mapped:.2f} ms, PersistentDataset {stored:.2f} ms (processor time)")  # noqa: T201


if __name__ == "__main__":
    main()
