"""The store: models come whole, are checked, and go whole."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest

from oncologyai.errors import (
    CancelledError,
    DiskFullError,
    InputError,
    MissingFileError,
    OutputError,
    UnreadableFileError,
)
from oncologyai.models import ModelCard, Store, default_root, load_card, save_card

ModelMaker = Callable[..., Path]


class Server(Protocol):
    url: str
    files: dict[str, bytes]
    cut_after: list[int]
    asked: list[tuple[str, str | None]]


class Cancelled:
    def stage(self, _: str, __: float) -> None:
        """Nothing."""

    def cancelled(self) -> bool:
        return True


@pytest.fixture
def a_store(tmp_path: Path) -> Store:
    """A store with an empty shelf of shipped models and no user's folder yet."""
    (tmp_path / "shipped").mkdir()
    return Store(tmp_path / "user", shipped=tmp_path / "shipped")


def ids(store: Store) -> list[str]:
    return [m.card.id for m in store.list()]


def state_of(root: Path) -> dict[str, bytes]:
    """Every visible file of a folder with its bytes."""
    return {
        str(p.relative_to(root)): p.read_bytes()
        for p in sorted(root.rglob("*"))
        if p.is_file() and not any(part.startswith(".") for part in p.relative_to(root).parts)
    }


def change_a_byte(path: Path, position: int = -1) -> None:
    data = bytearray(path.read_bytes())
    data[position] ^= 1
    path.write_bytes(bytes(data))


