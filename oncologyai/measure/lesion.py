"""Everything that is measured of a lesion, in one call."""

from __future__ import annotations

from oncologyai.measure.ground_glass import split_solid
from oncologyai.measure.measurement import LesionMeasurements, MeasureConfig, Measurement
from oncologyai.measure.recist import largest_diameter, recist_diameters, require_lesion
from oncologyai.measure.suv import SUV_UNITS, measure_suv
from oncologyai.types import Code, Mask, Volume

__all__ = ["measure_lesion"]

_DEFAULT = MeasureConfig()
_VOLUME = Code("118565006", "SCT", "Volume")
_LONG_AXIS = Code("103339001", "SCT", "Long axis")
_SHORT_AXIS = Code("103340004", "SCT", "Short axis")
_DIAMETER = Code("L0JK", "IBSI", "Maximum 3D diameter")
_MAXIMUM = Code("1GSF", "IBSI", "Maximum intensity")
_MEAN = Code("Q4LE", "IBSI", "Mean intensity")
_PEAK = Code("0F91", "IBSI", "Global intensity peak")
_MTV = Code("126032", "DCM", "Metabolic Volume")
_TLG = Code("126033", "DCM", "Total Lesion Glycolysis")


def measure_lesion(mask: Mask, volume: Volume, *, config: MeasureConfig = _DEFAULT) -> LesionMeasurements:
    """Measure a lesion.

    Parameters
    ----------
    mask : Mask
        One lesion, not empty (several: ``split_lesions`` first). Its label names the lines.
    volume : Volume
        The image, on the same grid. CT in HU adds solid and ground-glass parts, PET in SUV adds uptake; other
        images, and PET in other units, are measured in size alone.
    config : MeasureConfig

    Returns
    -------
    LesionMeasurements
        Volume is voxels times voxel volume, in ml. Lines are ``<label> long axis`` and ``<label> short axis``.

    Raises
    ------
    GeometryMismatchError
        If the mask is not on the volume's grid.
    EmptyMaskError
        If the mask has no voxel.
    """
    volume.require_same_grid(mask, f"mask {mask.label}")
    require_lesion(mask)
    diameters = recist_diameters(mask)
    rows = [
        Measurement("Volume", mask.volume_ml, "ml", _VOLUME),
        Measurement("Long axis", diameters.long_axis.length_mm, "mm", _LONG_AXIS),
        Measurement("Short axis", diameters.short_axis.length_mm, "mm", _SHORT_AXIS),
        Measurement("Largest 3D diameter", largest_diameter(mask).length_mm, "mm", _DIAMETER),
    ]
    if volume.modality == "CT" and volume.unit == "HU":
        rows += _solid_rows(mask, volume, config)
    if volume.modality == "PT" and volume.unit in SUV_UNITS:
        rows += _suv_rows(mask, volume, config)
    return LesionMeasurements(tuple(rows), (diameters.long_axis, diameters.short_axis))


def _solid_rows(mask: Mask, volume: Volume, config: MeasureConfig) -> list[Measurement]:
    solid, ground_glass = split_solid(mask, volume, solid_hu=config.solid_hu)
    return [
        Measurement("Solid volume", solid.volume_ml, "ml"),
        Measurement("Ground-glass volume", ground_glass.volume_ml, "ml"),
        Measurement("Solid share", solid.volume_ml / mask.volume_ml, "1"),
        Measurement("Solid threshold", config.solid_hu, "[hnsf'U]"),
    ]


def _suv_rows(mask: Mask, volume: Volume, config: MeasureConfig) -> list[Measurement]:
    measures = measure_suv(mask, volume, mtv_share=config.mtv_share)
    amount = "cm2" if volume.unit == "SUVbsa" else "g"
    unit = f"{{{volume.unit}}}{amount}/ml"  # DICOM PS3.16 CID 85
    return [
        Measurement("SUVmax", measures.maximum, unit, _MAXIMUM),
        Measurement("SUVmean", measures.mean, unit, _MEAN),
        Measurement("SUVpeak", measures.peak, unit, _PEAK),
        Measurement("MTV", measures.mtv_ml, "ml", _MTV),
        Measurement("TLG", measures.tlg, amount, _TLG),
    ]
