"""Model cards."""

from oncologyai.models.card import ModelCard, card_schema, schema_text
from oncologyai.models.reading import card_digest, load_card, save_card

__all__ = ["ModelCard", "card_digest", "card_schema", "load_card", "save_card", "schema_text"]
