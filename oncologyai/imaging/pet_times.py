"""When a PET scan began and when its tracer was injected, by the rules of the QIBA pseudo-code."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from pydicom import Dataset
from pydicom.valuerep import DA, DT, TM

from oncologyai.errors import MissingAttributeError
from oncologyai.imaging.headers import number_of, private_text, quiet_pydicom, text_of

__all__ = ["Moment", "injection_moment", "scan_moment"]

# After this many half-lives nothing is left to image: a stated injection time further back is a wrong date.
_PLAUSIBLE_HALF_LIVES = 10.0
_GE_CREATOR = "GEMS_PETD_01"
_NO_DATE = date(1900, 1, 1)


@dataclass(frozen=True)
class Moment:
    """A point in time, the attribute and the file it comes from, and the rule that chose it."""

    when: datetime
    attribute: str
    value: str
    path: str
    rule: str


def scan_moment(headers: Mapping[str, Dataset], *, half_life_s: float) -> Moment:
    """Find the time that Decay Correction START refers to.

    The series time, unless it lies after the earliest acquisition: then the series was rewritten, and GE's private
    scan time, else the time computed back from a frame's reference time, else the earliest acquisition time counts.
    Enhanced PET states it: Decay Correction DateTime (0018,9701).

    Raises
    ------
    MissingAttributeError
        If there is neither a series nor an acquisition time.
    """
    path, header = next(iter(headers.items()))
    stated = _moment(header, "DecayCorrectionDateTime")
    if stated is not None:
        return Moment(stated, "DecayCorrectionDateTime", str(stated), path, "stated decay correction time")
    series = _date_and_time(header, "Series")
    acquired = sorted((t, p) for p, h in headers.items() if (t := _date_and_time(h, "Acquisition")) is not None)
    if series is None and not acquired:
        raise MissingAttributeError(
            "SeriesTime", expected="the time the scan began", got="neither SeriesTime nor AcquisitionTime",
            remedy="export the PET with its times, or read it with suv none",
        )  # fmt: skip
    if series is not None and (not acquired or series <= acquired[0][0]):
        return Moment(series, "SeriesDate, SeriesTime", str(series), path, "series time, not after the acquisition")
    ge = private_text(header, 0x0009, 0x0D, _GE_CREATOR)
    ge_time = _parse_datetime(ge, header)
    if ge_time is not None:
        return Moment(ge_time, "GE scan date-time (0009,100D)", ge, path, "series time was rewritten: GE private time")
    first, source = acquired[0]
    return _computed_back(first, source, headers[source], half_life_s)


def injection_moment(header: Dataset, drug: Dataset, path: str, *, scan: datetime, half_life_s: float) -> Moment:
    """Find the time of injection before ``scan``.

    Radiopharmaceutical Start DateTime (0018,1078) where it is plausible (not after the scan, at most ten half-lives
    before), else Start Time (0018,1072) on the day of the scan, or on the day before where it would lie after it.

    Raises
    ------
    MissingAttributeError
        If there is neither.
    """
    stated = _moment(drug, "RadiopharmaceuticalStartDateTime", header)
    if stated is not None:
        age = (scan - stated).total_seconds()
        if 0 <= age <= _PLAUSIBLE_HALF_LIVES * half_life_s:
            return Moment(stated, "RadiopharmaceuticalStartDateTime", str(stated), path, "stated date and time")
    clock = _time(text_of(drug, "RadiopharmaceuticalStartTime")) or (stated.time() if stated is not None else None)
    if clock is None:
        raise MissingAttributeError(
            "RadiopharmaceuticalStartTime", expected="the time of injection",
            got="neither RadiopharmaceuticalStartDateTime nor RadiopharmaceuticalStartTime",
            remedy="export the PET with its times, or read it with suv none",
        )  # fmt: skip
    when = datetime.combine(scan.date(), clock)
    rule = "time of day, on the day of the scan"
    if when > scan:
        when, rule = when - timedelta(days=1), "time of day, on the day before the scan"
    if stated is not None:
        rule += "; the stated date does not fit"
    return Moment(when, "RadiopharmaceuticalStartTime", str(clock), path, rule)


def _computed_back(first: datetime, path: str, header: Dataset, half_life_s: float) -> Moment:
    """Subtract the frame's reference time, which counts from the scan's start to the mean count rate of the frame."""
    reference_ms, duration_ms = number_of(header, "FrameReferenceTime"), number_of(header, "ActualFrameDuration")
    if not (reference_ms and reference_ms > 0 and duration_ms and duration_ms > 0):
        return Moment(
            first, "AcquisitionDate, AcquisitionTime", str(first), path,
            "series time was rewritten: earliest acquisition",
        )  # fmt: skip
    decay_rate = math.log(2.0) / half_life_s
    decay = decay_rate * duration_ms / 1000.0
    mean_s = math.log(decay / -math.expm1(-decay)) / decay_rate  # PS3.3 C.8.9.4.1.5, example 2
    when = first + timedelta(seconds=mean_s - reference_ms / 1000.0)
    return Moment(
        when, "AcquisitionDate, AcquisitionTime, FrameReferenceTime, ActualFrameDuration",
        f"{first}, {reference_ms:g} ms, {duration_ms:g} ms", path,
        "series time was rewritten: computed back from the earliest frame",
    )  # fmt: skip


def _date_and_time(header: Dataset, stem: str) -> datetime | None:
    """Join date and time; a date removed by de-identification is the same unknown day throughout."""
    both = _moment(header, f"{stem}DateTime") if stem == "Acquisition" else None
    clock = _time(text_of(header, f"{stem}Time"))
    if clock is None:
        return both
    day = _date(text_of(header, f"{stem}Date")) or _date(text_of(header, "StudyDate")) or _NO_DATE
    return datetime.combine(day, clock)


def _moment(dataset: Dataset, keyword: str, header: Dataset | None = None) -> datetime | None:
    return _parse_datetime(text_of(dataset, keyword), header if header is not None else dataset)


def _parse_datetime(text: str, header: Dataset) -> datetime | None:
    """Parse a DT in the local time of the other attributes."""
    if len(text) < 10:
        return None
    try:
        with quiet_pydicom():
            parsed = DT(text)
    except ValueError:
        return None
    if parsed is None:
        return None
    if parsed.tzinfo is None:
        return datetime.combine(parsed.date(), parsed.time())
    offset = _offset(text_of(header, "TimezoneOffsetFromUTC"))
    local = parsed if offset is None else parsed.astimezone(offset)
    return datetime.combine(local.date(), local.time())


def _offset(text: str) -> timezone | None:
    if len(text) != 5 or text[0] not in "+-" or not text[1:].isdigit():
        return None
    minutes = int(text[1:3]) * 60 + int(text[3:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _date(text: str) -> date | None:
    try:
        with quiet_pydicom():
            parsed = DA(text) if text else None
    except ValueError:
        return None
    return date(parsed.year, parsed.month, parsed.day) if parsed else None


def _time(text: str) -> time | None:
    try:
        with quiet_pydicom():
            parsed = TM(text) if text else None
    except ValueError:
        return None
    return time(parsed.hour, parsed.minute, parsed.second, parsed.microsecond) if parsed is not None else None
