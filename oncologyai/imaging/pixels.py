"""Pixels of image planes: decoded, rescaled to what they mean, and shifted or interpolated where planes need it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import SimpleITK as sitk
from pydicom import Dataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.pixels.utils import pixel_array
from pydicom.uid import UID, JPEGExtended12Bit, JPEGLSLossless, JPEGLSNearLossless
from scipy import ndimage

from oncologyai.errors import UnreadableFileError
from oncologyai.imaging.frames import Frame
from oncologyai.imaging.headers import BROKEN_FILE_ERRORS, number_of, numbers_of, quiet_pydicom, read_header, text_of
from oncologyai.progress import Progress, Silent, check_cancelled

__all__ = ["AIR_HU", "decode_frames", "fill_missing", "same_pixels", "straighten"]

AIR_HU = -1024
# Where several decoders can read a syntax, the fastest first (134 CT slices: pyjpegls 1.0 s, gdcm 1.4 s).
_FASTEST = {JPEGLSLossless: "pyjpegls", JPEGLSNearLossless: "pyjpegls"}
_PIXEL_TAGS = ("SOPClassUID", "Modality", "PixelData", "FloatPixelData", "DoubleFloatPixelData", "ExtendedOffsetTable",
               "ExtendedOffsetTableLengths")  # fmt: skip
_GROUP_0028 = (
    "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "NumberOfFrames", "Rows", "Columns",
    "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "PixelPaddingValue", "PixelPaddingRangeLimit",
)  # fmt: skip


def decode_frames(
    frames: Sequence[Frame | None],
    *,
    floating: bool,
    padding: float | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """Decode planes and apply their slope and intercept.

    Parameters
    ----------
    frames : sequence of Frame or None, not all None
        One a slice; None leaves zeros.
    floating : bool
        Give float32 even where every slope and intercept is a whole number.
    padding : float, optional
        What Pixel Padding Value (0028,0120), or its range, becomes after rescaling; None leaves it as it is.
    progress : Progress, optional
        Told the share of files decoded.

    Returns
    -------
    ndarray, shape (k, j, i)
        int16 (int32 where the values need it), or float32.

    Raises
    ------
    UnreadableFileError
        If pixels cannot be decoded; the message names the transfer syntax.
    """
    watcher = progress or Silent()
    present = [f for f in frames if f is not None]
    whole = all(float(f.slope).is_integer() and float(f.intercept).is_integer() for f in present)
    rows, columns = present[0].size
    array = np.zeros((len(frames), rows, columns), np.int16 if whole and not floating else np.float32)
    by_file: dict[str, list[int]] = defaultdict(list)
    for k, frame in enumerate(frames):
        if frame is not None:
            by_file[frame.path].append(k)
    for done, (path, slices) in enumerate(by_file.items()):
        check_cancelled(watcher)
        watcher.stage("decode", done / len(by_file))
        dataset = read_header(path, pixels=True, tags=(*_PIXEL_TAGS, *_GROUP_0028))
        for k in slices:
            frame = frames[k]
            if frame is not None:
                array = _put(array, k, _meaning(_decode(dataset, frame), dataset, frame, padding))
    return array


def same_pixels(first: Frame, second: Frame) -> bool:
    """Tell whether two planes hold the same stored values and rescaling."""
    tags = (*_PIXEL_TAGS, *_GROUP_0028)
    one, other = (_decode(read_header(f.path, pixels=True, tags=tags), f) for f in (first, second))
    same_scale = (first.slope, first.intercept) == (second.slope, second.intercept)
    return same_scale and bool(np.array_equal(one, other))


def fill_missing(array: np.ndarray, missing: Sequence[int]) -> None:
    """Interpolate slices linearly between their nearest neighbours, in place.

    Parameters
    ----------
    array : ndarray, shape (k, j, i)
        Integers are rounded.
    missing : sequence of int
        Each k to fill, neither the first nor the last slice.
    """
    gaps = set(missing)
    present = [k for k in range(len(array)) if k not in gaps]
    for k in sorted(gaps):
        below = max(p for p in present if p < k)
        above = min(p for p in present if p > k)
        share = (k - below) / (above - below)
        mixed = (1 - share) * array[below].astype(np.float32) + share * array[above].astype(np.float32)
        array[k] = mixed if array.dtype.kind == "f" else np.rint(mixed)


def straighten(
    array: np.ndarray, shear_mm: np.ndarray, spacing_mm: tuple[float, float], *, outside: float
) -> tuple[np.ndarray, tuple[int, int]]:
    """Shift sheared planes to their place in an orthogonal grid, grown so that nothing is cut off.

    Parameters
    ----------
    array : ndarray, shape (k, j, i)
        The planes as stored.
    shear_mm : ndarray, shape (k, 2)
        Offset of each plane's first pixel from the grid along (i, j).
    spacing_mm : (float, float)
        Pixel size along (i, j).
    outside : float
        Value where no plane reaches.

    Returns
    -------
    array : ndarray, shape (k, j', i')
        Linearly interpolated in plane, of the same type.
    start : (int, int)
        Index along (i, j) of the new grid's first pixel in the old grid, 0 or negative.
    """
    shift = shear_mm / np.array(spacing_mm)
    low = np.floor(np.minimum(shift.min(axis=0), 0)).astype(int)
    high = np.ceil(np.maximum(shift.max(axis=0), 0)).astype(int)
    slices, rows, columns = array.shape
    grown = np.full((slices, rows + high[1] - low[1], columns + high[0] - low[0]), outside, array.dtype)
    for k in range(slices):
        plane = np.full(grown.shape[1:], outside, np.float32)
        plane[-low[1] : rows - low[1], -low[0] : columns - low[0]] = array[k]
        moved = ndimage.shift(plane, (shift[k, 1], shift[k, 0]), order=1, mode="constant", cval=outside)
        grown[k] = moved if array.dtype.kind == "f" else np.rint(moved)
    return grown, (int(low[0]), int(low[1]))


def _decode(dataset: Dataset, frame: Frame) -> np.ndarray:
    syntax = dataset.file_meta.TransferSyntaxUID
    index = frame.number - 1 if frame.number else None
    if (
        syntax == JPEGExtended12Bit
        and (number_of(dataset, "BitsStored") or 0) > 8
        and (frame.slope, frame.intercept) == (1.0, 0.0)
    ):
        return _check_plane(_decode_by_itk(frame), frame)
    try:
        with quiet_pydicom():
            plane = pixel_array(dataset, raw=True, index=index, decoding_plugin=_plugin(syntax))
    except BROKEN_FILE_ERRORS as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UnreadableFileError(
            frame.path, expected=f"pixels in transfer syntax {syntax.name} ({syntax})",
            got=f"ones that cannot be decoded ({reason})",
            remedy="replace the file, or convert it to Explicit VR Little Endian",
        ) from error  # fmt: skip
    return _check_plane(plane, frame, text_of(dataset, "PhotometricInterpretation"))


def _plugin(syntax: UID) -> str:
    """Choose the fastest decoder where it is installed, and that alone: over damaged JPEG-LS gdcm ends the process."""
    fastest = _FASTEST.get(syntax, "")
    return fastest if fastest and fastest in get_decoder(syntax).available_plugins else ""


def _decode_by_itk(frame: Frame) -> np.ndarray:
    """Decode JPEG of 12 bits, which none of pydicom's decoders takes; ITK rescales, so only where there is none."""
    try:
        planes = sitk.GetArrayFromImage(sitk.ReadImage(frame.path))
    except RuntimeError as error:
        raise UnreadableFileError(
            frame.path, expected="pixels in transfer syntax JPEG Extended", got="ones that cannot be decoded",
            remedy="replace the file",
        ) from error  # fmt: skip
    plane: np.ndarray = planes[max(frame.number - 1, 0)]
    return plane


