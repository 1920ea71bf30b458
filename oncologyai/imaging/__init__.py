"""Images and masks from files and back: DICOM, NRRD, NIfTI, MHA; SUV; de-identification."""

from oncologyai.imaging.companions import find_companions, modalities_of
from oncologyai.imaging.confidentiality import DeidentifyConfig
from oncologyai.imaging.contours import Rasterised, rasterise_contours
from oncologyai.imaging.deidentify import DeidentifyReport, deidentify_folder, secret_key
from oncologyai.imaging.dicom_index import find_studies, index_files, is_image, is_localizer
from oncologyai.imaging.dicom_seg import read_dicom_seg
from oncologyai.imaging.dicom_seg_write import write_dicom_seg
from oncologyai.imaging.dicom_write import write_dicom_series
from oncologyai.imaging.files import is_volume_file, volume_suffix, write_volume
from oncologyai.imaging.headers import is_dicom_file
from oncologyai.imaging.masks import read_masks
from oncologyai.imaging.masks_write import write_masks
from oncologyai.imaging.nm_write import write_nm_whole_body
from oncologyai.imaging.outlines import outline_mask
from oncologyai.imaging.pet import SuvKind
from oncologyai.imaging.planar import PICTURE_SUFFIXES, PlanarPicture, planar_kind, read_planar
from oncologyai.imaging.planar_geometry import VIEWS, View, opposite_view, planar_ijk_to_ras
from oncologyai.imaging.planar_tags import PlanarKind, TaggedView, view_in_text
from oncologyai.imaging.read import read_volume
from oncologyai.imaging.references import References, references_of, series_drawn_on, structure_names
from oncologyai.imaging.rtstruct import Roi, StructureSet, masks_from_structures, read_rtstruct
from oncologyai.imaging.rtstruct_write import write_rtstruct
from oncologyai.imaging.seg_nrrd import read_seg_nrrd
from oncologyai.imaging.seg_nrrd_write import write_seg_nrrd
from oncologyai.imaging.series import read_series
from oncologyai.imaging.survey import SeriesSurvey, dicom_tag, survey_series

__all__ = [
    "PICTURE_SUFFIXES",
    "VIEWS",
    "DeidentifyConfig",
    "DeidentifyReport",
    "PlanarKind",
    "PlanarPicture",
    "Rasterised",
    "References",
    "Roi",
    "SeriesSurvey",
    "StructureSet",
    "SuvKind",
    "TaggedView",
    "View",
    "deidentify_folder",
    "dicom_tag",
    "find_companions",
    "find_studies",
    "index_files",
    "is_dicom_file",
    "is_image",
    "is_localizer",
    "is_volume_file",
    "masks_from_structures",
    "modalities_of",
    "opposite_view",
    "outline_mask",
    "planar_ijk_to_ras",
    "planar_kind",
    "rasterise_contours",
    "read_dicom_seg",
    "read_masks",
    "read_planar",
    "read_rtstruct",
    "read_seg_nrrd",
    "read_series",
    "read_volume",
    "references_of",
    "secret_key",
    "series_drawn_on",
    "structure_names",
    "survey_series",
    "view_in_text",
    "volume_suffix",
    "write_dicom_seg",
    "write_dicom_series",
    "write_masks",
    "write_nm_whole_body",
    "write_rtstruct",
    "write_seg_nrrd",
    "write_volume",
]
