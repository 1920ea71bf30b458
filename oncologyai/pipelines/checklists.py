"""Checklists of reporting, filled as far as a program knows; the rest is left open and counted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from oncologyai.errors import InputError
from oncologyai.resources import resource_path

__all__ = ["ITEM_STATES", "Checklist", "ChecklistItem", "ItemState", "check_items", "fill_checklist"]

ItemState = Literal["filled by the run", "answered by the authors", "open"]
ITEM_STATES: tuple[ItemState, ...] = get_args(ItemState)


@dataclass(frozen=True)
class ChecklistItem:
    """An item: its id (``tripod-12a``), what it asks in our words, what is said, and who said it."""

    id: str
    topic: str
    asks: str
    said: str
    state: ItemState


@dataclass(frozen=True)
class Checklist:
    """A list of items. ``source``: where the list itself is published."""

    title: str
    source: str
    items: tuple[ChecklistItem, ...]

    def count(self, state: ItemState) -> int:
        """Count the items in a state."""
        return sum(one.state == state for one in self.items)


def check_items(lists: Iterable[str], answered: Iterable[str], example: str) -> None:
    """Raise InputError if an item that was answered is on none of the lists; ``example`` names some that are."""
    known = {item["id"] for name in lists for item in _content(name)["items"]}
    for item in answered:
        if item not in known:
            raise InputError(f"answers.{item}", expected=f"an item such as {example}", got=item)


def fill_checklist(name: str, facts: Mapping[str, str], answers: Mapping[str, str]) -> Checklist:
    """Give a list with what is known.

    Parameters
    ----------
    name : str
        Of a file in ``resources/checklists``.
    facts : mapping of str to str
        What the program knows, by the names that the list's items use; "" is not known.
    answers : mapping of str to str
        By item, what the authors say; it goes before.
    """
    content, items = _content(name), []
    for one in content["items"]:
        answer, fact = answers.get(one["id"], ""), facts.get(one["fact"], "") if one["fact"] else ""
        state: ItemState = "answered by the authors" if answer else "filled by the run" if fact else "open"
        items.append(ChecklistItem(one["id"], one["topic"], one["asks"], answer or fact, state))
    return Checklist(content["title"], content["source"], tuple(items))


def _content(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(resource_path(f"checklists/{name}.json").read_text(encoding="utf-8"))
    return found
