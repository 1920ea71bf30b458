"""A small model on disk, and a server on this machine that gives its files, or cuts the connection."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oncologyai.models import Channel, Label, Licence, ModelCard, ModelFile, NetworkCall, TrainingData
from oncologyai.models.reading import save_card
from oncologyai.models.weights import write_weights

CardMaker = Callable[..., ModelCard]


def file_of(path: Path, *, role: str = "weights", url: str = "") -> ModelFile:
    data = path.read_bytes()
    return ModelFile.model_validate(
        {
            "name": path.name,
            "role": role,
            "sha256": hashlib.sha256(data).hexdigest(),
            "size_bytes": len(data),
            "url": url,
        }
    )


@pytest.fixture
def a_card() -> CardMaker:
    """Make a card; arguments replace its fields."""

    def make(**fields: Any) -> ModelCard:
        plain: dict[str, Any] = {
            "id": "demo",
            "title": "A demonstration",
            "channels": (Channel(name="ct", modality="CT", unit="HU"),),
            "spacing_mm": (1.0, 1.0, None),
            "labels": (Label(name="GTV-1", terminology="tumour"),),
            "network": NetworkCall(name="unet2d"),
            "patch": (64, 64),
            "files": (ModelFile(name="weights.safetensors", role="weights", sha256="0" * 64, size_bytes=1),),
            "training": TrainingData(description="nothing"),
            "licence": Licence(name="CC BY 4.0", commercial=True),
        }
        return ModelCard(**(plain | fields))

    return make


@pytest.fixture
def a_model(tmp_path: Path, a_card: CardMaker) -> Callable[..., Path]:
    """Write a model's folder with real weights and a sealed card."""

    def make(model_id: str = "demo", *, root: Path | None = None, **fields: Any) -> Path:
        folder = (root or tmp_path / "source") / model_id
        folder.mkdir(parents=True)
        numbers = np.random.default_rng(0).normal(size=(40, 50)).astype(np.float32)
        write_weights({"last.weight": numbers}, folder / "weights.safetensors")
        (folder / "input.nrrd").write_bytes(b"NRRD input")
        files = (file_of(folder / "weights.safetensors"), file_of(folder / "input.nrrd", role="example"))
        save_card(a_card(**({"id": model_id, "files": files} | fields)), folder / "card.json")
        return folder

    return make


@dataclass
class Server:
    """What it gives and how it misbehaves; ``asked`` are the (path, Range) of the requests."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    cut_after: list[int] = field(default_factory=list)
    ranges: bool = True
    redirects: dict[str, str] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)
    asked: list[tuple[str, str | None]] = field(default_factory=list)


@pytest.fixture
def a_server() -> Iterator[Server]:
    """A server on this machine. ``cut_after``: bytes after which each of the next answers is cut."""
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            asked = self.headers.get("Range")
            state.asked.append((self.path, asked))
            if self.path in state.redirects:
                self.send_response(302)
                self.send_header("Location", state.redirects[self.path])
                self.end_headers()
                return
            if state.statuses:
                self.send_error(state.statuses.pop(0))
                return
            if self.path not in state.files:
                self.send_error(404)
                return
            self.give(state.files[self.path], asked)

        def give(self, data: bytes, asked: str | None) -> None:
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and state.ranges else 0
            if start >= len(data):
                self.send_error(416)
                return
            self.send_response(206 if asked and state.ranges else 200)
            if asked and state.ranges:
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            rest = data[start:]
            self.wfile.write(rest[: state.cut_after.pop(0)] if state.cut_after else rest)
            self.wfile.flush()
            self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield state
    server.shutdown()
    server.server_close()
    thread.join()
