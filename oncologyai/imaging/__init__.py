"""Images and masks from files and back: DICOM, NRRD, NIfTI, MHA; SUV; de-identification."""

from oncologyai.imaging.dicom_index import find_studies
from oncologyai.imaging.files import write_volume
from oncologyai.imaging.read import read_volume
from oncologyai.imaging.series import read_series

__all__ = [
    "find_studies",
    "read_series",
    "read_volume",
    "write_volume",
]
