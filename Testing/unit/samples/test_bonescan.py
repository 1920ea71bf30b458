"""Synthetic bone scans and what is true of them."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from oncologyai.errors import CancelledError, InputError
from oncologyai.imaging import planar_ijk_to_ras
from oncologyai.samples import CAMERAS, BoneScan, BoneScanSpec, Camera, make_bonescan

COARSE = replace(CAMERAS["alpha"], rows=512, columns=128, pixel_mm=4.8, counts=(8e5, 9e5))
ILL = BoneScanSpec(camera=COARSE, metastases=8)
WELL = BoneScanSpec(camera=COARSE, metastases=0)


@pytest.fixture(scope="module")
def an_ill_patient() -> BoneScan:
    return make_bonescan(ILL, np.random.default_rng(3))


@pytest.fixture(scope="module")
def a_well_patient() -> BoneScan:
    return make_bonescan(WELL, np.random.default_rng(4))


def test_views_are_counts_that_lie_as_the_cameras_see_them(an_ill_patient: BoneScan) -> None:
    total = 0.0
    for name, view in an_ill_patient.views.items():
        assert (view.shape, view.modality, view.unit) == ((1, 512, 128), "NM", "counts")
        assert np.array_equal(view.array, np.rint(view.array))
        np.testing.assert_allclose(view.ijk_to_ras, planar_ijk_to_ras(name, (512, 128), (4.8, 4.8)))
        total += float(view.array.sum())
    assert 7.6e5 < total < 9.4e5


def test_same_seed_gives_the_same_counts_and_another_does_not(an_ill_patient: BoneScan) -> None:
    again = make_bonescan(ILL, np.random.default_rng(3))
    other = make_bonescan(ILL, np.random.default_rng(5))
    for name, view in an_ill_patient.views.items():
        np.testing.assert_array_equal(view.array, again.views[name].array)
        assert not np.array_equal(view.array, other.views[name].array)


def test_counts_scatter_as_poisson_does() -> None:
    """Down the trunk little changes but the noise: second differences have the variance of a, -2 b and c."""
    counts = make_bonescan(WELL, np.random.default_rng(9)).views["anterior"].array[0].astype(float)[100:180]
    above, middle, below = counts[:-2], counts[1:-1], counts[2:]
    variance = ndimage.uniform_filter(above + 4.0 * middle + below, 5)
    inside = ndimage.uniform_filter(middle, 5) > 5.0
    ratio = (above - 2.0 * middle + below)[inside] ** 2 / variance[inside]
    assert inside.sum() > 1000
    assert ratio.mean() == pytest.approx(1.0, abs=0.12)


def test_metastases_are_marked_in_the_views_that_show_them(an_ill_patient: BoneScan) -> None:
    metastases = [p for p in an_ill_patient.foci if p.focus.kind == "metastasis"]
    assert [p.label for p in metastases] == [f"Metastasis {n}" for n in range(1, 9)]
    assert an_ill_patient.has_metastases
    for name, masks in an_ill_patient.masks.items():
        assert {m.label for m in masks} == {p.label for p in metastases if p.contrast[name] >= 0.08}
        for mask in masks:
            placed = next(p for p in metastases if p.label == mask.label)
            i, j, _ = mask.ijk_from_ras((placed.focus.centre_ras[0], 0.0, placed.focus.centre_ras[2]))
            near = ndimage.binary_dilation(mask.array[0], iterations=2)
            assert near[round(float(j)), round(float(i))], (mask.label, name)
    assert any(an_ill_patient.masks.values())


def test_both_views_show_one_place(an_ill_patient: BoneScan) -> None:
    """A metastasis has the same RAS x and z in both views: the heads are opposite and aligned."""
    centres: dict[str, list[np.ndarray]] = {}
    for masks in an_ill_patient.masks.values():
        for mask in masks:
            j, i = ndimage.center_of_mass(mask.array[0])
            centres.setdefault(mask.label, []).append(mask.ras_from_ijk((i, j, 0.0)))
    pairs = [places for places in centres.values() if len(places) == 2]
    assert pairs
    for first, second in pairs:
        np.testing.assert_allclose(first, second, atol=10.0)


def test_a_strong_focus_raises_the_counts_where_it_is(an_ill_patient: BoneScan) -> None:
    seen = [(p, name) for p in an_ill_patient.foci for name in p.contrast if p.contrast[name] > 1.0]
    assert seen
    for placed, name in seen:
        view = an_ill_patient.views[name]
        i, j, _ = np.rint(view.ijk_from_ras((placed.focus.centre_ras[0], 0.0, placed.focus.centre_ras[2]))).astype(int)
        smooth = ndimage.gaussian_filter(view.array[0], 1.0)
        assert smooth[j - 3 : j + 4, i - 3 : i + 4].max() > 1.2 * np.median(
            smooth[j - 12 : j + 13, max(i - 12, 0) : i + 13]
        )


def test_hot_joints_stand_in_both_classes_and_no_metastasis_in_the_well() -> None:
    for spec in (ILL, WELL):
        kinds = [p.focus.kind for n in range(3) for p in make_bonescan(spec, np.random.default_rng(n)).foci]
        assert kinds.count("worn joint") >= 3
        assert ("metastasis" in kinds) == (spec is ILL)


def test_organs_are_marked(a_well_patient: BoneScan) -> None:
    assert not a_well_patient.has_metastases
    assert a_well_patient.masks == {"anterior": (), "posterior": ()}
    for masks in a_well_patient.organs.values():
        assert {"kidney R", "kidney L", "bladder"} <= {mask.label for mask in masks}
    right = next(m for m in a_well_patient.organs["posterior"] if m.label == "kidney R")
    j, i = ndimage.center_of_mass(right.array[0])
    assert right.ras_from_ijk((i, j, 0.0))[0] > 20.0  # RAS x of the patient's right


def test_a_patient_without_disease_has_no_focus() -> None:
    scan = make_bonescan(BoneScanSpec(camera=COARSE, metastases=0, worn_joints=0.0), np.random.default_rng(1))
    assert scan.foci == ()


class _Leaves:
    def __init__(self, when: str) -> None:
        self.when, self.now = when, ""

    def stage(self, name: str, share: float) -> None:
        assert 0.0 <= share <= 1.0
        self.now = name

    def cancelled(self) -> bool:
        return self.now == self.when


@pytest.mark.parametrize("stage", ["patient", "camera", "counts"])
def test_is_cancelled_in_each_stage(stage: str) -> None:
    with pytest.raises(CancelledError, match="cancelled"):
        make_bonescan(WELL, np.random.default_rng(0), progress=_Leaves(stage))


def test_rejects_what_cannot_be() -> None:
    with pytest.raises(InputError, match="metastases: expected a number from 0 to 60"):
        BoneScanSpec(metastases=61)
    with pytest.raises(InputError, match="metastases: expected a whole number"):
        BoneScanSpec(metastases=1.5)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="soft_uptake"):
        BoneScanSpec(soft_uptake=0.0)
    with pytest.raises(InputError, match="worn_joints"):
        BoneScanSpec(worn_joints=-1.0)
    with pytest.raises(InputError, match="counts: expected a least and a most"):
        Camera("x", counts=(3.0, 2.0))
    with pytest.raises(InputError, match="scatter"):
        Camera("x", scatter=1.0)
    with pytest.raises(InputError, match="pixel_mm"):
        Camera("x", pixel_mm=0.0)


def test_a_planted_metastasis_is_beside_what_the_same_patient_has() -> None:
    spec = BoneScanSpec(camera=COARSE, metastases=2)
    plain = make_bonescan(spec, np.random.default_rng(6))
    more = make_bonescan(spec, np.random.default_rng(6), planted=("sternum",), planted_radius_mm=12.0)
    kept = [p.focus for p in more.foci if p.focus.site != "sternum" or p.focus.radius_mm != 12.0]
    assert kept == [p.focus for p in plain.foci]
    (added,) = [p for p in more.foci if p.focus not in kept]
    assert added.label == "Metastasis 3" and added.contrast["anterior"] > added.contrast["posterior"]
    with pytest.raises(InputError, match="planted_factor: expected a number above 0"):
        make_bonescan(spec, np.random.default_rng(6), planted=("sternum",), planted_factor=0.0)
    with pytest.raises(InputError, match="sites: expected bones such as"):
        make_bonescan(spec, np.random.default_rng(6), planted=("wing",))
