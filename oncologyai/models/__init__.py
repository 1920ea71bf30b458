"""Model cards and their store: what models there are, what they take and give, and whether their files are right."""

from oncologyai.models.card import CARD_NAME, ModelCard, card_schema, schema_text
from oncologyai.models.files import sha256_of
from oncologyai.models.keras_unet import state_from_keras
from oncologyai.models.parts import (
    AsIs,
    Bins,
    Channel,
    Citation,
    Coded,
    Example,
    Figure,
    Label,
    Licence,
    ModelFile,
    NetworkCall,
    Normalisation,
    PresetSteps,
    Quantiles,
    TrainingData,
    TrainingRanges,
    TrustCalibration,
    Window,
    ZScore,
)
from oncologyai.models.reading import card_digest, load_card, save_card
from oncologyai.models.store import IMPORT_FORMATS, Store, StoredModel, default_root
from oncologyai.models.weights import read_weights, write_weights

__all__ = [
    "CARD_NAME",
    "IMPORT_FORMATS",
    "AsIs",
    "Bins",
    "Channel",
    "Citation",
    "Coded",
    "Example",
    "Figure",
    "Label",
    "Licence",
    "ModelCard",
    "ModelFile",
    "NetworkCall",
    "Normalisation",
    "PresetSteps",
    "Quantiles",
    "Store",
    "StoredModel",
    "TrainingData",
    "TrainingRanges",
    "TrustCalibration",
    "Window",
    "ZScore",
    "card_digest",
    "card_schema",
    "default_root",
    "load_card",
    "read_weights",
    "save_card",
    "schema_text",
    "sha256_of",
    "state_from_keras",
    "write_weights",
]
