"""How much of the skeleton foci take up: a figure like the Bone Scan Index (Imbriaco et al. 1998), approximate."""

from __future__ import annotations

from dataclasses import dataclass

from oncologyai.errors import InputError
from oncologyai.scintigraphy.bone_regions import region_areas_mm2
from oncologyai.scintigraphy.figure import figure_of
from oncologyai.scintigraphy.lesions import LesionList
from oncologyai.scintigraphy.scan import WholeBodyScan
from oncologyai.types import Table

__all__ = ["BONE_MASSES", "BoneScanIndex", "estimate_bone_scan_index"]

# Percent of the skeleton's weight, both sides: Spiers FW, Radioisotopes in the Human Body (1968) p. 120, the weights of
# Imbriaco M et al., Clin Cancer Res 1998; 4: 1765. Shoulders are counted with the humerus, elbows with the forearm,
# knees with the femur, since a planar view does not part them; the source has one figure for spine and sacrum.
BONE_MASSES: dict[str, tuple[float, tuple[str, ...]]] = {
    "skull": (16.6 + 1.8, ("skull",)),
    "spine and sacrum": (8.3, ("cervical spine", "thoracic spine", "lumbar spine", "sacrum")),
    "sternum": (0.3, ("sternum",)),
    "clavicles": (2 * 0.5, ("clavicle",)),
    "scapulae": (2 * 1.5, ("scapula",)),
    "ribs": (4.4, ("ribs",)),
    "humeri": (2 * 3.3, ("humerus", "shoulder")),
    "forearms": (2 * (1.5 + 1.2), ("forearm", "elbow")),
    "hands": (2 * 1.5, ("hand",)),
    "pelvis": (7.5, ("pelvis", "hip")),
    "femora": (2 * 8.9, ("femur", "knee")),
    "lower legs": (2 * (5.1 + 1.3), ("lower leg",)),
    "feet": (2 * 5.8, ("foot",)),
}
"""By bone: percent of the skeleton's weight, and the regions that belong to it."""


@dataclass(frozen=True)
class BoneScanIndex:
    """An approximate index.

    Parameters
    ----------
    percent : float, 0 to 100
        Of the skeleton's weight.
    involved : dict of float
        Share of each bone that foci take up, 0 to 1, by the names of ``BONE_MASSES``.
    """

    percent: float
    involved: dict[str, float]

    def table(self, name: str = "Bone Scan Index (approximate)") -> Table:
        """Give a row a bone with a focus, and the sum."""
        rows = [
            (bone, round(BONE_MASSES[bone][0], 1), round(share, 4), round(BONE_MASSES[bone][0] * share, 3))
            for bone, share in self.involved.items()
            if share > 0.0
        ]
        total = ("all", round(sum(mass for mass, _ in BONE_MASSES.values()), 1), None, round(self.percent, 3))
        return Table(name, ("bone", "percent_of_skeleton", "share_involved", "index"), (*rows, total))


def estimate_bone_scan_index(scan: WholeBodyScan, lesions: LesionList) -> BoneScanIndex:
    """Give the share of each bone that foci cover, weighted by the bone's share of the skeleton's weight.

    The index of Imbriaco et al. is estimated by eye, bone by bone; here it is the area of the foci over the area that
    the bone has by usual proportions, of the view in which that is more. A focus belongs wholly to the bone that its
    place is named by. It tells little from much, and is no measure of tumour.

    Parameters
    ----------
    scan : WholeBodyScan
    lesions : LesionList
        Of hot spots (``list_hot_spots`` with a map and ``least_map``): regions of a class map are far larger than
        lesions, and all hot spots hold joints and organs. Foci in kidneys and bladder are left out.

    Raises
    ------
    InputError
        If the list is of other views.
    """
    if set(lesions.labels) != set(scan.views):
        raise InputError("lesions", expected=f"a list of {', '.join(scan.views)}", got=", ".join(lesions.labels))
    figure = figure_of(scan)
    areas = {view: region_areas_mm2(figure, view) for view in scan.views}
    involved = {}
    for bone, (_, regions) in BONE_MASSES.items():
        shares = [0.0]
        for view in scan.views:
            whole = sum(areas[view].get(region, 0.0) for region in regions)
            hot = sum(focus.area_mm2 for focus in lesions.foci if focus.view == view and focus.region in regions)
            if whole > 0.0:
                shares.append(min(1.0, hot / whole))
        involved[bone] = max(shares)
    return BoneScanIndex(sum(BONE_MASSES[bone][0] * share for bone, share in involved.items()), involved)
