import numpy as np
import pytest
from skimage import measure

from oncologyai.errors import InputError
from oncologyai.inference import postprocess
from oncologyai.resources import terminology
from oncologyai.types import Volume


@pytest.fixture
def a_probability():
    """Three cubes of 8, 27 and 1 voxels of 0.125 ml, the two small ones touching by a corner."""
    array = np.full((10, 10, 10), 0.1, dtype=np.float32)
    array[1:3, 1:3, 1:3] = 0.8
    array[3, 3, 3] = 0.9
    array[6:9, 6:9, 6:9] = 0.7
    return Volume(array, np.diag([5.0, 5.0, 5.0, 1.0]), "CT", "probability")


def test_the_largest_is_gtv_1_and_all_are_kept_on_request(a_probability):
    (first,) = postprocess(a_probability, code=terminology("tumour"))
    assert (first.label, first.array.sum(), first.code) == ("GTV-1", 27, terminology("tumour"))
    everything = postprocess(a_probability, keep="all")
    assert [(m.label, int(m.array.sum())) for m in everything] == [("GTV-1", 27), ("GTV-2", 9)]
    by_faces = postprocess(a_probability, keep="all", neighbours=6)
    assert [int(m.array.sum()) for m in by_faces] == [27, 8, 1]


def test_components_are_those_of_skimage():
    array = np.random.default_rng(0).random((12, 14, 16)).astype(np.float32)
    labels = measure.label(array > 0.8, connectivity=3)
    sizes = sorted(np.bincount(labels.ravel())[1:], reverse=True)
    found = postprocess(Volume(array, np.eye(4), unit="probability"), threshold=0.8, keep="all")
    assert [int(m.array.sum()) for m in found] == sizes


def test_small_parts_are_dropped_and_nothing_is_an_answer(a_probability):
    assert len(postprocess(a_probability, keep="all", minimum_ml=2.0)) == 1
    assert postprocess(a_probability, minimum_ml=4.0) == ()
    assert postprocess(a_probability, threshold=0.99) == ()
    assert [m.label for m in postprocess(a_probability, keep="all", label="Tumour")] == ["Tumour", "Tumour-2"]


def test_refuses_what_does_not_fit(a_probability):
    for name, value in {"threshold": 2, "keep": "some", "minimum_ml": -1, "neighbours": 8}.items():
        with pytest.raises(InputError, match=f"^{name}: expected"):
            postprocess(a_probability, **{name: value})


def test_parts_of_which_the_network_is_not_sure_are_no_finding(a_probability):
    kept = postprocess(a_probability, keep="all", minimum_probability=0.75)
    assert [int(m.array.sum()) for m in kept] == [9]  # (8 x 0.8 + 0.9) / 9 = 0.811; the cube of 27 has 0.7
    assert postprocess(a_probability, minimum_probability=0.9) == ()
    with pytest.raises(InputError, match="minimum_probability"):
        postprocess(a_probability, minimum_probability=1.5)
