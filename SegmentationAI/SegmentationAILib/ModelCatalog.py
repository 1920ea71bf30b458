"""The models at hand, as the panel lists them."""

from dataclasses import dataclass
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
        return ModelCatalog({}, _("Trained models need further packages: press Refresh to install them."))
    store = Store()
    cards = {stored.card.id: stored.card for stored in store.list("segmentation")}
    problems = list(store.problems().values())
    if problems:
        return ModelCatalog(cards, problems[0])
    return ModelCatalog(cards, "" if cards else _("No model at hand; see: oncology-ai models"))


def firstChannel(card, modality):
    """Give the channel that the input volume is: the first of its modality, else the first."""
    return next((channel for channel in card.channels if channel.modality == modality), card.channels[0])


def furtherChannels(card, modality):
    """Give the other channels of a card, in its order."""
    first = firstChannel(card, modality)
    return [channel for channel in card.channels if channel is not first]
