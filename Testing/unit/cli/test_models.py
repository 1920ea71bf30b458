"""The models command: what it says, and one line with exit code 2 for what a user can get wrong."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from oncologyai.cli import main
from oncologyai.models import (
    BoneScanCard,
    Channel,
    Citation,
    Coded,
    Figure,
    Label,
    Licence,
    ModelCard,
    ModelFile,
    NetworkCall,
    TrainingData,
    save_card,
    write_weights,
)


@pytest.fixture(autouse=True)
def a_models_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder for every test here, and no shipped models."""
    monkeypatch.setenv("ONCOLOGYAI_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr("oncologyai.models.store.resource_path", lambda _: tmp_path / "shipped")
    return tmp_path / "models"


@pytest.fixture
def a_model(tmp_path: Path) -> Path:
    """The folder of a model to import."""
    folder = tmp_path / "source"
    folder.mkdir()
    weights = folder / "weights.safetensors"
    write_weights({"last.weight": np.ones((2, 3))}, weights)
    save_card(
        ModelCard(
            id="demo",
            title="A demonstration",
            description="For tests.",
            channels=(
                Channel(name="pet", modality="PT", unit="SUVbw"),
                Channel(name="ct", modality="CT", required=False),
            ),
            spacing_mm=(2.0, 2.0, None),
            labels=(
                Label(name="GTV-1", terminology="tumour"),
                Label(
                    name="Node",
                    channel=1,
                    category=Coded(value="49755003", meaning="Morphologically Altered Structure"),
                    type=Coded(value="59441001", meaning="Lymph node"),
                ),
            ),
            network=NetworkCall(name="unet2d"),
            patch=(48, 64, 96),
            minimum_ml=0.5,
            files=(
                ModelFile(
                    name=weights.name,
                    role="weights",
                    sha256=hashlib.sha256(weights.read_bytes()).hexdigest(),
                    size_bytes=weights.stat().st_size,
                ),
            ),
            training=TrainingData(description="40 patients", attribution="the STS collection, CC BY 3.0"),
            figures=(
                Figure(metric="mean Dice", value=0.75, interval=(0.7, 0.8), test_set="cross-validation", cases=40),
            ),
            licence=Licence(name="CC BY 3.0", commercial=True, restrictions=("name the authors",)),
            citation=(Citation(text="A paper", doi="10.1000/1"),),
            urls=("https://example.org/demo",),
        ),
        folder / "card.json",
    )
    return folder


def say(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    assert main(["models", *words]) == code
    said = capsys.readouterr()
    return said.out, said.err


@pytest.mark.parametrize("verb", ["list", "show", "test", "verify", "download", "import", "delete"])
def test_every_verb_has_help(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Usage:" in say(capsys, verb, "--help")[0]


def test_an_empty_list_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert "models import" in say(capsys, "list")[0]


def test_import_list_verify_and_delete(
    capsys: pytest.CaptureFixture[str], a_model: Path, a_models_folder: Path
) -> None:
    out, _ = say(capsys, "import", str(a_model))
    assert out.splitlines() == [f"demo: {a_models_folder / 'demo'}", "licence: CC BY 3.0; name the authors"]
    assert say(capsys, "list")[0] == "demo\tyours\tcomplete\tA demonstration\n"
    assert say(capsys, "verify")[0] == say(capsys, "verify", "demo")[0] == "demo: 1 files are as the card says\n"
    assert say(capsys, "delete", "demo")[0] == "demo: deleted\n"
    assert list(a_models_folder.iterdir()) == []


def test_show_says_all_that_a_reader_must_know(capsys: pytest.CaptureFixture[str], a_model: Path) -> None:
    say(capsys, "import", str(a_model))
    lines = say(capsys, "show", "demo")[0].splitlines()
    for line in (
        "demo: A demonstration",
        "For tests.",
        "input: pet (PT, SUVbw), required, normalised by as-is",
        "input: ct (CT, arbitrary), optional, normalised by as-is",
        "gives: GTV-1 (Neoplasm, Primary, SCT 86049000)",
        "gives: Node (Lymph node, SCT 59441001)",
        "works on: 2 x 2 x own mm, windows of 96 x 64 x 48 voxels, 50% overlap, whole",
        "keeps: probability above 0.5, the largest part of at least 0.5 ml",
        "network: unet2d",
        "trained on: 40 patients",
        "attribution: the STS collection, CC BY 3.0",
        "figure: mean Dice 0.75 (0.7 to 0.8): cross-validation, 40 cases",
        "licence: CC BY 3.0, commercial use allowed",
        "restriction: name the authors",
        "cite: A paper, doi:10.1000/1",
        "see: https://example.org/demo",
    ):
        assert line in lines
    assert json.loads(say(capsys, "show", "demo", "--json")[0])["id"] == "demo"


def test_programs_get_json(capsys: pytest.CaptureFixture[str], a_model: Path) -> None:
    say(capsys, "import", str(a_model), "--id", "mine", "--progress", "json")
    events = [json.loads(line) for line in say(capsys, "list", "--progress", "json")[0].splitlines()]
    assert [(m["id"], m["state"]) for m in events[-1]["models"]] == [("mine", "complete")]
    events = [json.loads(line) for line in say(capsys, "verify", "--progress", "json")[0].splitlines()]
    assert events[-1] == {"event": "done", "verified": {"mine": 1}, "failed": {}}


def test_a_changed_byte_is_one_line_and_code_2(
    capsys: pytest.CaptureFixture[str], a_model: Path, a_models_folder: Path
) -> None:
    say(capsys, "import", str(a_model))
    say(capsys, "import", str(a_model), "--id", "good")
    weights = a_models_folder / "demo" / "weights.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(bytes(data))
    _, err = say(capsys, "verify", "demo", code=2)
    assert "demo/weights.safetensors: expected the file that the card names" in err
    assert err.count("\n") == 1
    out, err = say(capsys, "verify", code=2)
    assert out == "good: 1 files are as the card says\n"
    assert "demo/weights.safetensors" in err


def test_a_broken_card_is_told_and_the_others_are_listed(
    capsys: pytest.CaptureFixture[str], a_model: Path, a_models_folder: Path
) -> None:
    say(capsys, "import", str(a_model))
    say(capsys, "import", str(a_model), "--id", "bad")
    (a_models_folder / "bad" / "card.json").write_text("{}")
    out, err = say(capsys, "list")
    assert out.startswith("demo\t")
    assert err.startswith("unreadable: ") and "model-card.schema.json" in err
    _, err = say(capsys, "show", "bad", code=2)
    assert "Field required" in err and err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "absent"], "model: expected one of demo, got 'absent'"),
        (["show", "../demo"], "id: expected small letters"),
        (["delete", "absent"], "model: expected one of demo"),
        (["import", "{source}"], "id: expected one that no model has, got demo"),
        (["import", "{source}/weights.safetensors", "--id", "x"], "got another file"),
        (["import", "/no/such/model"], "expected a model, got none"),
        (["import", "{pickle}", "--id", "x"], "got a pickle, which may run code when it is read"),
        (["import", "{pickle}", "--id", "x", "--format", "keras-unet"], "got a pickle"),
        (["import", "{source}/card.json", "--id", "x", "--format", "keras-unet"], "expected a Keras HDF5 file"),
        (["import", "{source}", "--format", "magic"], "--format: expected one of auto, keras-unet, model"),
        (["download", "http://example.org/card.json"], "URL: expected one that begins with https://"),
        (["download", "http://127.0.0.1:9/card.json"], "expected a connection"),
    ],
)
def test_bad_input_is_one_line_code_2_and_changes_nothing(
    words: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
    a_model: Path,
    a_models_folder: Path,
    tmp_path: Path,
) -> None:
    say(capsys, "import", str(a_model))
    before = {p: p.read_bytes() for p in a_models_folder.rglob("*") if p.is_file()}
    (tmp_path / "model.pth").write_bytes(b"\x80\x02")
    filled = [word.format(source=a_model, pickle=tmp_path / "model.pth") for word in words]
    _, err = say(capsys, *filled, code=2)
    assert message in err
    assert err.count("\n") == 1
    assert {p: p.read_bytes() for p in a_models_folder.rglob("*") if p.is_file()} == before


