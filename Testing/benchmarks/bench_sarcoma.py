"""The sarcoma models beside simple rules: bench_sarcoma.py DATA CROSSVAL_PET CROSSVAL_MULTI [--views N].

The two folders are those of `oncology-ai train crossval`. Prints a line a patient: the Dice of three rules on the PET
and of both models, each patient left out of the training that judges it; then means, medians, HD95, channels left out,
what is found beside lesions, and the trust. With ``--views`` each patient is looked at N times more in a view whose
borders lie at random 5 to 50 mm from the lesion, so that the borders tell less of where it is.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from oncologyai.imaging import read_masks, read_volume
from oncologyai.inference import TRUST_FEATURES, InferenceConfig, fit_trust, segment_with_model
from oncologyai.metrics import confusion
from oncologyai.models import load_card
from oncologyai.training import HeldOut, fit_finding_rule, read_held_out
from oncologyai.types import Mask, Volume

_CHANNELS = {"pet": ("pet",), "multi": ("pet", "ct", "mr")}
_FILES = {"pet": "PET_image.nii.gz", "ct": "CT_image.nii.gz", "mr": "MR_T1_image.nii.gz"}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("data", "pet", "multi"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--views", type=int, default=0)
    options = parser.parse_args()
    rows = {
        name: {row.case: row for row in read_held_out(getattr(options, name) / "held_out.csv", channels)}
        for name, channels in _CHANNELS.items()
    }
    rules = {case: rules_of(options.data / "sts" / case) for case in sorted(rows["pet"])}
    say("case        suv2.5  box  41%box |  pet  hd95 | multi hd95 | channels")
    for case, (whole, box, share) in rules.items():
        one, several = rows["pet"][case], rows["multi"][case]
        say(
            f"{case:11} {whole:.3f} {box:.3f} {share:.3f} | {one.dice:.3f} {one.metrics['hd95_max_mm']:5.1f}"
            f" | {several.dice:.3f} {several.metrics['hd95_max_mm']:5.1f} | {several.channels}"
        )
    table = np.array(list(rules.values()))
    say(f"rules: mean {table.mean(0).round(3)} median {np.median(table, axis=0).round(3)}")
    for name in _CHANNELS:
        tell(name, list(rows[name].values()))
    for name in _CHANNELS if options.views else ():
        look(name, options, list(rows[name].values()))


def say(text: str) -> None:
    """Print a line."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def rules_of(folder: Path) -> tuple[float, float, float]:
    """Dice of SUV > 2.5 in the whole crop, of the same in the contour's box, of 41 % of the lesion's SUVmax there."""
    pet = read_volume(folder / _FILES["pet"])
    truth = read_masks(folder / "PET_mask.nii.gz", grid=pet)[0]
    box = box_of(truth)
    hottest = pet.array[truth.array].max()
    found = (pet.array > 2.5, (pet.array > 2.5) & box, (pet.array > 0.41 * hottest) & box)
    return tuple(confusion(truth, Mask.on(pet, array)).dice for array in found)


def box_of(truth: Mask, margins: np.ndarray | None = None) -> np.ndarray:
    """The lesion's box, more voxels (k, j, i) x (low, high) around it."""
    places = np.argwhere(truth.array)
    more = np.zeros((3, 2), dtype=int) if margins is None else margins
    low = np.maximum(places.min(0) - more[:, 0], 0)
    high = places.max(0) + 1 + more[:, 1]
    box = np.zeros(truth.shape, dtype=bool)
    box[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] = True
    return box


def tell(name: str, rows: list[HeldOut]) -> None:
    """Print the figures of one cross-validation."""
    for title, some in (("all", rows), ("with every channel", [r for r in rows if r.without])):
        if some:
            dice, far = [r.dice for r in some], [r.metrics["hd95_max_mm"] for r in some]
            say(
                f"{name}, {title} ({len(some)}): Dice mean {np.mean(dice):.3f} median {np.median(dice):.3f} "
                f"least {min(dice):.3f}; HD95 mean {np.mean(far):.1f} median {np.median(far):.1f} mm"
            )
    for channel in _CHANNELS[name]:
        left = [r.without[channel] for r in rows if channel in r.without]
        if left:
            say(f"{name}, {channel} left out ({len(left)}): Dice mean {np.mean(left):.3f} median {np.median(left):.3f}")
    rule = fit_finding_rule([r.certainty for r in rows], [r.beside for r in rows])
    say(f"{name}: lesions found {rule.sensitivity:.3f}; nothing found in {rule.specificity:.3f} of {rule.parts} views")
    some = [r for r in rows if r.features]
    fit = fit_trust(np.array([[r.features[f] for f in TRUST_FEATURES] for r in some]), np.array([r.dice for r in some]))
    say(
        f"{name}: predicted Dice off by {fit.error:.3f} (predicting the mean {fit.error_of_mean:.3f}), "
        f"rank correlation {fit.rank_correlation:.2f}, interval +-{fit.half_width:.3f} holds {fit.coverage:.3f}"
    )


def look(name: str, options: argparse.Namespace, rows: list[HeldOut]) -> None:
    """Print the Dice in views with borders at random."""
    generator = np.random.default_rng(20261128)
    found = []
    for row in rows:
        place = getattr(options, name) / f"fold-{row.fold}"
        folder = options.data / "sts" / row.case
        volumes: dict[str, Volume] = {c: read_volume(folder / _FILES[c]) for c in row.channels.split("+")}
        pet = volumes["pet"]
        truth = read_masks(folder / "PET_mask.nii.gz", grid=pet)[0]
        for _ in range(options.views):
            more = np.round(generator.uniform(5, 50, (3, 2)) / np.array(pet.sampling_mm)[:, None]).astype(int)
            view = Mask.on(pet, box_of(truth, more))
            result = segment_with_model(
                volumes, load_card(place), place, box=view, config=InferenceConfig(members="flips")
            )
            found.append(confusion(truth, result.mask).dice)
    say(f"{name}: borders at random, {len(found)} views: Dice mean {np.mean(found):.3f} median {np.median(found):.3f}")


if __name__ == "__main__":
    main()
