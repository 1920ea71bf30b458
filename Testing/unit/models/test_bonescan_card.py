"""Cards of bone-scan models: sealed, checked, listed by the store, and the published schema is theirs."""

import json

import pytest

from oncologyai.errors import InputError, UnreadableFileError
from oncologyai.models import (
    BoneScanCard,
    Store,
    bonescan_card_schema_text,
    load_any_card,
    load_card,
    save_card,
    sha256_of,
)
from oncologyai.resources import resource_path

FORM = {
    "members": [{"maps": "maps.onnx", "head": "head.safetensors"}],
    "calibration": {"prevalence": 0.5, "scans": 164},
    "thresholds": [{"rule": "youden", "value": 0.5, "sensitivity": 0.8, "specificity": 0.8}],
}
FIELDS = {
    "id": "a-card",
    "title": "A card",
    "task": "bone-scan",
    "demonstration": True,
    "network": {"name": "vgg16"},
    "full": FORM,
    "files": [
        {"name": "maps.onnx", "role": "onnx", "sha256": "0" * 64, "size_bytes": 1},
        {"name": "head.safetensors", "role": "weights", "sha256": "0" * 64, "size_bytes": 1},
    ],
    "training": {"description": "synthetic scans", "synthetic": True},
    "licence": {"name": "none", "commercial": False},
}


def test_the_published_schema_is_the_cards():
    published = resource_path("schemas/bonescan-model-card.schema.json").read_text(encoding="utf-8")
    assert published == bonescan_card_schema_text(), "write it again from bonescan_card_schema_text()"


def test_a_card_reads_back_and_a_changed_one_is_refused(tmp_path):
    card = save_card(BoneScanCard.model_validate(FIELDS), tmp_path / "card.json")
    assert load_any_card(tmp_path) == card and card.digest
    text = (tmp_path / "card.json").read_text()
    (tmp_path / "card.json").write_text(text.replace("0.8,", "0.9,"))
    with pytest.raises(UnreadableFileError, match="sealed"):
        load_any_card(tmp_path)


def test_a_card_of_bone_scans_is_none_of_a_model_that_segments(tmp_path):
    save_card(BoneScanCard.model_validate(FIELDS), tmp_path / "card.json")
    with pytest.raises(UnreadableFileError, match="that segments, got one for bone-scan"):
        load_card(tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"files": FIELDS["files"][:1]}, "head.safetensors not among files"),
        ({"files": FIELDS["files"] * 2}, "used once"),
        ({"full": FORM | {"thresholds": FORM["thresholds"] * 2}}, "every rule"),
        ({"full": FORM | {"thresholds": []}}, "thresholds"),
        ({"full": FORM | {"thresholds": [FORM["thresholds"][0] | {"rule": "best"}]}}, "rule"),
        ({"stranger": 1}, "stranger"),
    ],
)
def test_what_contradicts_itself_is_refused(tmp_path, changes, message):
    (tmp_path / "card.json").write_text(json.dumps(FIELDS | changes))
    with pytest.raises(UnreadableFileError, match=rf"(?s)bonescan-model-card.*{message}"):
        load_any_card(tmp_path)


def test_the_store_lists_models_of_each_task_and_gives_each_to_those_who_ask_for_it(tmp_path):
    folder = tmp_path / "shipped" / "a-card"
    folder.mkdir(parents=True)
    files = []
    for file in FIELDS["files"]:
        (folder / file["name"]).write_bytes(b"weights")
        files.append(file | {"sha256": sha256_of(folder / file["name"]), "size_bytes": 7})
    save_card(BoneScanCard.model_validate(FIELDS | {"files": files}), folder / "card.json")
    store = Store(tmp_path / "own", shipped=tmp_path / "shipped")
    assert [model.card.id for model in store.list("bone-scan")] == ["a-card"] and not store.list("segmentation")
    assert store.get("a-card").bonescan.full.thresholds[0].rule == "youden"
    assert store.verify("a-card") == ("maps.onnx", "head.safetensors")
    with pytest.raises(InputError, match="a model that segments, got a-card, which is for bone-scan"):
        _ = store.get("a-card").segmentation
    copied = store.import_file(folder, model_id="copied")
    assert copied.bonescan.id == "copied" and not copied.missing
