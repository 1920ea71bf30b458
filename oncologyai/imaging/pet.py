"""What turns a PET series into SUV, from its DICOM attributes, with every input kept as an audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydicom import Dataset
from pydicom.datadict import tag_for_keyword
from pydicom.tag import Tag

from oncologyai._checks import check_choice
from oncologyai.errors import AmbiguousStudyError, MissingAttributeError, UnitsError
from oncologyai.imaging.frames import frames_of
from oncologyai.imaging.headers import number_of, private_text, text_of
from oncologyai.imaging.pet_times import Moment, injection_moment, scan_moment
from oncologyai.imaging.suv import (
    body_surface_area_m2,
    check_body_mass,
    decayed_dose_bq,
    lean_body_mass_james_kg,
    lean_body_mass_janmahasatian_kg,
)
from oncologyai.types import Unit

__all__ = ["PetScale", "SuvKind", "check_suv_kind", "pet_scale"]

SuvKind = Literal["bw", "lbm", "lbm-janma", "bsa", "none"]

_KINDS: dict[str, tuple[Unit, str]] = {
    "bw": ("SUVbw", "body weight"),
    "lbm": ("SUVlbm", "lean body mass by James (128)"),
    "lbm-janma": ("SUVlbm", "lean body mass by Janmahasatian"),
    "bsa": ("SUVbsa", "body surface area by Du Bois, in cm2"),
}
# SUV Type (0054,1006) of images stored in GML, absent: BW (PS3.3 C.8.9.1).
_STORED_KINDS = {"": "bw", "BW": "bw", "LBM": "lbm", "LBMJAMES128": "lbm", "LBMJANMA": "lbm-janma", "BSA": "bsa"}
_STORED_UNITS: dict[str, Unit] = {"BQML": "BQML", "CNTS": "counts"}
_PHILIPS = "Philips PET Private Group"
_LONG_HALF_LIVES = 5.0
# What one value must stand for in a whole series.
_CONSTANT = ("Units", "DecayCorrection", "PatientWeight", "PatientSize", "PatientSex", "SUVType")
_NONE_REMEDY = "read it with suv none to have the stored values"


@dataclass(frozen=True)
class PetScale:
    """Rescaled pixel values times ``factor`` are in ``unit``; ``audit`` says how that was found."""

    factor: float
    unit: Unit
    audit: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def check_suv_kind(kind: str) -> None:
    """Raise InputError unless ``kind`` is a known SUV."""
    check_choice(kind, (*_KINDS, "none"), "suv")


def pet_scale(headers: Mapping[str, Dataset], *, kind: SuvKind) -> PetScale:
    """Find the factor that turns the rescaled values of a PET series into SUV.

    Parameters
    ----------
    headers : mapping of path to Dataset, at least one
        Every file of the series.
    kind : {'bw', 'lbm', 'lbm-janma', 'bsa', 'none'}
        Body weight and lean body mass give g/mL, body surface area cm2/mL; none leaves the values as they are.

    Returns
    -------
    PetScale
        ``audit`` holds ``kind``, ``units``, ``factor``, ``formula``, ``inputs`` (each attribute, tag, value, file)
        and, where decay counts, ``dose_bq``, ``decayed_dose_bq``, ``decay_s``, ``scan``, ``injection``.

    Raises
    ------
    MissingAttributeError
        If units, decay correction, dose, half-life, a time, weight, height or sex is needed and missing.
    UnitsError
        If the units cannot be converted, the image is not corrected for attenuation or decay, the dose must be in
        MBq, or files of the series disagree.
    AmbiguousStudyError
        If several tracers were injected.

    Notes
    -----
    Units (0054,1001) BQML and Decay Correction (0054,1102) START: SUV = C * size / (D * 2**(-t/T)), with t from
    injection to the scan's start; ADMIN: t = 0; NONE is refused. CNTS: the Philips factor (7053,1000) gives SUVbw,
    else (7053,1009) gives Bq/mL. GML and CM2ML are SUV already, of SUV Type (0054,1006). Between kinds, SUV goes
    with size over body weight.

    References
    ----------
    .. [1] QIBA, SUV vendor-neutral pseudo-code for FDG-PET/CT.
    .. [2] DICOM PS3.3, PET Series, PET Isotope, PET Image modules.
    """
    return _Work(headers, kind).run()


class _Work:
    """One series on its way to a factor, gathering what it uses."""

    def __init__(self, headers: Mapping[str, Dataset], kind: SuvKind) -> None:
        self.headers, self.kind = headers, kind
        self.path, self.header = next(iter(headers.items()))
        self.inputs: list[dict[str, str]] = []
        self.warnings: list[str] = []
        self.audit: dict[str, Any] = {"kind": kind, "inputs": self.inputs}

    def run(self) -> PetScale:
        """Follow the units."""
        for keyword in _CONSTANT:
            self._check_constant(keyword, [text_of(h, keyword) for h in self.headers.values()])
        units = self._units()
        self.audit["units"] = units
        if self.kind == "none":
            return self._done(1.0, _STORED_UNITS.get(units, "arbitrary"), "stored values")
        self._check_attenuation()
        if units == "BQML":
            factor = self._from_activity()
        elif units == "CNTS":
            factor = self._from_philips()
        elif units in ("GML", "CM2ML"):
            factor = self._from_stored(units)
        else:
            raise UnitsError(
                "Units (0054,1001)", expected="BQML, CNTS, GML or CM2ML", got=units, remedy=_NONE_REMEDY
            )  # fmt: skip
        unit, formula = _KINDS[self.kind]
        return self._done(factor, unit, f"SUV by {formula}")

    def _done(self, factor: float, unit: Unit, formula: str) -> PetScale:
        self.audit |= {"factor": factor, "unit": unit, "formula": formula, "warnings": tuple(self.warnings)}
        return PetScale(factor, unit, self.audit, tuple(self.warnings))

    def _note(self, attribute: str, value: str, path: str = "") -> None:
        tag = tag_for_keyword(attribute)
        self.inputs.append(
            {"attribute": attribute, "tag": "" if tag is None else str(Tag(tag)), "value": value,
             "file": path or self.path}
        )  # fmt: skip

    def _check_constant(self, keyword: str, values: list[str]) -> None:
        several = list(dict.fromkeys(values))
        if len(several) > 1:
            raise UnitsError(
                keyword, expected="one value in the whole series", got=", ".join(v or "none" for v in several),
                remedy="keep the files of one reconstruction in a folder of their own",
            )  # fmt: skip

    def _units(self) -> str:
        units = text_of(self.header, "Units") or frames_of(self.header, self.path)[0].rescale_type
        if not units:
            raise MissingAttributeError(
                "Units", expected="the unit of a PET series", got="none", remedy="export the PET with all attributes"
            )
        self._note("Units", units)
        return units

    def _check_attenuation(self) -> None:
        corrected = text_of(self.header, "CorrectedImage").upper()
        self._note("CorrectedImage", corrected)
        if not corrected:
            self.warnings.append("CorrectedImage is missing: taken as corrected for attenuation")
        elif "ATTN" not in corrected:
            raise UnitsError(
                "CorrectedImage (0028,0051)", expected="an image corrected for attenuation (ATTN)", got=corrected,
                remedy=f"choose the corrected series, or {_NONE_REMEDY}",
            )  # fmt: skip

    def _number(self, dataset: Dataset, keyword: str, purpose: str) -> float:
        value = number_of(dataset, keyword)
        if value is None or value <= 0:
            raise MissingAttributeError(
                keyword, expected=f"a value above 0 for {purpose}", got=text_of(dataset, keyword) or "none",
                remedy=f"export the PET with it, or {_NONE_REMEDY}",
            )  # fmt: skip
        self._note(keyword, text_of(dataset, keyword))
        return value

    def _size(self, kind: str) -> float:
        """Give the body's size in the unit of the SUV times mL: g, or cm2."""
        mass = self._number(self.header, "PatientWeight", "SUV")
        check_body_mass(mass)
        if kind == "bw":
            return mass * 1000.0
        height = self._number(self.header, "PatientSize", f"SUV by {_KINDS[kind][1]}")
        if kind == "bsa":
            return body_surface_area_m2(mass, height) * 1e4
        sex = text_of(self.header, "PatientSex").upper()
        self._note("PatientSex", sex)
        lean = lean_body_mass_james_kg if kind == "lbm" else lean_body_mass_janmahasatian_kg
        return lean(mass, height, sex) * 1000.0

    def _drug(self) -> Dataset:
        drugs = self.header.get("RadiopharmaceuticalInformationSequence") or []
        if len(drugs) > 1:
            raise AmbiguousStudyError(
                "RadiopharmaceuticalInformationSequence", expected="one tracer", got=f"{len(drugs)}",
                remedy=_NONE_REMEDY,
            )  # fmt: skip
        return drugs[0] if drugs else Dataset()

    def _from_activity(self) -> float:
        drug = self._drug()
        correction = self._decay_correction()
        dose = self._number(drug, "RadionuclideTotalDose", "SUV")
        half_life = self._number(drug, "RadionuclideHalfLife", "SUV")
        decay_s = self._decay_s(drug, half_life) if correction == "START" else 0.0
        left = decayed_dose_bq(dose, decay_s=decay_s, half_life_s=half_life)
        size = self._size(self.kind)
        self.audit |= {
            "dose_bq": dose, "half_life_s": half_life, "decay_s": decay_s, "decayed_dose_bq": left, "size": size,
        }  # fmt: skip
        return size / left

    def _decay_correction(self) -> str:
        correction = text_of(self.header, "DecayCorrection")
        if not correction and text_of(self.header, "DecayCorrected") == "YES":
            correction = "START"  # Enhanced PET states the time itself, see scan_moment
        if not correction:
            raise MissingAttributeError(
                "DecayCorrection", expected="START or ADMIN", got="none", remedy=_NONE_REMEDY
            )  # fmt: skip
        self._note("DecayCorrection", correction)
        if correction not in ("START", "ADMIN"):
            raise UnitsError(
                "DecayCorrection (0054,1102)", expected="START or ADMIN", got=correction, remedy=_NONE_REMEDY
            )
        return correction

    def _decay_s(self, drug: Dataset, half_life: float) -> float:
        scan = scan_moment(self.headers, half_life_s=half_life)
        given = injection_moment(self.header, drug, self.path, scan=scan.when, half_life_s=half_life)
        for name, moment in (("scan", scan), ("injection", given)):
            self._note_moment(name, moment)
        decay_s = (scan.when - given.when).total_seconds()
        if decay_s > _LONG_HALF_LIVES * half_life:
            self.warnings.append(f"injected {decay_s / 3600:.1f} h before the scan: check the times")
        if "does not fit" in given.rule:
            self.warnings.append("RadiopharmaceuticalStartDateTime does not fit the scan: its time of day was used")
        return decay_s

    def _note_moment(self, name: str, moment: Moment) -> None:
        self._note(moment.attribute, moment.value, moment.path)
        self.audit[name] = {"time": moment.when.isoformat(), "rule": moment.rule}

    def _from_philips(self) -> float:
        to_suv, to_activity = (self._philips(element) for element in (0x00, 0x09))
        if to_suv > 0:
            self._note("Philips SUV factor (7053,1000)", f"{to_suv:g}")
            return to_suv * self._from_body_weight()
        if to_activity > 0:
            self._note("Philips activity factor (7053,1009)", f"{to_activity:g}")
            return to_activity * self._from_activity()
        raise UnitsError(
            "Units (0054,1001)", expected="CNTS with a Philips factor (7053,1000) or (7053,1009)", got="neither",
            remedy=_NONE_REMEDY,
        )  # fmt: skip

    def _philips(self, element: int) -> float:
        texts = [private_text(h, 0x7053, element, _PHILIPS) for h in self.headers.values()]
        self._check_constant(f"Philips factor (7053,10{element:02X})", texts)
        try:
            return float(texts[0])
        except ValueError:
            return 0.0

    def _from_body_weight(self) -> float:
        return 1.0 if self.kind == "bw" else self._size(self.kind) / self._size("bw")

    def _from_stored(self, units: str) -> float:
        kind_text = text_of(self.header, "SUVType") or ("BSA" if units == "CM2ML" else "")
        self._note("SUVType", kind_text)
        stored = _STORED_KINDS.get(kind_text)
        if stored is None:
            raise UnitsError(
                "SUVType (0054,1006)", expected=", ".join(k for k in _STORED_KINDS if k), got=kind_text,
                remedy=_NONE_REMEDY,
            )  # fmt: skip
        return 1.0 if stored == self.kind else self._size(self.kind) / self._size(stored)
