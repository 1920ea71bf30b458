"""Lists are filled by the facts they name, the authors' answers going before."""

import pytest

from oncologyai.errors import InputError
from oncologyai.pipelines import ITEM_STATES, check_items, fill_checklist


def test_facts_fill_answers_go_before_and_the_rest_is_open():
    found = fill_checklist("claim", {"software": "X 1.0", "network": ""}, {"claim-24": "ImageNet", "claim-23": "Y"})
    by_id = {item.id: item for item in found.items}
    assert (by_id["claim-23"].said, by_id["claim-23"].state) == ("Y", "answered by the authors")
    assert by_id["claim-24"].state == "answered by the authors" and by_id["claim-22"].state == "open"
    assert sum(map(found.count, ITEM_STATES)) == 42
    plain = {item.id: item for item in fill_checklist("claim", {"software": "X 1.0"}, {}).items}
    assert (plain["claim-23"].said, plain["claim-23"].state) == ("X 1.0", "filled by the run")


def test_an_answer_to_no_item_is_refused():
    check_items(("claim", "stard"), ("claim-1", "stard-10b"), "claim-1")
    with pytest.raises(InputError, match="answers.stard-10: expected an item such as claim-1, got stard-10"):
        check_items(("claim", "stard"), ("stard-10",), "claim-1")


@pytest.mark.parametrize(("name", "numbers"), [("claim", 42), ("stard", 30)])
def test_every_number_of_the_published_list_is_there_once(name, numbers):
    ids = [item.id.removeprefix(f"{name}-") for item in fill_checklist(name, {}, {}).items]
    assert len(set(ids)) == len(ids)
    assert sorted({int(one.rstrip("ab")) for one in ids}) == list(range(1, numbers + 1))
    assert len(ids) == numbers + sum(one.endswith("b") for one in ids)
