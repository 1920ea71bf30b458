"""A blinded study on the disk: nothing of the methods in it, the same from one seed, nothing left when it fails."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from oncologyai.errors import CancelledError, EmptyMaskError, GeometryMismatchError, InputError
from oncologyai.imaging import read_volume
from oncologyai.studies import (
    PreferenceConfig,
    add_reader,
    create_preference_study,
    read_items,
    read_key,
    read_preference_item,
    read_study,
)
from oncologyai.types import Mask

from .conftest import a_case

TWO = (("Dr A", "radiologist"), ("Dr B", "radiation oncologist"))


def files_of(folder: Path) -> dict[str, bytes]:
    """Every file by its place; images as their voxels and headers, so that compression hides nothing."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        if path.suffix == ".nrrd":
            content = content.split(b"\n\n", 1)[0] + b"\n" + read_volume(path).array.tobytes()
        found[path.relative_to(folder).as_posix()] = content
    return found


def test_shows_the_contours_that_the_key_says(a_preference_study, tmp_path):
    study = a_preference_study(6, TWO, repeats=0.5, allow_none=True)
    assert read_study(tmp_path / "study") == study
    assert study.choices == ("left", "right", "none")
    key = read_key(tmp_path / "study-key", study.identity)
    cases = {case.case: case for case in key.cases}
    assert sorted(case.name for case in key.cases) == [f"LUNG-{letter}" for letter in "ABCDEF"]
    for reader in study.readers:
        items = read_items(study, reader)
        assert len(items) == 9
        for item in items:
            image, left, right = read_preference_item(item)
            whole = a_case(cases[item.case].name)
            assert np.array_equal(image.array, whole.image.array[3:13, 2:14, 2:14])  # 6 mm around the larger box
            assert np.allclose(image.ras_from_ijk([0, 0, 0]), whole.image.ras_from_ijk([2, 2, 3]))
            assert (image.modality, image.unit) == ("CT", "HU")
            sizes = {"automatic": 4**3, "manual": 6**3}
            for side, mask in (("left", left), ("right", right)):
                named = key.method_of(cases[item.case], item.files[side].name)
                assert np.count_nonzero(mask.array) == sizes[named]


def test_nothing_that_readers_get_names_a_method_a_case_or_the_seed(a_preference_study, tmp_path):
    a_preference_study(6, TWO, repeats=0.5, seed=918273645)
    for place, content in files_of(tmp_path / "study").items():
        for word in (b"automatic", b"manual", b"LUNG", b"918273645", b"key"):
            assert word not in content and word.decode() not in place, (place, word)


def test_what_readers_get_stays_the_same_when_the_methods_change_places(tmp_path):
    names = [f"LUNG-{letter}" for letter in "ABCDE"]
    found = []
    for turned in (False, True):

        def load(index: int, turned: bool = turned):
            case = a_case(names[index])
            return replace(case, method=case.reference, reference=case.method) if turned else case

        out = tmp_path / f"s{turned}"
        create_preference_study(
            out, tmp_path / f"k{turned}", names, load, PreferenceConfig(seed=3, repeats=0.4), readers=TWO
        )
        found.append(files_of(out))
    one, other = found
    assert one.keys() == other.keys()
    for place in one:
        twin = place.replace("/1.nrrd", "/x.nrrd").replace("/2.nrrd", "/1.nrrd").replace("/x.nrrd", "/2.nrrd")
        if place != "study.json":  # identity follows from the voxels
            assert one[place] == other[twin], place
    heads = [json.loads(files["study.json"]) for files in (one, other)]
    assert heads[0] | {"identity": ""} == heads[1] | {"identity": ""}


def test_the_same_seed_gives_the_same_files_and_another_one_another_order(a_preference_study, tmp_path):
    a_preference_study(5, TWO)
    first = files_of(tmp_path / "study")
    for folder in ("study", "study-key"):
        (tmp_path / folder).rename(tmp_path / f"{folder}-1")
    a_preference_study(5, TWO)
    assert files_of(tmp_path / "study") == first
    for folder in ("study", "study-key"):
        (tmp_path / folder).rename(tmp_path / f"{folder}-2")
    a_preference_study(5, TWO, seed=6)
    assert files_of(tmp_path / "study")["readers/01/items.csv"] != first["readers/01/items.csv"]