def test_a_full_disk_is_one_line_and_code_4(
    capsys: pytest.CaptureFixture[str], a_model: Path, a_models_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("oncologyai.models.incoming.shutil.copyfile", full)
    _, err = say(capsys, "import", str(a_model), code=4)
    assert "No space left on device; nothing was changed" in err
    assert list(a_models_folder.iterdir()) == []


def test_a_model_of_bone_scans_is_shown_with_its_thresholds(
    a_models_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = a_models_folder / "scans"
    folder.mkdir(parents=True)
    form = {
        "members": [{"maps": "maps.onnx", "head": "head.safetensors"}],
        "calibration": {"prevalence": 0.5, "scans": 164},
        "thresholds": [{"rule": "youden", "value": 0.41, "sensitivity": 0.8, "specificity": 0.75}],
    }
    files = [
        {"name": name, "role": "other", "sha256": "0" * 64, "size_bytes": 1}
        for name in ("maps.onnx", "head.safetensors")
    ]
    card = {
        "id": "scans", "title": "Bone scans", "demonstration": True, "network": {"name": "vgg16"}, "full": form,
        "fast": form, "files": files, "training": {"description": "none"},
        "licence": {"name": "none", "commercial": False},
    }  # fmt: skip
    save_card(BoneScanCard.model_validate(card), folder / "card.json")
    assert main(["models", "show", "scans"]) == 0
    shown = capsys.readouterr().out
    assert "full form: views of 256 x 512 pixels, scale min-max; calibrated on 164 scans, 50% of them" in shown
    assert "threshold, fast form: youden 0.410 (sensitivity 0.80, specificity 0.75" in shown
    assert main(["models", "list"]) == 0 and "Bone scans" in capsys.readouterr().out
