"""Overfit of two sarcoma patients by each network: whether it learns, in how many steps and seconds.

python Testing/benchmarks/bench_overfit.py [NAME ...] [--out overfit.csv] [--steps 500] [--minutes 10] [--threads 1]

The patients are the first two by name whose lesion has 20 to 200 ml; PET alone, 4 mm voxels, cropped to 20 mm around
the lesion. The library's own loop trains on both, without augmentation, until the Dice of both is above 0.9. Networks
are as wide as WIDTHS says, which the line tells. Lines are added to the CSV, and a network that stands in it is not run
again, so that a list that was stopped goes on. The minutes are those of the processor, which a busy machine does not
lengthen.
"""

import argparse
import csv
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from oncologyai.imaging import read_masks
from oncologyai.networks import NETWORKS, build_network
from oncologyai.training import TrainConfig, find_cases, fit, load_cases

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "sts"
LEAST_ML, MOST_ML = 20, 200
GOAL, PIECE = 0.9, 10  # Dice; steps between looks at it

_CORETR = {"widths": [8, 12, 16, 24, 32], "hidden": 48, "layers": 2}
WIDTHS = {
    "unet2d": {"filters": [16, 24, 32, 48, 64]},
    "unet2d-published": {"filters": [16, 24, 32, 48, 64]},
    "highres3dnet": {},
    "densehighres3dnet-v1": {},
    "densehighres3dnet-v2": {},
    "densehighres3dnet-ensemble": {},
    "resenc-unet": {
        "widths": [16, 32, 48, 64],
        "blocks": [1, 1, 2, 2],
        "strides": [[1] * 3, [2] * 3, [2] * 3, [2] * 3],
    },
    "coretr": _CORETR,
    "coretr-single-resolution": _CORETR,
    "coretr-without-transformer": {"widths": [8, 12, 16, 24, 32], "hidden": 48},
    "unet3d": {"features": [16, 16, 32, 48, 64, 16]},
    "attention-unet3d": {"channels": [16, 32, 64]},
    "resnet-unet3d": {"filters": [16, 32, 64]},
    "cotr": {"widths": [16, 24, 32, 48], "hidden": 48, "layers": 2},
    "unetr": {"features": 8, "hidden": 96, "hidden_mlp": 192, "heads": 4},
}
"""Arguments of each network; none are the published ones."""

COLUMNS = [
    "network",
    "arguments",
    "parameters",
    "patch",
    "steps",
    "seconds",
    "cpu_seconds",
    "patients",
    "dice_1",
    "dice_2",
]


def chosen_patients(folder):
    """The first two patients by name whose lesion on the PET is of the size wanted."""
    found = []
    for patient in sorted(path for path in folder.iterdir() if path.is_dir()):
        (mask, *_) = read_masks(patient / "PET_mask.nii.gz")
        if LEAST_ML <= mask.volume_ml <= MOST_ML:
            found.append(patient)
        if len(found) == 2:
            return found
    raise SystemExit(f"expected two patients with {LEAST_ML} to {MOST_ML} ml in {folder}, got {len(found)}")


def load(work, base):
    """The two patients as the library prepares them."""
    table = work / "cases.csv"
    with table.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["case", "mask", "pet"])
        for path in chosen_patients(DATA):
            writer.writerow([path.name, path / "PET_mask.nii.gz", path / "PET_image.nii.gz"])
    config = base.with_data(table=str(table))
    return load_cases(find_cases(config), config, work / "cache")


def settings(name, arguments, patch, options):
    flat = NETWORKS[name].dims == 2
    return TrainConfig.model_validate(
        {
            "name": "overfit",
            "data": {"table": "cases.csv", "crop_mm": 20},
            "channels": [
                {"name": "pet", "modality": "PT", "unit": "SUVbw", "normalisation": {"kind": "logarithm", "high": 50}}
            ],
            "spacing_mm": [4, 4, 4],
            "network": {"name": name, "arguments": {"in_channels": 1, **arguments}},
            "patch": patch[1:] if flat else patch,
            "batch": 2,
            "samples": 4 if flat else 1,
            "on_lesion": 0.8 if flat else 0.0,
            "phases": [{"epochs": options.steps // PIECE, "arguments": {"privilege": 0.5, "epochs": 0}}],
            "steps_per_epoch": PIECE,
            "optimiser": "adam",
            "learning_rate": 0.002,
            "schedule": "constant",
            "clip_gradient": 5.0,
            "folds": 0,
            "validate_every": 1,
            "device": "cpu",
            "threads": options.threads,
        }
    )


def patch_for(name, arguments, cases):
    """The smallest patch that holds both images and that the network need not pad."""
    multiple = build_network(name, **arguments).multiple
    if len(multiple) == 2:
        multiple = (1, *multiple)
    sizes = [max(case.truth.shape[axis] for case in cases) for axis in range(3)]
    patch = [-(-size // step) * step for size, step in zip(sizes, multiple, strict=True)]
    if name.startswith("coretr") and max(patch) <= 32:
        patch[0] = 64  # instance norm needs more than one voxel in its coarsest map
    return patch


def within(case, patch):
    """The case in the middle of a patch of zeros: training and validation see it in one place, without resampling."""
    gaps = [max(0, edge - size) for edge, size in zip(patch, case.truth.shape, strict=True)]
    around = [(gap // 2, gap - gap // 2) for gap in gaps]
    return replace(case, image=np.pad(case.image, [(0, 0), *around]), truth=np.pad(case.truth, around))


def overfit(name, cases, work, options):
    arguments = dict(WIDTHS[name])
    if name == "unetr":
        arguments["size"] = patch_for(name, {**arguments, "size": [32, 32, 32]}, cases)
    patch = patch_for(name, arguments, cases)
    config = settings(name, arguments, patch, options)
    parameters = sum(value.numel() for value in build_network(name, **arguments).parameters())
    start = time.perf_counter(), time.process_time()
    cases = [within(case, patch) for case in cases]
    steps, dice = 0, {}
    # an epoch a call, each going on from the checkpoint of the one before
    while steps < options.steps and time.process_time() - start[1] < 60 * options.minutes * options.threads:
        result = fit(config, cases, cases, work / name, minutes=0)
        steps, dice = result.rows[-1].steps, result.dice
        if min(dice.values()) > GOAL:
            break
    wall, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
    first, second = sorted(dice)
    size = "x".join(map(str, config.patch))
    told = json.dumps(WIDTHS[name]) if WIDTHS[name] else "published"
    values = [name, told, parameters, size, steps, f"{wall:.1f}", f"{cpu:.1f}", f"{first} {second}"]
    return dict(zip(COLUMNS, [*values, f"{dice[first]:.4f}", f"{dice[second]:.4f}"], strict=True))


def finished(out):
    if not out.is_file():
        return set()
    with out.open(newline="") as stream:
        return {row["network"] for row in csv.DictReader(stream)}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--out", type=Path, default=Path("overfit.csv"))
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        cases = load(work, settings("unet3d", {}, [32, 32, 32], options))
        for name in options.names or list(NETWORKS):
            if name in finished(options.out):
                continue
            row = overfit(name, cases, work, options)
            with options.out.open("a", newline="") as stream:
                writer = csv.DictWriter(stream, COLUMNS)
                if stream.tell() == 0:
                    writer.writeheader()
                writer.writerow(row)
            print(" | ".join(str(value) for value in row.values()), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
