"""Dice after 0, 1, 3 and 5 simulated clicks, and seconds a click, on lesions whose truth is hidden.

Run: ``python Testing/benchmarks/bench_correction.py SHARED_DATA [CROSSVAL]`` with the folder that holds ``lung1`` and
``sts``, and the folder of ``oncology-ai train crossval sts-gtv-pet``: then also from the result of a network that has
not seen the patient, with its probabilities and without.

Each click is the deepest point of the largest error. The patients are LUNG1-001, from the seeded result of its one
published seed, and of the sarcomas whose number 5 divides the three whose largest part above SUV 2.5 agrees least with
the contour; the means are over all eight whose number 5 divides. The method's constants were chosen on the others and
on LUNG1-002. A result made from a seed keeps that seed as a click already given. ``brush`` paints a ball up to the
nearest border instead, as by hand; ``shifted`` clicks miss the middle by up to a third of the error's depth.
"""

from __future__ import annotations

import csv
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage

from oncologyai.imaging import read_masks, read_volume
from oncologyai.segmenters import Stroke, correct_mask, segment_from_seeds
from oncologyai.types import Mask, Volume

sys.path.insert(0, str(Path(__file__).parents[1] / "integration"))
from seed_points import seed_points
from simulated_clicks import clicks_in_a_row, dice

LUNG1_001 = ("LUNG1-001_20180209_CT", (-93.3, 208.6, -459.5))
CLICKS = 5


@dataclass
class Case:
    """A result to correct, its truth, and the seeds it was made from."""

    name: str
    volume: Volume
    truth: Mask
    start: Mask
    said: tuple[Stroke, ...] = ()
    probability: Volume | None = None


def seeded(name, volume, truth, seed):
    stroke = Stroke("inside", (tuple(float(v) for v in seed),))
    return Case(name, volume, truth, segment_from_seeds(volume, [seed]), (stroke,))


def thresholded(name, volume, truth):
    labels, _ = ndimage.label(volume.array > 2.5)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    return Case(name, volume, truth, Mask.on(volume, (labels == sizes.argmax()) & (labels > 0)))


def by_network(crossval, name, volume, truth):
    """Segment a patient with the model of the fold that left it out."""
    from oncologyai.inference import InferenceConfig, segment_with_model
    from oncologyai.models import load_card

    for fold in sorted(Path(crossval).glob("fold-*")):
        with (fold / "held_out.csv").open(encoding="utf-8", newline="") as stream:
            if name in {row["case"] for row in csv.DictReader(stream)}:
                config = InferenceConfig(members="flips", threads=1)
                found = segment_with_model(volume, load_card(fold), fold, config=config)
                return Case(name, volume, truth, found.mask, probability=found.probability)
    raise SystemExit(f"{crossval}: expected a fold that left {name} out, got none")


def sarcomas(data):
    for path in sorted((Path(data) / "sts").glob("STS_*/PET_image.nii.gz")):
        if int(path.parent.name[-3:]) % 5 == 0:
            volume = read_volume(path, modality="PT", unit="SUVbw")
            (truth,) = read_masks(path.with_name("PET_mask.nii.gz"))
            yield path.parent.name, volume, truth


def with_correction(case, seconds, *, blind=False):
    probability = None if blind else case.probability

    def correct(mask, click, strokes):
        start, cpu = time.perf_counter(), time.process_time()
        found = correct_mask(case.volume, mask, click, earlier=strokes, probability=probability).mask
        seconds.append((time.perf_counter() - start, time.process_time() - cpu))
        return found

    return correct


def with_brush(mask, click, _strokes):
    """Paint a ball around the click that reaches to the nearest voxel of the other label."""
    array = mask.array.copy()
    k, j, i = np.floor(mask.ijk_from_ras(click.points_ras[0]) + 0.5).astype(int)[::-1]
    other = np.argwhere(array != array[k, j, i])
    sampling = np.array(mask.sampling_mm)
    radius = np.linalg.norm((other - (k, j, i)) * sampling, axis=1).min(initial=30.0)
    axes = np.ogrid[tuple(slice(n) for n in array.shape)]
    square = sum(((axis - c) * s) ** 2 for axis, c, s in zip(axes, (k, j, i), sampling, strict=True))
    array[square < radius**2] = click.kind == "inside"
    return Mask.on(mask, array)


def measure(case, correct, **options):
    shown = clicks_in_a_row(case.start, case.truth, correct, count=CLICKS, said=case.said, **options)
    return np.array([step.dice for step in shown])


def tell(name, found):
    print(f"{name:44s} " + "  ".join(f"{n}: {found[n]:.3f}" for n in (0, 1, 3, 5)))  # noqa: T201


def run(title, cases, named):
    """Measure the three ways over all cases, tell the named ones one by one, then the means."""
    found, brushed, shifted, seconds = [], [], [], []
    for case in cases:
        found.append(measure(case, with_correction(case, seconds)))
        brushed.append(measure(case, with_brush))
        shifted.append(measure(case, with_correction(case, []), shift=1 / 3, random_seed=1))
        if case.name in named:
            tell(f"{title} {case.name}", found[-1])
    ways = [("", found), (", brush", brushed), (", shifted", shifted)]
    if cases[0].probability is not None:
        blind = [measure(case, with_correction(case, [], blind=True)) for case in cases]
        ways.append((", without probabilities", blind))
    for label, each in ways:
        tell(f"{title} mean of {len(each)}{label}", np.mean(each, axis=0))
    wall, cpu = np.array(seconds).T
    print(f"{title} a click: {wall.mean():.2f} s, most {wall.max():.2f} s; CPU {cpu.mean():.2f}, {cpu.max():.2f} s")  # noqa: T201


def main(data, crossval=""):
    folder, seed = LUNG1_001
    study = Path(data) / "lung1" / folder
    volume = read_volume(study, modality="CT")
    (truth,) = read_masks(study, grid=volume, names=["GTV-1"])
    run("CT, seeded", [seeded("LUNG1-001", volume, truth, seed)], {"LUNG1-001"})
    patients = list(sarcomas(data))
    cases = [thresholded(*patient) for patient in patients]
    worst = {case.name for case in sorted(cases, key=lambda case: dice(case.start, case.truth))[:3]}
    run("PET, SUV > 2.5", cases, worst)
    run("PET, seeded", [seeded(name, v, t, seed_points(t)[0]) for name, v, t in patients], worst)
    if crossval:
        run("PET, network", [by_network(crossval, *patient) for patient in patients], worst)


if __name__ == "__main__":
    main(*sys.argv[1:])
