"""Standardised uptake values: the formulas, free of DICOM."""

from __future__ import annotations

import numpy as np

from oncologyai._checks import check_positive
from oncologyai.errors import InputError, MissingAttributeError, UnitsError

__all__ = [
    "body_surface_area_m2",
    "check_body_mass",
    "decayed_dose_bq",
    "lean_body_mass_james_kg",
    "lean_body_mass_janmahasatian_kg",
    "suv_body_weight",
]

_LEAST_DOSE_BQ = 1e6  # a tenth of the smallest diagnostic injection; below it the number was meant in MBq
_LARGEST_MASS_KG = 700.0
_LARGEST_HEIGHT_M = 3.0


def suv_body_weight(
    activity: np.ndarray,
    *,
    injected_dose_bq: float,
    body_mass_kg: float,
    decay_s: float,
    half_life_s: float,
) -> np.ndarray:
    """Convert activity concentration to SUV by body weight.

    Parameters
    ----------
    activity : ndarray, shape (k, j, i), finite
        In Bq/mL, decay-corrected to the start of the scan (Decay Correction (0054,1102) START).
    injected_dose_bq : float, > 0
        Activity at the time of injection, in Bq.
    body_mass_kg : float, > 0
        Patient's Weight (0010,1030).
    decay_s : float, >= 0
        Seconds from injection to the time the image is corrected to; 0 where that is the injection (ADMIN).
    half_life_s : float, > 0
        Radionuclide Half Life (0018,1075), 6586.2 for F-18.

    Returns
    -------
    ndarray, shape (k, j, i), float64
        In g/mL; 1 mL of tissue is taken as 1 g. Zeros stay zeros; the input is not modified.

    Raises
    ------
    UnitsError
        If the dose is below 1e6, so must be in MBq, or the mass above 700, so must be in g.
    InputError
        If another number is outside its range, or ``activity`` is not 3-D or not finite.

    References
    ----------
    .. [1] QIBA, SUV vendor-neutral pseudo-code for FDG-PET/CT.

    Examples
    --------
    >>> suv = suv_body_weight(np.full((1, 2, 2), 5_000.0), injected_dose_bq=370e6,
    ...                       body_mass_kg=70.0, decay_s=3_600.0, half_life_s=6_586.2)
    >>> round(float(suv[0, 0, 0]), 4)
    1.3817
    """
    if activity.ndim != 3 or not np.isfinite(activity).all():
        raise InputError("activity", expected="a finite array of axes (k, j, i)", got=f"shape {activity.shape}")
    check_body_mass(body_mass_kg)
    dose = decayed_dose_bq(injected_dose_bq, decay_s=decay_s, half_life_s=half_life_s)
    return activity.astype(np.float64) * (body_mass_kg * 1000.0 / dose)


def decayed_dose_bq(injected_dose_bq: float, *, decay_s: float, half_life_s: float) -> float:
    """Give what is left of a dose after ``decay_s`` seconds, D * 2**(-t / T).

    Raises
    ------
    UnitsError
        If the dose is below 1e6, so must be in MBq.
    InputError
        If a number is outside its range.
    """
    check_positive(injected_dose_bq, "injected_dose_bq", "Bq")
    check_positive(half_life_s, "half_life_s", "s")
    if not (np.isfinite(decay_s) and decay_s >= 0):
        raise InputError("decay_s", expected="a number of seconds from 0", got=f"{decay_s}")
    if injected_dose_bq < _LEAST_DOSE_BQ:
        raise UnitsError(
            "injected_dose_bq", expected="Bq, at least 1e6", got=f"{injected_dose_bq:g}",
            remedy="a number this small is in MBq: multiply it by 1e6",
        )  # fmt: skip
    return float(injected_dose_bq * 2.0 ** (-decay_s / half_life_s))


def lean_body_mass_james_kg(body_mass_kg: float, height_m: float, sex: str) -> float:
    """Give the lean body mass that QIBA's SUVlbm and DICOM's LBMJAMES128 use.

    Men 1.10 W - 128 (W/H)^2, women 1.07 W - 148 (W/H)^2, with W in kg and H in cm: James, Research on Obesity,
    London 1976; PS3.3 SUV Type (0054,1006).

    Raises
    ------
    MissingAttributeError
        If ``sex`` is neither M nor F.
    UnitsError
        If mass or height is in another unit, or the formula gives no positive mass (extreme obesity).
    """
    _check_body(body_mass_kg, height_m, sex)
    slope, bend = (1.10, 128.0) if sex == "M" else (1.07, 148.0)  # James 1976
    lean = slope * body_mass_kg - bend * (body_mass_kg / (height_m * 100.0)) ** 2
    if lean <= 0:
        raise UnitsError(
            "PatientWeight", expected="a body that the formula of James holds for",
            got=f"{body_mass_kg:g} kg at {height_m:g} m", remedy="use lean body mass by Janmahasatian (lbm-janma)",
        )  # fmt: skip
    return lean


def lean_body_mass_janmahasatian_kg(body_mass_kg: float, height_m: float, sex: str) -> float:
    """Give the lean body mass of Janmahasatian et al., Clin Pharmacokinet 2005;44:1051 (DICOM's LBMJANMA).

    Men 9270 W / (6680 + 216 BMI), women 9270 W / (8780 + 244 BMI). Raises as ``lean_body_mass_james_kg``.
    """
    _check_body(body_mass_kg, height_m, sex)
    bmi = body_mass_kg / height_m**2
    base, slope = (6680.0, 216.0) if sex == "M" else (8780.0, 244.0)  # Janmahasatian 2005
    return 9270.0 * body_mass_kg / (base + slope * bmi)


def body_surface_area_m2(body_mass_kg: float, height_m: float) -> float:
    """Give the body surface by Du Bois and Du Bois, Arch Intern Med 1916;17:863: 0.007184 W^0.425 H^0.725 (cm).

    Raises
    ------
    UnitsError
        If mass or height is in another unit.
    """
    check_body_mass(body_mass_kg)
    _check_height(height_m)
    return float(0.007184 * body_mass_kg**0.425 * (height_m * 100.0) ** 0.725)  # Du Bois 1916


def _check_body(body_mass_kg: float, height_m: float, sex: str) -> None:
    check_body_mass(body_mass_kg)
    _check_height(height_m)
    if sex not in ("M", "F"):
        raise MissingAttributeError(
            "PatientSex", expected="M or F, for lean body mass", got=sex or "none", remedy="use SUV by body weight"
        )


def check_body_mass(body_mass_kg: float) -> None:
    """Raise InputError unless the mass is above 0, UnitsError if it must be in grams."""
    check_positive(body_mass_kg, "body_mass_kg", "kg")
    if body_mass_kg > _LARGEST_MASS_KG:
        raise UnitsError("body_mass_kg", expected="kg", got=f"{body_mass_kg:g}", remedy="divide grams by 1000")


def _check_height(height_m: float) -> None:
    check_positive(height_m, "height_m", "m")
    if height_m > _LARGEST_HEIGHT_M:
        raise UnitsError("height_m", expected="metres", got=f"{height_m:g}", remedy="divide centimetres by 100")
