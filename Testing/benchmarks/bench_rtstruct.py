"""Seconds to read, draw and write all structures of the two Lung1 patients; run it as a script."""

# ruff: noqa: T201
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from oncologyai.imaging import (  # noqa: E402
    find_studies,
    masks_from_structures,
    read_masks,
    read_rtstruct,
    read_volume,
    write_dicom_seg,
    write_rtstruct,
    write_seg_nrrd,
)


def _timed(what: str, work: Callable, *arguments, **options):
    start = time.perf_counter()
    result = work(*arguments, **options)
    print(f"  {what:<42} {time.perf_counter() - start:6.2f} s")
    return result


def main() -> None:
    for folder in sorted((ROOT.parent / "shared" / "data" / "lung1").iterdir()):
        print(folder.name)
        volume = _timed("read the CT", read_volume, folder, modality="CT")
        (series,) = (s for study in find_studies(folder) for s in study.series if s.modality == "RTSTRUCT")
        structures = _timed("read the structure set", read_rtstruct, series.files[0])
        drawing = f"draw its {len(structures.names)} structures"
        masks, notes = _timed(drawing, masks_from_structures, structures, volume)
        for mask in masks:
            print(f"    {mask.label:<20} {mask.volume_ml:9.1f} ml")
        for note in notes:
            print(f"    note: {note}")
        with tempfile.TemporaryDirectory() as place:
            out = Path(place)
            lesion = [m for m in masks if m.label == "GTV-1"]
            _timed("write all as a structure set", write_rtstruct, masks, volume, out / "rs.dcm")
            _timed("write all as .seg.nrrd", write_seg_nrrd, masks, out / "a.seg.nrrd")
            _timed("read all from .seg.nrrd", read_masks, out / "a.seg.nrrd", grid=volume)
            _timed("write GTV-1 as DICOM SEG", write_dicom_seg, lesion, volume, out / "one.dcm")
            _timed("write all as DICOM SEG", write_dicom_seg, masks, volume, out / "all.dcm")
            _timed("read all from DICOM SEG", read_masks, out / "all.dcm", grid=volume)


if __name__ == "__main__":
    main()
