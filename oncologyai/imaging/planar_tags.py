"""What the attributes of a planar DICOM image say: what kind it is, which view a frame shows, how it was turned."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydicom import Dataset

from oncologyai.imaging.headers import number_of, numbers_of, text_of
from oncologyai.imaging.planar_geometry import View, opposite_view

__all__ = ["PlanarKind", "TaggedView", "energy_of", "kind_of", "view_in_text", "view_of"]

PlanarKind = Literal["whole body", "static", "capture", "dynamic", "gated", "SPECT", "other"]

_NM_CLASS = "1.2.840.10008.5.1.4.1.1.20"
_CAPTURE_CLASS = "1.2.840.10008.5.1.4.1.1.7"  # and those that begin so: multi-frame secondary captures
_PLANAR_MODALITIES = ("NM", "OT", "SC")
# Image Type (0008,0008) value 3, PS3.3 C.8.4.9.1.1.
_KINDS: dict[str, PlanarKind] = {
    "WHOLE BODY": "whole body", "STATIC": "static", "DYNAMIC": "dynamic", "GATED": "gated", "TOMO": "SPECT",
    "GATED TOMO": "SPECT", "RECON TOMO": "SPECT", "RECON GATED TOMO": "SPECT",
}  # fmt: skip
# PS3.16 CID 26 in SNOMED CT and as it was before.
_CODES: dict[str, View] = {
    "399321004": "anterior", "G-5215": "anterior", "399348003": "anterior", "R-10206": "anterior",
    "399001007": "posterior", "G-5216": "posterior",
}  # fmt: skip
# How views are called in free text; AP and PA as ch. 7 calls them.
_WORDS: tuple[tuple[View, str], ...] = (
    ("anterior", r"ant(erior|erieur|érieur|eroposterior|ero-posterior)?|ap|a-p|vorne|ventral"),
    ("posterior", r"post(erior|erieur|érieur|eroanterior|ero-anterior)?|pos|pa|p-a|hinten|dorsal"),
)
_TC99M_KEV = 140.5


@dataclass(frozen=True)
class TaggedView:
    """What tags say of a frame's view.

    ``view`` is None where they say nothing, ``source`` the attribute that spoke. ``mirrored`` tells that the rows run
    against what the camera sees, ``upside_down`` that the columns run to the head. ``conflict`` names a second
    attribute that says the other view.
    """

    view: View | None = None
    source: str = ""
    mirrored: bool = False
    upside_down: bool = False
    conflict: str = ""


def kind_of(header: Dataset) -> PlanarKind:
    """Give what kind of image a file holds; ``other`` for what is no planar scintigraphy, such as CT."""
    sop_class, modality = text_of(header, "SOPClassUID"), text_of(header, "Modality")
    values = [value.strip().upper() for value in text_of(header, "ImageType").split("\\")]
    named = next((_KINDS[value] for value in values[2:] if value in _KINDS), None)
    if sop_class.startswith(_CAPTURE_CLASS) and modality in _PLANAR_MODALITIES:
        return named if named not in (None, "static") else "capture"
    if modality != "NM":
        return "other"
    if named is None and ("RotationInformationSequence" in header or "SliceVector" in header):
        return "SPECT"
    if named is None and len(set(numbers_of(header, "TimeSliceVector") or ())) > 1:
        return "dynamic"
    return named or ("static" if sop_class == _NM_CLASS else "capture")


def view_of(header: Dataset, index: int) -> TaggedView:
    """Give what the tags say of the view of a frame.

    In this order: View Code Sequence of the frame's detector; View Position, Image ID and the like, where the file
    has one frame; Patient Orientation; the detector's orientation; its start angle.

    Parameters
    ----------
    header : Dataset
        All attributes before the pixel data.
    index : int
        0-based number of the frame.
    """
    detector = _detector_of(header, index)
    said = [(name, view) for name, view in _statements(header, detector) if view is not None]
    upside_down = _rows_run_up(header, detector)
    if not said:
        return TaggedView(upside_down=upside_down)
    source, view = said[0]
    conflict = next((name for name, other in said[1:] if other != view and not _is_row_direction(name)), "")
    turned = next((name for name, other in said[1:] if other != view and _is_row_direction(name)), "")
    return TaggedView(view, source, bool(turned), upside_down, conflict)


def energy_of(header: Dataset, index: int) -> tuple[int, str, bool]:
    """Give the energy window of a frame: its number, its name and limits as text, whether it holds Tc-99m's peak."""
    vector = numbers_of(header, "EnergyWindowVector") or ()
    number = int(vector[index]) if index < len(vector) else 1
    windows = header.get("EnergyWindowInformationSequence") or []
    if not 0 < number <= len(windows):
        return number, f"window {number}", False
    window = windows[number - 1]
    ranges = window.get("EnergyWindowRangeSequence") or []
    limits = [(number_of(r, "EnergyWindowLowerLimit"), number_of(r, "EnergyWindowUpperLimit")) for r in ranges]
    known = [(low, high) for low, high in limits if low is not None and high is not None]
    text = ", ".join(f"{low:g}-{high:g} keV" for low, high in known)
    name = " ".join(part for part in (text_of(window, "EnergyWindowName"), text) if part) or f"window {number}"
    return number, name, any(low <= _TC99M_KEV <= high for low, high in known)