def test_the_users_folder_is_the_platforms_or_the_environments(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ONCOLOGYAI_MODELS", str(tmp_path / "mine"))
    assert default_root() == Store().root == tmp_path / "mine"
    monkeypatch.delenv("ONCOLOGYAI_MODELS")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    monkeypatch.setenv("HOME", "/home/me")
    found = {}
    for platform in ("linux", "darwin", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        found[platform] = default_root().as_posix()
    assert found == {
        "linux": "/data/oncologyai/models",
        "darwin": "/home/me/Library/Application Support/oncologyai/models",
        "win32": "/local/oncologyai/models",
    }
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("XDG_DATA_HOME")
    assert default_root().as_posix() == "/home/me/.local/share/oncologyai/models"


def test_an_empty_store_lists_nothing_and_makes_nothing(a_store: Store) -> None:
    assert a_store.list() == ()
    assert a_store.problems() == {}
    assert not a_store.root.exists()


def test_shipped_and_own_models_are_listed_in_order(a_store: Store, a_model: ModelMaker, tmp_path: Path) -> None:
    a_model("zebra", root=tmp_path / "shipped")
    a_store.import_file(a_model("ant"))
    assert [(m.card.id, m.shipped) for m in a_store.list()] == [("ant", False), ("zebra", True)]
    assert a_store.get("zebra").path == tmp_path / "shipped" / "zebra"
    assert a_store.path("ant") == a_store.root / "ant"


def test_an_imported_model_is_a_verified_copy(a_store: Store, a_model: ModelMaker) -> None:
    source = a_model()
    model = a_store.import_file(source / "card.json")
    assert state_of(model.path) == state_of(source)
    assert a_store.verify("demo") == ("weights.safetensors", "input.nrrd")
    assert model.file("input.nrrd").read_bytes() == b"NRRD input"
    assert [p.name for p in a_store.root.iterdir()] == ["demo"]


def test_an_import_may_have_another_id(a_store: Store, a_model: ModelMaker) -> None:
    model = a_store.import_file(a_model(), model_id="mine")
    assert model.card.id == "mine"
    assert load_card(a_store.root / "mine") == model.card
    assert ids(a_store) == ["mine"]


@pytest.mark.parametrize("name", ["weights.safetensors", "input.nrrd"])
@pytest.mark.parametrize("position", [0, 5, -1])
def test_a_changed_byte_is_named(a_store: Store, a_model: ModelMaker, name: str, position: int) -> None:
    folder = a_store.import_file(a_model()).path
    change_a_byte(folder / name, position)
    with pytest.raises(UnreadableFileError, match=rf"demo.{name}: expected the file that the card names"):
        a_store.verify("demo")


def test_a_changed_card_is_named_and_the_others_are_listed(a_store: Store, a_model: ModelMaker) -> None:
    a_store.import_file(a_model("good"))
    card = a_store.import_file(a_model("bad")).path / "card.json"
    card.write_text(card.read_text().replace('"overlap": 0.5', '"overlap": 0.25'))
    assert ids(a_store) == ["good"]
    assert list(a_store.problems()) == ["bad"]
    assert "expected the card as it was sealed" in a_store.problems()["bad"]
    with pytest.raises(UnreadableFileError, match=r"card\.json: expected the card as it was sealed"):
        a_store.verify("bad")


def test_a_card_in_the_wrong_folder_is_named(a_store: Store, a_model: ModelMaker) -> None:
    a_store.import_file(a_model())
    (a_store.root / "demo").rename(a_store.root / "other")
    with pytest.raises(UnreadableFileError, match="expected the card of other, got of demo"):
        a_store.get("other")


def test_a_missing_or_shortened_file_is_named(a_store: Store, a_model: ModelMaker) -> None:
    model = a_store.import_file(a_model())
    model.path.joinpath("input.nrrd").write_bytes(b"NRRD")
    with pytest.raises(UnreadableFileError, match=r"input\.nrrd: expected 10 bytes, got 4"):
        a_store.verify("demo")
    model.path.joinpath("input.nrrd").unlink()
    with pytest.raises(MissingFileError, match=r"input\.nrrd: expected a file of the model"):
        a_store.verify("demo")
    with pytest.raises(MissingFileError, match="oncology-ai models download demo"):
        model.file("input.nrrd")
    with pytest.raises(InputError, match="file of demo: expected one of input.nrrd, weights.safetensors"):
        model.file("other")


@pytest.mark.parametrize("model_id", ["absent", "../demo", "", ".import-x", "A"])
def test_an_unknown_id_is_refused(a_store: Store, a_model: ModelMaker, model_id: str) -> None:
    a_store.import_file(a_model())
    for use in (a_store.get, a_store.verify, a_store.delete, a_store.download):
        with pytest.raises(InputError, match=r"(id|model): expected"):
            use(model_id)
    assert ids(a_store) == ["demo"]


def test_an_id_that_is_taken_is_refused(a_store: Store, a_model: ModelMaker, tmp_path: Path) -> None:
    source = a_model()
    a_store.import_file(source)
    a_model("mine", root=tmp_path / "shipped")
    before = state_of(a_store.root)
    for taken in ("", "mine"):
        with pytest.raises(InputError, match="id: expected one that no model has"):
            a_store.import_file(source, model_id=taken)
    assert state_of(a_store.root) == before


def test_an_import_with_a_changed_byte_leaves_nothing(a_store: Store, a_model: ModelMaker) -> None:
    source = a_model()
    change_a_byte(source / "input.nrrd")
    with pytest.raises(UnreadableFileError, match=r"input\.nrrd: expected the file that the card names"):
        a_store.import_file(source)
    assert list(a_store.root.iterdir()) == []


def test_an_import_of_a_card_that_breaks_the_schema_leaves_nothing(a_store: Store, a_model: ModelMaker) -> None:
    source = a_model()
    raw = json.loads((source / "card.json").read_text())
    raw["threshold"] = 7
    (source / "card.json").write_text(json.dumps(raw))
    with pytest.raises(UnreadableFileError, match="got threshold: Input should be less than 1"):
        a_store.import_file(source)
    assert not a_store.root.exists()


def test_a_pickle_that_calls_itself_safetensors_is_refused(
    a_store: Store, a_model: ModelMaker, a_card: Callable[..., ModelCard]
) -> None:
    source = a_model()
    (source / "weights.safetensors").write_bytes(b"\x80\x04\x95 a pickle")
    raw = json.loads((source / "card.json").read_text())
    raw["files"][0] |= {
        "size_bytes": 12,
        "sha256": hashlib.sha256(b"\x80\x04\x95 a pickle").hexdigest(),
    }
    del raw["digest"]
    (source / "card.json").write_text(json.dumps(raw))
    with pytest.raises(UnreadableFileError, match="got a pickle"):
        a_store.import_file(source)
    assert list(a_store.root.iterdir()) == []


@pytest.mark.parametrize("name", ["model.pt", "model.pth", "model.ckpt", "model.pkl"])
def test_a_pickle_is_refused(a_store: Store, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"anything")
    with pytest.raises(UnreadableFileError, match="got a pickle, which may run code"):
        a_store.import_file(tmp_path / name, model_id="x")
    assert not a_store.root.exists()


def test_other_sources_are_refused(a_store: Store, tmp_path: Path) -> None:
    (tmp_path / "w.safetensors").write_bytes(b"12345678{}")
    with pytest.raises(InputError, match="a model's folder, its card.json, or a Keras HDF5 file, got another file"):
        a_store.import_file(tmp_path / "w.safetensors")
    with pytest.raises(MissingFileError, match="expected a model, got none"):
        a_store.import_file(tmp_path / "absent")
    with pytest.raises(InputError, match="--format: expected one of auto, keras-unet, model"):
        a_store.import_file(tmp_path, file_format="magic")


def test_a_cancelled_import_leaves_nothing(a_store: Store, a_model: ModelMaker) -> None:
    with pytest.raises(CancelledError):
        a_store.import_file(a_model(), progress=Cancelled())
    assert list(a_store.root.iterdir()) == []


def test_a_full_disk_during_import_leaves_nothing(
    a_store: Store, a_model: ModelMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_store.import_file(a_model("old"))
    before = state_of(a_store.root)

    def full(source: Path, target: Path) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    source = a_model()
    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(DiskFullError, match="No space left on device"):
        a_store.import_file(source)
    assert state_of(a_store.root) == before
    assert [p.name for p in a_store.root.iterdir()] == ["old"]


def test_a_folder_that_cannot_be_written_is_told(a_model: ModelMaker, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="a place that can be written"):
        Store(tmp_path / "file" / "models").import_file(a_model())


def test_delete_removes_own_models_and_never_shipped_ones(a_store: Store, a_model: ModelMaker, tmp_path: Path) -> None:
    shipped = a_model("shipped", root=tmp_path / "shipped")
    before = state_of(shipped)
    a_store.import_file(a_model())
    a_store.delete("demo")
    assert list(a_store.root.iterdir()) == []
    with pytest.raises(InputError, match="one of the user's folder, got shipped, which is shipped"):
        a_store.delete("shipped")
    assert state_of(shipped) == before


def publish(server: Server, folder: Path) -> str:
    """Put a model on the server, its card naming the URLs; give the card's URL."""
    card = load_card(folder)
    files = tuple(f.model_copy(update={"url": f"{server.url}/{card.id}/{f.name}"}) for f in card.files)
    save_card(card.model_copy(update={"files": files, "digest": ""}), folder / "card.json")
    for path in folder.iterdir():
        server.files[f"/{card.id}/{path.name}"] = path.read_bytes()
    return f"{server.url}/{card.id}/card.json"


def test_a_model_comes_by_its_cards_url(a_store: Store, a_model: ModelMaker, a_server: Server) -> None:
    source = a_model()
    model = a_store.download(publish(a_server, source))
    assert state_of(model.path) == state_of(source)
    assert [p.name for p in a_store.root.iterdir()] == ["demo"]
    with pytest.raises(InputError, match="id: expected one that no model has"):
        a_store.download(f"{a_server.url}/demo/card.json")


def test_missing_files_of_a_shipped_card_are_fetched_and_can_be_deleted_again(
    a_store: Store, a_model: ModelMaker, a_server: Server, tmp_path: Path
) -> None:
    shipped = a_model(root=tmp_path / "shipped")
    publish(a_server, shipped)
    (shipped / "weights.safetensors").unlink()
    before = state_of(shipped)
    assert a_store.get("demo").missing == ("weights.safetensors",)
    model = a_store.download("demo")
    assert model.path == a_store.root / "demo"
    assert model.shipped and model.missing == ()
    a_store.verify("demo")
    assert [path for path, _ in a_server.asked] == ["/demo/weights.safetensors"]
    assert state_of(shipped) == before
    a_store.delete("demo")
    assert a_store.get("demo").path == shipped


def test_a_newer_shipped_card_wins_over_files_of_an_older_one(
    a_store: Store, a_model: ModelMaker, a_server: Server, tmp_path: Path
) -> None:
    shipped = a_model(root=tmp_path / "shipped")
    publish(a_server, shipped)
    (shipped / "weights.safetensors").unlink()
    a_store.download("demo")
    card = load_card(shipped).model_copy(update={"title": "A newer one", "digest": ""})
    save_card(card, shipped / "card.json")
    assert a_store.get("demo").path == shipped
    assert a_store.download("demo").card.title == "A newer one"
    assert a_store.get("demo").path == a_store.root / "demo"


def test_a_complete_model_is_verified_not_fetched(a_store: Store, a_model: ModelMaker, a_server: Server) -> None:
    a_store.import_file(a_model())
    assert a_store.download("demo").card.id == "demo"
    assert a_server.asked == []
    change_a_byte(a_store.root / "demo" / "input.nrrd")
    with pytest.raises(UnreadableFileError, match="a changed one"):
        a_store.download("demo")


def test_files_lost_of_an_own_model_are_fetched_again(a_store: Store, a_model: ModelMaker, a_server: Server) -> None:
    source = a_model()
    model = a_store.download(publish(a_server, source))
    (model.path / "weights.safetensors").unlink()
    a_store.download("demo")
    assert state_of(model.path) == state_of(source)


def test_without_a_url_the_cards_pages_are_named(a_store: Store, a_model: ModelMaker) -> None:
    model = a_store.import_file(a_model(urls=("https://example.org/demo",)))
    (model.path / "weights.safetensors").unlink()
    with pytest.raises(InputError, match=r"demo: expected a URL for weights.safetensors.*example.org/demo"):
        a_store.download("demo")


def test_a_cut_download_changes_nothing_and_goes_on_later(
    a_store: Store, a_model: ModelMaker, a_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oncologyai.models.download._wait", lambda *_: None)
    a_store.import_file(a_model("old"))
    before = state_of(a_store.root)
    url = publish(a_server, a_model())
    a_server.cut_after[:] = [10_000_000, 1000, 1000, 1000, 1000]
    with pytest.raises(UnreadableFileError, match="run it again: it goes on after 4000 bytes"):
        a_store.download(url)
    assert ids(a_store) == ["old"]
    assert state_of(a_store.root) == before
    a_store.download(url)
    assert ids(a_store) == ["demo", "old"]
    assert ("/demo/weights.safetensors", "bytes=4000-") in a_server.asked
    assert {p.name for p in a_store.root.iterdir()} == {"demo", "old"}


def test_a_cancelled_download_changes_nothing(a_store: Store, a_model: ModelMaker, a_server: Server) -> None:
    with pytest.raises(CancelledError):
        a_store.download(publish(a_server, a_model()), progress=Cancelled())
    assert a_store.list() == ()
    assert list(a_store.root.iterdir()) == []


def test_a_wrong_file_on_the_server_changes_nothing(a_store: Store, a_model: ModelMaker, a_server: Server) -> None:
    url = publish(a_server, a_model())
    data = bytearray(a_server.files["/demo/weights.safetensors"])
    data[-1] ^= 1
    a_server.files["/demo/weights.safetensors"] = bytes(data)
    with pytest.raises(UnreadableFileError, match="got a changed one"):
        a_store.download(url)
    assert a_store.list() == ()


def test_a_broken_card_on_the_server_changes_nothing(a_store: Store, a_server: Server) -> None:
    a_server.files["/card.json"] = b"<html>not here</html>"
    with pytest.raises(UnreadableFileError, match="card.json: expected a model card in JSON"):
        a_store.download(f"{a_server.url}/card.json")
    assert not a_store.root.exists()


def test_weights_are_what_they_were(a_store: Store, a_model: ModelMaker) -> None:
    from oncologyai.models import read_weights

    model = a_store.import_file(a_model())
    weights = read_weights(model.file("weights.safetensors"))
    expected = np.random.default_rng(0).normal(size=(40, 50)).astype(np.float32)
    np.testing.assert_array_equal(weights["last.weight"], expected)
