"""What the network takes of a bone scan."""

import numpy as np
import pytest

from oncologyai.errors import InputError
from oncologyai.scintigraphy import Preparation, WholeBodyScan, flip_views, maps_on_views, prepare_scan
from Testing.unit.scintigraphy.conftest import as_view, draw_body


@pytest.fixture
def a_scan() -> WholeBodyScan:
    front, back = (as_view(draw_body(v, size=(1024, 256)), v, (2.4, 2.4)) for v in ("anterior", "posterior"))
    return WholeBodyScan(front, back)


def test_published_form_is_two_views_side_by_side_in_three_channels(a_scan: WholeBodyScan) -> None:
    image = prepare_scan(a_scan).image
    assert (image.shape, image.dtype) == ((3, 512, 512), np.float32)
    np.testing.assert_array_equal(image[0], image[2])
    for half, view in ((image[0, :, :256], "anterior"), (image[0, :, 256:], "posterior")):
        assert (half.min(), half.max()) == (0.0, 1.0)
        pairs = draw_body(view, size=(1024, 256)).reshape(512, 2, 256).mean(axis=1)
        np.testing.assert_allclose(half, (pairs - pairs.min()) / np.ptp(pairs), atol=1e-5)


def test_flip_puts_each_view_mirrored_on_the_other_side(a_scan: WholeBodyScan) -> None:
    image = prepare_scan(a_scan).image
    flipped = flip_views(image)
    np.testing.assert_array_equal(flipped[..., :256], image[..., 256:][..., ::-1])
    np.testing.assert_array_equal(flip_views(flipped), image)


def test_missing_view_leaves_its_half_empty_and_is_said(a_scan: WholeBodyScan) -> None:
    alone = prepare_scan(WholeBodyScan(posterior=a_scan.posterior))
    assert alone.image[:, :, :256].max() == 0.0
    assert alone.notes == ("the anterior view is missing: its half of the network's picture is empty",)
    np.testing.assert_array_equal(alone.image[:, :, 256:], prepare_scan(a_scan).image[:, :, 256:])


def test_counts_keep_the_body_where_a_hot_spot_would_dim_it(a_scan: WholeBodyScan) -> None:
    assert a_scan.anterior is not None
    hot = a_scan.anterior.array.copy()
    hot[0, 300:304, 40:44] = 5000.0
    spoilt = WholeBodyScan(a_scan.anterior.with_array(hot), a_scan.posterior)
    trunk = (0, slice(150, 180), slice(100, 120))
    change = {}
    for scale in ("min-max", "counts"):
        how = Preparation(scale=scale)  # type: ignore[arg-type]
        change[scale] = prepare_scan(spoilt, how).image[trunk].mean() / prepare_scan(a_scan, how).image[trunk].mean()
    assert change["counts"] == pytest.approx(1.0, abs=0.02)
    assert change["min-max"] < 0.2


def test_logarithm_keeps_ends_and_order(a_scan: WholeBodyScan) -> None:
    plain, log = prepare_scan(a_scan).image, prepare_scan(a_scan, Preparation(logarithm=True)).image
    assert (log.min(), log.max()) == (0.0, pytest.approx(1.0))
    assert (log >= plain - 1e-6).all()


def test_scale_of_the_camera_does_not_matter(a_scan: WholeBodyScan) -> None:
    louder = WholeBodyScan(*(v.with_array(3.0 * v.array) for v in a_scan.views.values()))
    for scale in ("min-max", "counts"):
        how = Preparation(scale=scale)  # type: ignore[arg-type]
        np.testing.assert_allclose(prepare_scan(louder, how).image, prepare_scan(a_scan, how).image, atol=1e-5)


@pytest.mark.parametrize(("column", "view"), [(3, "anterior"), (12, "posterior")])
def test_a_map_goes_back_to_its_place_in_its_view_alone(a_scan: WholeBodyScan, column: int, view: str) -> None:
    values = np.zeros((16, 16), dtype=np.float32)
    values[5, column] = 1.0
    maps = maps_on_views(values, a_scan)
    other = {"anterior": "posterior", "posterior": "anterior"}[view]
    assert maps[other].array.max() == 0.0  # type: ignore[index]
    own = maps[view]  # type: ignore[index]
    assert own.same_grid(a_scan.views[view])  # type: ignore[index]
    j, i = np.argwhere(own.array[0] > 0.9 * own.array.max()).mean(axis=0)
    assert (j, i) == (pytest.approx(5.5 * 64 - 0.5, abs=1.0), pytest.approx((column % 8 + 0.5) * 32 - 0.5, abs=1.0))


def test_rejects_empty_views_and_odd_maps(a_scan: WholeBodyScan) -> None:
    assert a_scan.anterior is not None
    with pytest.raises(InputError, match="a view with uptake, got an empty picture"):
        prepare_scan(WholeBodyScan(a_scan.anterior.with_array(0.0 * a_scan.anterior.array)))
    with pytest.raises(InputError, match="a map .* of even width"):
        maps_on_views(np.zeros((16, 15)), a_scan)
    with pytest.raises(InputError, match="scale: expected one of counts, min-max"):
        Preparation(scale="z-score")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="width: expected 1 or more"):
        Preparation(width=0)
    with pytest.raises(InputError, match="most: expected a number above 0"):
        Preparation(most=0.0)
