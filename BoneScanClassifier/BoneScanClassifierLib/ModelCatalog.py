"""The models of bone scans at hand, as the panel lists them."""

from dataclasses import dataclass
from html import escape
from typing import Any

from slicer.i18n import tr as _


@dataclass(frozen=True)
class ModelCatalog:
    """Cards by id in the store's order, and a sentence where there are none or some cannot be read."""

    cards: dict[str, Any]
    note: str = ""


def listModels():
    """Read the store; without the package that reads cards the catalogue is empty and says so."""
    try:
        from oncologyai.models import Store
    except ImportError:
        return ModelCatalog({}, _("Models need further packages: press Refresh to install them."))
    store = Store()
    cards = {stored.card.id: stored.card for stored in store.list("bone-scan")}
    problems = list(store.problems().values())
    if problems:
        return ModelCatalog(cards, problems[0])
    return ModelCatalog(cards, "" if cards else _("No model at hand; see: oncology-ai models"))


def cardText(card):
    """Give a card as HTML: what it is, what it learned from, how well it does, what one may do with it."""
    lines = [f"<b>{escape(card.title)}</b>"]
    if card.demonstration:
        lines.append(f'<span style="color:#b00020"><b>{demonstrationText(card.training.synthetic)}</b></span>')
    if card.description:
        lines.append(escape(card.description))
    rows = [
        (_("Trained on"), card.training.description),
        (_("Figures"), "; ".join(map(_figureText, card.figures)) or _("none published")),
        (_("Licence"), card.licence.name),
    ]
    lines += [f"<i>{title}:</i> {escape(text)}" for title, text in rows if text]
    lines += [escape(cited.text) for cited in card.citation]
    return "<br>".join(lines)


def demonstrationText(synthetic):
    """Give the sentence that stands beside every answer of a demonstration."""
    if synthetic:
        return _("A demonstration, trained on synthetic scans: it says nothing of patients.")
    return _("A demonstration: it says nothing of patients.")


def _figureText(figure):
    interval = f" ({figure.interval[0]:g} {_('to')} {figure.interval[1]:g})" if figure.interval else ""
    cases = f", {figure.cases} {_('scans')}" if figure.cases else ""
    return f"{figure.metric} {figure.value:g}{interval}, {figure.test_set}{cases}"