def _detector_of(header: Dataset, index: int) -> Dataset:
    detectors = header.get("DetectorInformationSequence") or []
    vector = numbers_of(header, "DetectorVector") or ()
    number = int(vector[index]) if index < len(vector) else index + 1
    return detectors[number - 1] if 0 < number <= len(detectors) else Dataset()


def _statements(header: Dataset, detector: Dataset) -> list[tuple[str, View | None]]:
    """Give every attribute that may name the view, the most trustworthy first."""
    statements: list[tuple[str, View | None]] = [("View Code Sequence", _coded(detector) or _coded(header))]
    if (number_of(header, "NumberOfFrames") or 1) == 1:
        for keyword in ("ViewPosition", "ImageID", "SeriesDescription", "AcquisitionDeviceProcessingDescription",
                        "ImageComments", "ProtocolName"):  # fmt: skip
            statements.append((keyword, view_in_text(text_of(header, keyword))))
    statements += [
        ("Patient Orientation", _from_letters(text_of(header, "PatientOrientation"))),
        ("Image Orientation (Patient)", _from_cosines(_cosines(header, detector))),
        ("Start Angle", _from_angle(_start_angle(header, detector))),
    ]
    return statements


def _is_row_direction(name: str) -> bool:
    return name in ("Patient Orientation", "Image Orientation (Patient)")


def view_in_text(text: str) -> View | None:
    """Give the view that a text names, such as a file's name; None where it names none, or both."""
    words = re.split(r"[^a-zé-]+", text.lower().replace("_", " "))
    named = [view for view, pattern in _WORDS if any(re.fullmatch(pattern, word) for word in words)]
    return named[0] if len(named) == 1 else None


def _coded(item: Dataset) -> View | None:
    for code in item.get("ViewCodeSequence") or []:
        view = _CODES.get(text_of(code, "CodeValue")) or view_in_text(text_of(code, "CodeMeaning"))
        if view is not None:
            return view
    return None


def _from_letters(text: str) -> View | None:
    """Read Patient Orientation (0020,0020): rows that run to the left are those of an anterior view."""
    first = text.split("\\", maxsplit=1)[0].strip().upper()[:1]
    return {"L": "anterior", "R": "posterior"}.get(first)  # type: ignore[return-value]


def _cosines(header: Dataset, detector: Dataset) -> tuple[float, ...] | None:
    """Give the detector's own orientation, where the detectors' are not all one, which is no answer but a default."""
    detectors = header.get("DetectorInformationSequence") or []
    all_of_them = {numbers_of(d, "ImageOrientationPatient", 6) for d in detectors}
    own = numbers_of(detector, "ImageOrientationPatient", 6)
    if own is not None and len(detectors) > 1 and len(all_of_them) == 1:
        return None
    return own


def _from_cosines(cosines: tuple[float, ...] | None) -> View | None:
    if cosines is None or abs(cosines[0]) < 0.9 or abs(cosines[5]) < 0.9:  # not a coronal picture
        return None
    return "anterior" if cosines[0] > 0 else "posterior"


def _rows_run_up(header: Dataset, detector: Dataset) -> bool:
    letters = text_of(header, "PatientOrientation").split("\\")
    cosines = _cosines(header, detector)
    by_cosines = cosines is not None and _from_cosines(cosines) is not None and cosines[5] > 0
    return by_cosines or (len(letters) == 2 and letters[1].strip().upper()[:1] == "H")


def _start_angle(header: Dataset, detector: Dataset) -> float | None:
    """Give Start Angle (0054,0200), where the detectors stand apart."""
    detectors = header.get("DetectorInformationSequence") or []
    angles = {number_of(d, "StartAngle") for d in detectors}
    return number_of(detector, "StartAngle") if len(angles) == len(detectors) > 1 else None


def _from_angle(angle: float | None) -> View | None:
    """Read an angle counted from the patient's back (PS3.3 C.8.4.11)."""
    if angle is None:
        return None
    from_back = float(np.abs((angle + 180.0) % 360.0 - 180.0))
    view: View = "posterior"
    return view if from_back <= 30.0 else opposite_view(view) if from_back >= 150.0 else None
