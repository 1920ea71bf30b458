"""Arguments of a step come from its function; text is read as what is meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from oncologyai.batch import STEPS
from oncologyai.batch.step import check_argument, checked_arguments, parameters_of
from oncologyai.errors import InputError


def test_every_registered_step_can_be_loaded_and_says_what_it_does() -> None:
    for step in STEPS.values():
        assert (step.load().__doc__ or "").strip(), step.name
        assert "progress" not in parameters_of(step)


def test_text_becomes_what_is_meant() -> None:
    step = STEPS["segment"]
    assert check_argument(step, "inside", "-93.3,208.6,-459.5; 1,2,3") == ((-93.3, 208.6, -459.5), (1.0, 2.0, 3.0))
    assert check_argument(step, "inside", [[1, 2, 3]]) == ((1.0, 2.0, 3.0),)
    assert check_argument(step, "all_lesions", "yes") is True
    assert check_argument(step, "threshold", "0.4") == 0.4
    assert check_argument(step, "channels", {"ct": "a.nrrd"}) == {"ct": Path("a.nrrd")}
    assert check_argument(STEPS["features"], "names", "GTV-1; GTV-2") == ("GTV-1", "GTV-2")


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("threshold", "high", "segment.threshold: expected a valid number"),
        ("suv", "weight", "segment.suv: expected 'bw', 'lbm'"),
        ("inside", "1,2", "segment.inside: expected Field required"),
        ("seed", "1", "argument of segment: expected one of"),
    ],
)
def test_refuses_what_does_not_fit(name: str, value: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        check_argument(STEPS["segment"], name, value)


def test_empty_text_stands_for_nothing_said() -> None:
    given = checked_arguments(STEPS["measure"], {"image": "a", "masks": "b", "names": "", "unit": None})
    assert (given["image"], given["names"], given["unit"]) == (Path("a"), (), None)
    with pytest.raises(InputError, match=r"measure.masks: expected a value, got an empty cell"):
        checked_arguments(STEPS["measure"], {"image": "a", "masks": ""})


def test_which_arguments_are_inputs_and_lists() -> None:
    known = parameters_of(STEPS["segment"])
    assert [n for n, p in known.items() if p.is_path] == ["image", "channels"]
    assert [n for n, p in known.items() if p.is_list] == ["inside", "outside"]
    assert [n for n, p in known.items() if p.required] == ["image"]


def test_another_state_of_a_model_is_another_result(a_pet_model) -> None:
    from oncologyai.models import ModelCard, Store, save_card

    step = STEPS["segment"]
    before = step.dependencies({"model": a_pet_model.id})
    card = Store().get(a_pet_model.id).card.to_json() | {"title": "A changed model", "digest": ""}
    save_card(ModelCard.model_validate(card), a_pet_model.store / a_pet_model.id / "card.json")
    assert before != step.dependencies({"model": a_pet_model.id})
    assert step.dependencies({"model": ""}) == ""
