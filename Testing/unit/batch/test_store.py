"""Results are there whole or not at all."""

from __future__ import annotations

import math
import os
import threading
from pathlib import Path

from oncologyai.batch.store import Store
from oncologyai.types import Table

TABLE = Table("t", ("segment", "x"), (("GTV-1", 0.1), ("GTV-2", None), ("GTV-3", math.inf)))


def put(store: Store, key: str, text: str = "abc") -> None:
    with store.claimed(key):
        draft = store.make(key)
        (draft / "deep").mkdir()
        (draft / "deep" / "a.txt").write_text(text)
        store.put(key, draft, TABLE, {"step": "s"}, 1.5)


def test_gives_what_was_put(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert store.find("ab12") is None
    put(store, "ab12")
    result = store.find("ab12")
    assert result is not None and (result.table, result.seconds) == (TABLE, 1.5)
    assert (result.folder / "deep" / "a.txt").read_text() == "abc"
    assert not os.access(result.folder / "deep" / "a.txt", os.W_OK) or os.geteuid() == 0
    assert not list((tmp_path / "drafts").iterdir()) and not list((tmp_path / "locks").iterdir())


def test_a_result_that_lost_a_file_or_was_cut_is_none_and_can_be_put_again(tmp_path: Path) -> None:
    store = Store(tmp_path)
    put(store, "ab12")
    file = store.place("ab12") / "deep" / "a.txt"
    file.chmod(0o644)
    file.write_text("a")
    assert store.find("ab12") is None
    put(store, "ab12")
    assert store.find("ab12") is not None
    (store.place("ab12") / "result.json").write_text("{")
    assert store.find("ab12") is None


def test_a_draft_is_alone_and_the_dead_ones_are_swept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    (tmp_path / "drafts" / "ab12.old").mkdir(parents=True)
    (tmp_path / "drafts" / "cd34.old").mkdir()
    with store.claimed("ab12"):
        draft = store.make("ab12")
        assert {p.name for p in (tmp_path / "drafts").iterdir()} == {draft.name, "cd34.old"}
        store.sweep()
        assert [p.name for p in (tmp_path / "drafts").iterdir()] == [draft.name]
    store.sweep()
    assert not list((tmp_path / "drafts").iterdir())


def test_two_who_want_the_same_take_turns(tmp_path: Path) -> None:
    store = Store(tmp_path)
    order = []
    with store.claimed("ab12"):
        other = threading.Thread(target=lambda: (store.claimed("ab12").__enter__(), order.append("other")))
        other.start()
        other.join(0.3)
        order.append("first")
    other.join(30)
    assert order == ["first", "other"]


def test_a_mark_stays_only_where_a_task_does_not_end(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.begun(3):
        assert store.take_mark(3)
    assert not store.take_mark(3)
    unfinished = store.begun(4)
    unfinished.__enter__()
    store.sweep()
    assert not store.take_mark(4)
