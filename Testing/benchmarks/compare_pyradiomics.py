"""Our features beside pyradiomics' on real images: compare_pyradiomics.py DATA WORK [--doc docs/features-agreement.md].

Every family and every filter of pyradiomics (LBP3D, which needs trimesh there, excepted) on brain1, breast1, the GTV-1
of both lung patients and ten sarcoma patients in up to three modalities, whole images as they are stored. WORK keeps
a file a case, so that an interrupted run goes on; the table is made from them.
"""

import argparse
import json
import math
import sys
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import SimpleITK as sitk

from oncologyai.features import DEPRECATED, FEATURES, FeatureSettings, extract_features
from oncologyai.features.discretise import bin_edges
from oncologyai.features.filters import filtered_images
from oncologyai.features.parameters import filter_options, settings_for_image
from oncologyai.features.region import mask_box
from oncologyai.features.resampling import picture
from oncologyai.imaging import read_masks, read_volume
from oncologyai.types import Mask, Volume

LIMIT = 1e-6
FAMILIES = {name: FEATURES[name] + DEPRECATED.get(name, ()) for name in FEATURES if name != "shape2D"}
IMAGES = {
    "Original": {}, "LoG": {"sigma": [2.0, 3.0, 4.0, 5.0]}, "Wavelet": {}, "Square": {}, "SquareRoot": {},
    "Logarithm": {}, "Exponential": {}, "Gradient": {}, "LBP2D": {"lbp2DSamples": 8, "lbp2DRadius": 1, "binWidth": 1},
}  # fmt: skip
SHIFTS = {"CT": 1000.0, "PT": 0.0, "MR": 0.0}


_WHY = """Three causes account for all of them:

* pyradiomics computes LoG in single precision, and wavelets where the image is stored so (PET here). Our filters
  compute in double precision. Features near 0, such as the median of a high-pass image, show the difference.
* Such a difference may put a voxel whose value lies on the edge of a bin into the next bin. Textures then differ a
  little, all of them at once.
* pyradiomics adds 2.2e-16 to the denominators of the matrix whose eigenvalue MCC is. In large regions, where the shares
  of rare levels multiply to little more than that, MCC moves by up to 2e-6. Ours adds nothing."""


