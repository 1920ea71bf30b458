"""How long features take: bench_features.py WORK [--sizes 4000 33000 ...] [--rivals PATH] [--doc FILE] [--plot PNG].

Regions of given sizes in a whole, uncropped CT of 512x512x134, image in memory; the original image alone, and with LoG
(2, 3, 4, 5 mm) and wavelet. Ours, pyradiomics as it is configured by default, pyradiomics with its own preCrop, and
flash-radiomics (from the folder that --rivals names, put on the path of its process only). Each run is a process of its
own, and the best of its calls counts, or the only one where it takes over 20 s; seconds of the wall and of the
processor, and the peak of memory. WORK keeps a file a run, so that an interrupted benchmark goes on.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SHAPE = (134, 512, 512)
SPACING = (0.98, 0.98, 3.0)
IMAGES = {
    "original": {"Original": {}},
    "filtered": {"Original": {}, "LoG": {"sigma": [2.0, 3.0, 4.0, 5.0]}, "Wavelet": {}},
}
LONG = 20.0
_HEAD = (
    "# How long features take",
    "",
    "Made by `python Testing/benchmarks/bench_features.py WORK --rivals PATH --doc docs/features-speed.md --plot "
    "docs/features-scaling.png`: regions in a whole CT of 512x512x134 in memory, one process a row. *original*: the "
    "families of the original image; *filtered*: with LoG of 2, 3, 4, 5 mm and wavelet. Two processors with nothing "
    "else to do, both open to every engine; *times ours* is of the wall. The memory holds the benchmark's own image, "
    "about 500 MB of ours. pyradiomics 3.0.1 with `additionalInfo` off; flash-radiomics 1.0.0, "
    "which writes an HDF5 file at each call and gives some features more.",
    "",
)
ENGINES = ("oncologyai", "pyradiomics", "pyradiomics preCrop", "flash-radiomics")


def main() -> None:
    """Run what is missing, then write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("--sizes", type=int, nargs="*", default=[4_000, 33_000, 113_000, 400_000])
    parser.add_argument("--filtered", type=int, nargs="*", default=[4_000, 33_000, 113_000, 400_000])
    parser.add_argument("--rivals", default="")
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--doc", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--one", nargs=3, metavar=("ENGINE", "IMAGES", "SIZE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    if options.one:
        engine, images, size = options.one
        say(json.dumps(run(engine, images, int(size), options.repeat)))
        return
    found = {}
    for images in IMAGES:
        for size in options.sizes if images == "original" else options.filtered:
            for engine in ENGINES:
                if engine != "flash-radiomics" or options.rivals:
                    found[images, size, engine] = measured(options, engine, images, size)
    first = {
        state: measured(options, f"first call, {state}", "original", 4_000) for state in ("compiled anew", "cached")
    }
    scaling = {}
    for size in (1_000, 10_000, 100_000, 1_000_000, 10_000_000):
        scaling["voxels", size] = measured(options, "oncologyai", "original", size)
    for bins in (8, 32, 128, 512):
        scaling["bins", bins] = measured(options, f"bins {bins}", "original", 33_000)
    scaling["map", 4_000] = measured(options, "map", "original", 4_000)
    text = document(found, first, scaling)
    if options.doc:
        options.doc.write_text(text, encoding="utf-8")
    if options.plot:
        plot(scaling, options.plot)
    say(text)


def measured(options: argparse.Namespace, engine: str, images: str, size: int) -> dict:
    """Give the figures of one run, from its file or from a process of its own."""
    kept = options.work / f"{engine} {images} {size}.json".replace(" ", "-")
    if kept.exists():
        return json.loads(kept.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as cache:
        paths = [os.environ.get("PYTHONPATH", ""), options.rivals if engine == "flash-radiomics" else ""]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
        if engine.startswith("first call, compiled"):
            environment["NUMBA_CACHE_DIR"] = cache
        command = [sys.executable, __file__, str(options.work), "--one", engine, images, str(size)]
        done = subprocess.run(
            [*command, "--repeat", str(options.repeat)], env=environment, capture_output=True, text=True, check=False
        )
    last = (done.stdout.strip().splitlines() or ["{}"])[-1]
    figures = json.loads(last) if done.returncode == 0 else {"failed": done.stderr.strip().splitlines()[-1:]}
    kept.write_text(json.dumps(figures), encoding="utf-8")
    say(f"{images:9} {size:9} {engine:22} {figures}")
    return figures


def run(engine: str, images: str, size: int, repeat: int) -> dict:
    """Time one engine in this process."""
    image, inside = a_case(size)
    work = prepared(engine, images, image, inside)
    wall, cpu = [], []
    calls = 1 if engine.startswith("first call") else repeat + 1
    while len(cpu) < calls:
        start, before = time.perf_counter(), time.process_time()
        features = work()
        wall.append(time.perf_counter() - start)
        cpu.append(time.process_time() - before)
        if cpu[0] > LONG:  # what a first call loads is little beside this
            break
    return {
        "wall": min(wall), "cpu": min(cpu), "features": features, "voxels": int(inside.sum()),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "load": os.getloadavg()[0],
    }  # fmt: skip


def a_case(size: int) -> tuple[np.ndarray, np.ndarray]:
    """A CT of smoothed noise, and a ball of so many voxels in its middle."""
    from scipy.ndimage import gaussian_filter1d

    noise = np.random.default_rng(0).standard_normal(SHAPE, dtype=np.float32)
    for axis in range(3):
        noise = gaussian_filter1d(noise, 1.0, axis=axis)
    image = (noise / noise.std() * 60 + 20).astype(np.int16)
    return image, a_ball(size)


def a_ball(size: int, shape: tuple[int, ...] = SHAPE) -> np.ndarray:
    """Give a ball of so many voxels in the middle."""
    centre, edges = [n / 2 for n in shape], SPACING[::-1]
    radius = (size * np.prod(edges) * 3 / 4 / np.pi) ** (1 / 3)
    k, j, i = (((np.arange(n) - c) * e / radius) ** 2 for n, c, e in zip(shape, centre, edges, strict=True))
    return k[:, None, None] + j[None, :, None] + i[None, None, :] <= 1.0


def prepared(engine: str, images: str, image: np.ndarray, inside: np.ndarray):
    """Give what is to be timed; it returns how many features it made."""
    if engine == "flash-radiomics":
        return _flash(images, image, inside)
    from oncologyai.features import FeatureSettings, extract_features
    from oncologyai.types import Mask, Volume

    volume = Volume(image, np.diag([-SPACING[0], -SPACING[1], SPACING[2], 1.0]), "CT", "HU")
    mask = Mask.on(volume, inside)
    settings = FeatureSettings(images=IMAGES[images])
    if engine.startswith("bins"):
        settings = settings.with_changes(bin_count=int(engine.split()[1]))
    if engine == "map":
        from oncologyai.features.maps import feature_maps

        only = settings.with_changes(families=("glcm",))
        return lambda: len(feature_maps(volume, mask, only))
    if engine.startswith("pyradiomics"):
        return _pyradiomics(settings, volume, inside, crop=engine.endswith("preCrop"))
    return lambda: len(extract_features(volume, [mask], settings).columns) - 1


def _pyradiomics(settings, volume, inside, *, crop: bool):
    from radiomics import featureextractor, setVerbosity

    from oncologyai.features.resampling import picture

    setVerbosity(60)
    extractor = featureextractor.RadiomicsFeatureExtractor(preCrop=crop, additionalInfo=False)
    extractor.enabledImagetypes = {name: dict(options) for name, options in settings.images.items()}
    one, other = picture(volume.array, volume), picture(inside.astype(np.uint8), volume)
    return lambda: len(extractor.execute(one, other))


def _flash(images: str, image: np.ndarray, inside: np.ndarray):
    import SimpleITK as sitk
    from flash_radiomics import RadiomicsFeatureExtractor

    one, other = sitk.GetImageFromArray(image), sitk.GetImageFromArray(inside.astype(np.uint8))
    for picture in (one, other):
        picture.SetSpacing(SPACING)
    extractor = RadiomicsFeatureExtractor(backend="cpu", binWidth=25, distances=[1], additionalInfo=False)
    extractor.settings |= {"additionalInfo": False, "validateMaskLabel": False}  # its fastest
    extractor.enabledImagetypes = {name: dict(options) for name, options in IMAGES[images].items()}
    wanted = ("shape", "firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm")
    extractor.enabledFeatures = {family: [] for family in wanted}
    folder = tempfile.mkdtemp()
    return lambda: len(
        extractor.execute(
            one, other, label=1, output_hdf5_path=f"{folder}/{time.time_ns()}.h5", case_id="a", roi_id="b", roi_name="c"
        )
    )


def document(found: dict, first: dict, scaling: dict) -> str:
    """Write the tables."""
    lines = [*_HEAD, "| images | voxels | engine | features | wall, s | processor, s | times ours | peak, MB |",
             "|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for (images, size, engine), figures in found.items():
        if "wall" not in figures:
            lines.append(f"| {images} | {size} | {engine} | failed: {figures.get('failed')} | | | | |")
            continue
        ours = found[images, size, "oncologyai"]["wall"]
        lines.append(
            f"| {images} | {figures['voxels']} | {engine} | {figures['features']} | {figures['wall']:.3f} "
            f"| {figures['cpu']:.3f} | {figures['wall'] / ours:.1f} | {figures['peak_mb']:.0f} |"
        )
    lines += ["", "| first call in a process, 4,000 voxels | wall, s | processor, s |", "|---|---|---|"]
    lines += [f"| {state} | {f['wall']:.2f} | {f['cpu']:.2f} |" for state, f in first.items()]
    lines += ["", "| ours, original image | | processor, s | peak, MB |", "|---|---|---|---|"]
    lines += [f"| {kind} | {size} | {f['cpu']:.3f} | {f['peak_mb']:.0f} |" for (kind, size), f in scaling.items()]
    lines += ["", "*voxels*: of the region; *bins*: of 33,083 voxels; *map*: the 24 maps of GLCM of 3,993 voxels.", ""]
    lines += ["![Seconds against voxels and bins](features-scaling.png)"]
    return "\n".join(lines) + "\n"


def plot(scaling: dict, path: Path) -> None:
    """Draw processor seconds against voxels and bins."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.5), sharey=True)
    for axis, kind in zip(axes, ("voxels", "bins"), strict=True):
        points = [(size, f["cpu"]) for (name, size), f in scaling.items() if name == kind]
        axis.loglog(*zip(*points, strict=True), "o-")
        axis.set_xlabel(kind)
        axis.grid(True, which="both", alpha=0.3)
    axes[0].set_ylabel("processor seconds")
    figure.tight_layout()
    figure.savefig(path, dpi=120)


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