def test_a_reader_added_later_disturbs_nobody(a_preference_study, tmp_path):
    study = a_preference_study(4)
    before = files_of(tmp_path / "study")
    key = read_key(tmp_path / "study-key", study.identity)
    more = add_reader(study, key, "Dr B", "student")
    after = files_of(tmp_path / "study")
    assert read_study(tmp_path / "study") == more
    assert {k: v for k, v in after.items() if k in before and k != "study.json"} == {
        k: v for k, v in before.items() if k != "study.json"
    }
    left = [{i.case: i.files["left"].name for i in read_items(more, reader)} for reader in more.readers]
    assert all(left[0][case] != left[1][case] for case in left[0])
    with pytest.raises(InputError, match="a name that no reader has"):
        add_reader(more, key, "dr b")


def test_one_empty_contour_is_shown_as_none(tmp_path):
    case = a_case("X")
    empty = replace(case, method=Mask.on(case.image, np.zeros(case.image.shape, dtype=np.bool_)))
    study = create_preference_study(
        tmp_path / "s", tmp_path / "k", ["X"], lambda _: empty, PreferenceConfig(seed=1), readers=[("a", "")]
    )
    _, left, right = read_preference_item(read_items(study, study.readers[0])[0])
    assert sorted([left.is_empty, right.is_empty]) == [False, True]


def nothing_left(tmp_path: Path) -> bool:
    return not list(tmp_path.iterdir())


def test_two_empty_contours_another_grid_and_cancelling_leave_nothing(tmp_path):
    case = a_case("X")
    none = Mask.on(case.image, np.zeros(case.image.shape, dtype=np.bool_))
    moved = replace(case.reference, ijk_to_ras=case.reference.ijk_to_ras + np.eye(4)[:, [3, 3, 3, 0]] * 0.5)
    config = PreferenceConfig(seed=1)
    for wrong, error, message in (
        (replace(case, method=none, reference=none), EmptyMaskError, "case X: expected a voxel"),
        (replace(case, reference=moved), GeometryMismatchError, "case X, contour of the reference: expected the image"),
    ):
        with pytest.raises(error, match=message):
            create_preference_study(tmp_path / "s", tmp_path / "k", ["X"], lambda _, wrong=wrong: wrong, config)
        assert nothing_left(tmp_path)

    class Impatient:
        def stage(self, name: str, share: float) -> None:
            self.share = share

        def cancelled(self) -> bool:
            return getattr(self, "share", 0.0) > 0.3

    names = ["X", "Y", "Z"]
    with pytest.raises(CancelledError):
        create_preference_study(
            tmp_path / "s", tmp_path / "k", names, lambda n: a_case(names[n]), config, progress=Impatient()
        )
    assert nothing_left(tmp_path)


def test_refuses_a_case_or_reader_twice_and_places_that_are_taken(a_preference_study, tmp_path):
    config = PreferenceConfig(seed=1)

    def make(out: Path, key: Path, names: list[str], readers: tuple[tuple[str, str], ...] = ()) -> None:
        create_preference_study(out, key, names, lambda n: a_case(names[n]), config, readers=readers)

    out, key = tmp_path / "s", tmp_path / "k"
    with pytest.raises(InputError, match="each case once, got 'X' as number 1 and 3"):
        make(out, key, ["X", "Y", "X"])
    with pytest.raises(InputError, match="at least one case"):
        make(out, key, [])
    with pytest.raises(InputError, match="a name that no reader has"):
        make(out, key, ["X"], (("a", ""), ("A", "")))
    with pytest.raises(InputError, match="key: expected a folder outside the readers' own"):
        make(out, out / "key", ["X"])
    assert nothing_left(tmp_path)
    a_preference_study(2)
    before = files_of(tmp_path)
    with pytest.raises(InputError, match="no study yet, got one that is already there"):
        make(tmp_path / "study", key, ["X"])
    with pytest.raises(InputError, match="no study yet, got one that is already there"):
        make(out, tmp_path / "study-key", ["X"])
    with pytest.raises(InputError, match="a new or empty folder"):
        make(tmp_path / "study" / "cases", key, ["X"])
    assert files_of(tmp_path) == before


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"repeats": 2.0}, "repeats"),
        ({"margin_mm": 0.0}, "margin_mm"),
        ({"seed": -1}, "seed"),
        ({"method": "none"}, "method: expected a name, not 'none'"),
        ({"method": "manual"}, "another name than the reference"),
        ({"window": 400.0}, "both a window and a level"),
        ({"window": -1.0, "level": 0.0}, "window: expected a number above 0"),
        ({"window": 1.0, "level": float("inf")}, "window"),
    ],
)
def test_rejects_settings_outside_their_range(settings, message):
    with pytest.raises(InputError, match=message):
        PreferenceConfig(**({"seed": 1} | settings))
