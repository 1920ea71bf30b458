"""Times the host, the scene and the pictures on a volume of a chest CT's size, and prints the peak memory.

Run: ``python Testing/benchmarks/bench_scene.py [volume]`` with any file that ``read_volume`` takes; synthetic without.
"""

# ruff: noqa: T201 - a benchmark prints

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from oncologyai.bundle import Bundle
from oncologyai.imaging import read_volume
from oncologyai.resources import terminology
from oncologyai.types import Line, Mask, Table, Volume


@contextmanager
def timed(what: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what:<28}{seconds:7.2f} s  ({cpu_seconds:.2f} s of processor)  peak {peak_mb()} MB", flush=True)


def peak_mb() -> int | str:
    status = Path("/proc/self/status")
    if not status.is_file():
        return "?"
    line = next(text for text in status.read_text().splitlines() if text.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def a_chest() -> Volume:
    """512x512x134 of int16 noise in an oval, with two ellipsoids of lung."""
    k, j, i = np.ogrid[:134, :512, :512]
    array = np.full((134, 512, 512), -1000, dtype=np.int16)
    array[np.broadcast_to(((j - 256) / 150.0) ** 2 + ((i - 256) / 210.0) ** 2 < 1, array.shape)] = 40
    for centre in (160, 352):
        array[((j - 256) / 110.0) ** 2 + ((i - centre) / 75.0) ** 2 + ((k - 67) / 55.0) ** 2 < 1] = -820
    array += np.random.default_rng(0).integers(-30, 30, array.shape, dtype=np.int16)
    matrix = np.diag([-0.977, -0.977, 3.0, 1.0])
    matrix[:3, 3] = (250.0, 250.0, -600.0)
    return Volume(array, matrix, "CT", "HU")


def a_bundle(volume: Volume) -> Bundle:
    k, j, i = np.ogrid[tuple(slice(0, n) for n in volume.shape)]
    centre = np.array(volume.shape) * (0.5, 0.5, 0.68)
    radius = 30.0 / np.array(volume.sampling_mm)
    ball = sum(((x - c) / r) ** 2 for x, c, r in zip((k, j, i), centre, radius, strict=True)) < 1
    middle = volume.ras_from_ijk(centre[::-1].round())
    lines = [
        Line(f"GTV-1 {name} axis", tuple(middle - half), tuple(middle + half))
        for name, half in (("long", np.array([30.0, 0, 0])), ("short", np.array([0, 25.0, 0])))
    ]
    return Bundle(
        name="Benchmark",
        pipeline="analyse",
        method="none",
        volume=volume,
        masks=(Mask.on(volume, np.asarray(ball), "GTV-1", code=terminology("tumour")),),
        lines=tuple(lines),
        tables=(Table("Measurements", ("name", "value", "unit", "code"), (("GTV-1 volume", 113.1, "ml", ""),)),),
    )


def main() -> None:
    volume = read_volume(sys.argv[1]) if len(sys.argv) > 1 else a_chest()
    bundle = a_bundle(volume)
    print(f"{'x'.join(str(n) for n in volume.shape[::-1])} of {volume.array.dtype}, peak {peak_mb()} MB")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with timed("import slicer and vtk"):
            import slicer  # noqa: F401 - timed apart from what the host does
        from oncologyai import host, scene

        with timed("host.start"):
            host.start()
        with timed("scene_from_bundle"):
            nodes = scene.scene_from_bundle(bundle)
        with timed("save_mrb"):
            scene.save_mrb(folder / "scene.mrb")
        print(f"scene.mrb: {(folder / 'scene.mrb').stat().st_size / 1e6:.1f} MB")
        print(f"OpenGL: {scene.opengl_info()}")
        for orientation in ("axial", "coronal", "sagittal"):
            with timed(f"render_slice {orientation}"):
                scene.render_slice(folder / f"{orientation}.png", orientation, nodes)
        with timed("render_slice axial, crop"):
            scene.render_slice(folder / "crop.png", "axial", nodes, crop=True)
        with timed("render_3d"):
            scene.render_3d(folder / "3d.png", nodes)
        with timed("load_mrb"):
            scene.load_mrb(folder / "scene.mrb")


if __name__ == "__main__":
    main()