def main() -> None:
    """Compare what is not yet compared, then write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--doc", type=Path)
    parser.add_argument("--patients", type=int, default=10, help="sarcoma patients")
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    cases = list_cases(options.data, options.patients)
    for name, (image, mask, modality) in cases.items():
        kept = options.work / f"{name}.json"
        if not kept.exists():
            kept.write_text(json.dumps(compare(name, image, mask, modality)), encoding="utf-8")
    results = {name: json.loads((options.work / f"{name}.json").read_text(encoding="utf-8")) for name in cases}
    text = document(results, list(exceptions(results)), cases)
    if options.doc:
        options.doc.write_text(text, encoding="utf-8")
    say(text)


def list_cases(data: Path, patients: int) -> dict[str, tuple[Path, Path, str]]:
    """Give image, mask and modality of each case by its name."""
    found = {
        name: (data / f"pyradiomics/{name}_image.nrrd", data / f"pyradiomics/{name}_label.nrrd", "MR")
        for name in ("brain1", "breast1")
    }
    for folder in sorted((data / "lung1").iterdir()):
        structures = next(path for path in sorted(folder.rglob("*")) if path.is_file() and is_structures(path))
        found[folder.name.split("_")[0]] = (folder, structures, "CT")
    complete = [f for f in sorted((data / "sts").iterdir()) if (f / "MR_T1_image.nii.gz").exists()][:patients]
    for folder in complete:
        for name, modality in (("PET", "PT"), ("CT", "CT"), ("MR_T1", "MR")):
            pair = folder / f"{name}_image.nii.gz", folder / f"{name}_mask.nii.gz"
            found[f"{folder.name}-{name}"] = (*pair, modality)
    return found


def is_structures(path: Path) -> bool:
    """Tell whether a file is an RTSTRUCT."""
    import pydicom

    try:
        return str(pydicom.dcmread(path, stop_before_pixels=True, specific_tags=["Modality"]).Modality) == "RTSTRUCT"
    except (pydicom.errors.InvalidDicomError, AttributeError):
        return False


def read_case(image: Path, mask: Path, modality: str) -> tuple[Volume, Mask, FeatureSettings]:
    """Read a case, with bins that give about thirty levels."""
    volume = read_volume(image, modality=modality)
    names = ["GTV-1"] if image.is_dir() else None
    found = next(m for m in read_masks(mask, grid=volume, names=names) if not m.is_empty)
    values = volume.array[found.array]
    width = 25.0 if modality == "CT" else float(f"{np.ptp(values) / 32:.1g}")
    return volume, found, FeatureSettings(FAMILIES, IMAGES, bin_width=width, voxel_array_shift=SHIFTS[modality])


def compare(name: str, image: Path, mask: Path, modality: str) -> dict:
    """Extract with both engines."""
    volume, found, settings = read_case(image, mask, modality)
    result = {"voxels": int(found.array.sum()), "type": str(volume.array.dtype), "shape": volume.shape,
              "bin_width": settings.bin_width}  # fmt: skip
    for engine in ("oncologyai", "pyradiomics"):
        start = time.process_time()
        table = extract_features(volume, [found], settings, engine=engine)
        result[engine] = dict(zip(table.columns[1:], table.rows[0][1:], strict=True))
        result[f"{engine} s"] = time.process_time() - start
    say(f"{name}: {result['voxels']} voxels, {result['oncologyai s']:.1f} s, {result['pyradiomics s']:.1f} s")
    return result


def exceptions(results: dict) -> list[tuple[str, str, float, float, float]]:
    """Give what differs by more than the limit: case, feature, ours, theirs, and how many times the limit."""
    columns = next(iter(results.values()))["oncologyai"]
    for column in columns:
        theirs = {case: result["pyradiomics"][column] for case, result in results.items()}
        known = [abs(value) for value in theirs.values() if value is not None]
        median = float(np.median(known)) if known else 0.0
        for case, value in theirs.items():
            ours = results[case]["oncologyai"][column]
            if ours is None or value is None:
                if ours is not value:
                    yield case, column, ours, value, math.inf
                continue
            allowed = LIMIT * max(abs(value), median)
            if abs(ours - value) > allowed:
                yield case, column, ours, value, abs(ours - value) / allowed if allowed else math.inf


def causes(case: tuple[Path, Path, str], prefix: str, features: list[str]) -> str:
    """Say why one image of a case has exceptions, from how the images of both engines differ."""
    volume, mask, settings = read_case(*case)
    box = mask_box(mask.array, mask.label)
    ours, theirs, chosen = both_images(volume, box, prefix, settings)
    inside = mask.array[box]
    a, b = ours[inside], theirs[inside]
    flipped = np.count_nonzero(np.digitize(a, bin_edges(a, chosen)) != np.digitize(b, bin_edges(b, chosen)))
    apart = np.abs(a.astype(float) - b).max() / max(float(np.ptp(b)), 1e-300)
    if flipped:
        return f"{flipped} of {a.size} voxels in another bin; images {apart:.0e} of the range apart, theirs {b.dtype}"
    if apart > 0.0:
        return f"images {apart:.0e} of the range apart, theirs {b.dtype}; no voxel in another bin"
    return "images equal; epsilon in MCC" if set(features) == {"glcm_MCC"} else "images equal"


def both_images(volume: Volume, box: tuple, prefix: str, settings: FeatureSettings) -> tuple:
    """Give our image, theirs, and the settings for it."""
    from radiomics import imageoperations

    for name, options in settings.images.items():
        chosen = settings_for_image(settings, options)
        if name == "Original":
            continue
        own = dict(filtered_images(volume.array, volume.sampling_mm, name, filter_options(chosen), box))
        if prefix in own:
            image = picture(volume.array, volume)
            for other, label, _ in getattr(imageoperations, f"get{name}Image")(image, image, **options):
                if label == prefix:
                    return own[prefix], sitk.GetArrayFromImage(other)[box], chosen
    return volume.array[box], volume.array[box], settings


def document(results: dict, found: list, cases: dict) -> str:
    """Write the page."""
    columns = list(next(iter(results.values()))["oncologyai"])
    groups = defaultdict(lambda: [0, 0, 0.0])
    outside = {(case, column) for case, column, *_ in found}
    for column in columns:
        image, family, _ = column.split("_", 2)
        for case, result in results.items():
            ours, theirs = result["oncologyai"][column], result["pyradiomics"][column]
            group = groups[("wavelet" if image.startswith("wavelet") else image, family)]
            group[0] += 1
            group[1] += (case, column) in outside
            if (case, column) not in outside and ours is not None and theirs:
                group[2] = max(group[2], abs(ours - theirs) / abs(theirs))
    lines = [
        "# Agreement with pyradiomics", "",
        "Made by `python Testing/benchmarks/compare_pyradiomics.py DATA WORK --doc docs/features-agreement.md`: "
        f"{len(results)} regions, {len(columns)} features each, {len(results) * len(columns)} values in all; our "
        "engine and pyradiomics 3.0.1 on the same whole images in the type they are stored in. The limit is 1e-6 times "
        "the larger of pyradiomics' value and that feature's median over the regions.", "",
        f"**{len(results) * len(columns) - len(found)} values agree, {len(found)} do not.**", "",
        "| image | family | values | beyond the limit | largest relative difference of the others |",
        "|---|---|---|---|---|",
        *(f"| {i} | {f} | {n} | {bad} | {worst:.0e} |" for (i, f), (n, bad, worst) in groups.items()), "",
        "## Regions", "", "| region | voxels | image | type | bin width | ours, s | pyradiomics, s |",
        "|---|---|---|---|---|---|---|",
        *(f"| {name} | {r['voxels']} | {'x'.join(map(str, r['shape'][::-1]))} | {r['type']} | {r['bin_width']:g} "
          f"| {r['oncologyai s']:.1f} | {r['pyradiomics s']:.1f} |" for name, r in results.items()), "",
        "Seconds are of the processor, all threads together.", "", "## Beyond the limit", "", _WHY, "",
    ]  # fmt: skip
    by_image = defaultdict(list)
    for case, column, ours, theirs, times in found:
        by_image[(case, column.split("_")[0])].append((column.split("_", 1)[1], ours, theirs, times))
    for (case, image), rows in sorted(by_image.items()):
        lines.append(f"* **{case}, {image}**: {causes(cases[case], image, [row[0] for row in rows])}")
        lines += [f"    * {name}: {a:.9g} against {b:.9g}, {times:.1f} times the limit" for name, a, b, times in rows]
    return "\n".join(lines) + "\n"


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
