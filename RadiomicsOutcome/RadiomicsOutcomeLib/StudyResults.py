"""What a study left in its folder: how well each model does, and the signatures that it made."""

import json
from pathlib import Path

from slicer.i18n import tr as _

_RESULTS, _CARDS = "results.json", "signatures"


def figuresOf(folder):
    """Give the models, pairs of name and a sentence on how well each does; nothing where there is no result."""
    path = Path(folder) / _RESULTS
    if not path.is_file():
        return []
    content = json.loads(path.read_text(encoding="utf-8"))
    survival = bool(content["study"]["roles"]["time"])
    told = [(model["name"], _sentence(model["discrimination"], survival)) for model in content["models"]]
    return told + [(name, _("failed: {why}").format(why=why)) for name, why in content["failed"].items()]


def cardsOf(folder):
    """Give the cards of the signatures that a study made."""
    return sorted((Path(folder) / _CARDS).glob("*.json"))


def _sentence(found, survival):
    if found["value"] is None:
        return _("not defined")
    name = _("C") if survival else _("AUC")
    if found["low"] is None:
        return f"{name} {found['value']:.2f}"
    return f"{name} {found['value']:.2f} ({found['low']:.2f} - {found['high']:.2f})"
