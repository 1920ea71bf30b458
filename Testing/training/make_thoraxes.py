"""Synthetic thoraxes for the demonstration model: varied patients with one tumour each, and their table.

Run: ``python Testing/training/make_thoraxes.py FOLDER [--cases 30] [--seed 1] [--prefix train]``. Writes a CT and a
mask a case (NRRD) and ``cases.csv`` with the columns case, mask, ct, seed. The same seed gives the same
voxels. What is there already is not made again, so that a call that was cut off goes on.
"""

import argparse
import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy import ndimage

from oncologyai.imaging import write_masks, write_volume
from oncologyai.samples import GridSpec, LesionSpec, Thorax, ThoraxSpec, make_thorax
from oncologyai.types import Mask

_COARSE = GridSpec(size=(96, 96, 52), spacing_mm=(4.0, 4.0, 6.0))
_FIELD_MM = (372.0, 372.0, 300.0)
_MARGIN_MM = 4.0  # a tumour's centre lies at least this deep in the lung


def draw_spec(rng: np.random.Generator) -> ThoraxSpec:
    """Draw a patient, a scanner and a tumour; one in ten has an airless lung, the tumour then lies in the other."""
    pixel_mm, slice_mm = rng.uniform(1.3, 1.8), rng.choice([3.0, 4.0, 5.0])
    edges = (pixel_mm, pixel_mm, slice_mm)
    size = tuple(round(field / edge) for field, edge in zip(_FIELD_MM, edges, strict=True))
    opaque = str(rng.choice(["left", "right"])) if rng.random() < 0.1 else None
    spec = ThoraxSpec(
        grid=GridSpec(size=size, spacing_mm=edges, centre_ras=tuple(rng.uniform(-8.0, 8.0, 3))),
        opaque_lung=opaque,
        volume_loss=rng.uniform(0.0, 1.0),
        lung_hu=rng.uniform(-885.0, -780.0),
        vessels=int(rng.integers(250, 620)),
        couch=bool(rng.random() < 0.8),
        noise_hu=rng.uniform(5.0, 26.0),
    )
    return replace(spec, lesion=_draw_lesion(spec, rng))


def _draw_lesion(spec: ThoraxSpec, rng: np.random.Generator) -> LesionSpec:
    radius = float(np.exp(rng.uniform(np.log(6.0), np.log(30.0))))
    axes = tuple(radius * rng.uniform(0.8, 1.25, 3))
    kind = rng.random()
    ground_glass = rng.uniform(3.0, 9.0) if kind > 0.85 else 0.0
    return LesionSpec(
        centre_ras=_draw_place(spec, radius, rng),
        semi_axes_mm=axes,
        hu=rng.uniform(5.0, 85.0),
        lobulation=rng.uniform(0.0, 0.25),
        spiculation=rng.uniform(0.0, 0.4),
        lobes=int(rng.integers(0, 10)),
        spicules=int(rng.integers(0, 15)),
        ground_glass_mm=ground_glass,
        ground_glass_hu=rng.uniform(-680.0, -480.0),
        touches_wall=bool(kind < 0.25),
    )


def _draw_place(spec: ThoraxSpec, radius: float, rng: np.random.Generator) -> tuple[float, float, float]:
    """Draw a centre within an aerated lung, deep enough that most of the tumour lies in it."""
    bare = replace(spec, grid=_COARSE, vessels=0, noise_hu=0.0, couch=False)
    masks = {mask.label: mask for mask in make_thorax(bare, np.random.default_rng(0)).masks}
    names = [name for name in ("Lung L", "Lung R") if not name.endswith((spec.opaque_lung or "-")[0].upper())]
    lungs = [masks[name] for name in names]
    united = np.logical_or.reduce([mask.array for mask in lungs])
    depth = ndimage.distance_transform_edt(united, sampling=lungs[0].sampling_mm)
    places = np.argwhere(depth >= min(max(_MARGIN_MM, 0.5 * radius), 0.8 * depth.max()))
    k, j, i = places[int(rng.integers(len(places)))]
    x, y, z = lungs[0].ras_from_ijk((i, j, k))
    return float(x), float(y), float(z)


def make_case(seed: list[int]) -> tuple[Thorax, float]:
    """Make a thorax of a random size; give it with the factor that its edges were scaled by."""
    rng = np.random.default_rng(seed)
    thorax = make_thorax(draw_spec(rng), rng)
    factor = float(rng.uniform(0.88, 1.12))
    scale = np.diag([factor, factor, factor, 1.0])
    masks = tuple(replace(mask, ijk_to_ras=scale @ mask.ijk_to_ras) for mask in thorax.masks)
    volume = replace(thorax.volume, ijk_to_ras=scale @ thorax.volume.ijk_to_ras)
    return Thorax(volume, masks, thorax.lesions), factor


def main() -> None:
    """Write the cases and their table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cases", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--prefix", default="train")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number in range(options.cases):
        name = f"{options.prefix}-{number:03d}"
        image, mask = options.folder / f"{name}.nrrd", options.folder / f"{name}-gtv.nrrd"
        if not mask.is_file():
            thorax, _ = make_case([options.seed, number])
            write_volume(thorax.volume, image)
            write_masks([_tumour(thorax)], mask)
        rows.append({"case": name, "mask": mask.name, "ct": image.name, "seed": f"{options.seed}/{number}"})
        print(name, flush=True)  # noqa: T201
    with (options.folder / "cases.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _tumour(thorax: Thorax) -> Mask:
    return next(mask for mask in thorax.masks if mask.label == "GTV-1")


if __name__ == "__main__":
    main()