def _check_plane(plane: np.ndarray, frame: Frame, colours: str = "") -> np.ndarray:
    if colours.startswith("PALETTE"):
        raise UnreadableFileError(
            frame.path, expected="a grey image", got="a palette of colours", remedy="choose a series of grey images"
        )
    if plane.shape != frame.size:
        raise UnreadableFileError(
            frame.path, expected=f"a grey image of {frame.size[1]}x{frame.size[0]} pixels",
            got=f"pixels of shape {plane.shape}", remedy="choose a series of grey images",
        )  # fmt: skip
    return plane


def _meaning(stored: np.ndarray, dataset: Dataset, frame: Frame, padding: float | None) -> np.ndarray:
    """Apply slope and intercept, in whole numbers where they are."""
    whole = stored.dtype.kind in "iu" and float(frame.slope).is_integer() and float(frame.intercept).is_integer()
    if whole:
        values = stored.astype(np.int64 if stored.dtype.itemsize > 2 else np.int32)
        values = values * int(frame.slope) + int(frame.intercept)
    else:
        values = stored.astype(np.float64) * frame.slope + frame.intercept
    if padding is not None:
        values[_is_padding(stored, dataset)] = padding
    return values


def _is_padding(stored: np.ndarray, dataset: Dataset) -> np.ndarray:
    ends = [numbers_of(dataset, keyword, 1) for keyword in ("PixelPaddingValue", "PixelPaddingRangeLimit")]
    values = sorted(_as_stored(e[0], stored.dtype) for e in ends if e is not None)
    if ends[0] is None:
        return np.zeros(stored.shape, dtype=bool)
    return (stored >= values[0]) & (stored <= values[-1])


def _as_stored(value: float, dtype: np.dtype) -> float:
    """Read a padding value written with the other signedness than the pixels, as some scanners do."""
    span = 2.0 ** (8 * dtype.itemsize)
    if dtype.kind == "i" and value >= span / 2:
        return value - span
    return value + span if dtype.kind == "u" and value < 0 else value


def _put(array: np.ndarray, k: int, plane: np.ndarray) -> np.ndarray:
    """Write a plane, widening the whole numbers of the array where they do not hold it."""
    if array.dtype == np.int16:
        low, high = int(plane.min()), int(plane.max())
        if low < -32768 or high > 32767:
            array = array.astype(np.int32)
    array[k] = plane
    return array
