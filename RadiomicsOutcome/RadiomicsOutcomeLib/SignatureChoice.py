"""The signature that was chosen: its card read, said in words, and what it needs of a patient."""

import functools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slicer.i18n import tr as _

from oncologyai.errors import OncologyAIError

_INDEX = (
    "This signature was published without what a single patient's risk takes: it ranks a cohort. "
    "Use oncology-ai outcome apply CARD TABLE."
)


@dataclass(frozen=True)
class Field:
    """A column of a signature that a user can fill in.

    Attributes
    ----------
    column, label, unit, description : str
    categories : tuple of pairs of str
        Values that the column may have, and what they mean; empty: a number.
    low, high : float, optional
        Of the training patients.
    optional : bool
        Whether a patient without it can be predicted.
    """

    column: str
    label: str
    unit: str = ""
    description: str = ""
    categories: tuple[tuple[str, str], ...] = ()
    low: float | None = None
    high: float | None = None
    optional: bool = False

    def rangeText(self):
        """Give the range of training, or the values that there are."""
        if self.categories:
            return ", ".join(value for value, _meaning in self.categories)
        if self.low is None:
            return ""
        return f"{numberText(self.low)} - {numberText(self.high)}" + (f" {self.unit}" if self.unit else "")

    def problem(self, text):
        """Give what is wrong with a text as a value, "" if nothing is."""
        if not text.strip():
            return "" if self.optional else _("missing")
        if self.categories:
            return "" if text in dict(self.categories) else _("not among the values")
        return "" if numberOf(text) is not None else _("not a number")

    def isOutside(self, text):
        """Tell whether a number lies outside the range of training."""
        number = None if self.categories else numberOf(text)
        return number is not None and self.low is not None and not self.low <= number <= self.high


@dataclass(frozen=True)
class SignatureChoice:
    """A signature by name.

    Attributes
    ----------
    source : str
        What the command line is given: an id, or a path.
    card : Signature, optional
        None where it cannot be read.
    fields : tuple of Field
        What a user can fill in: all but features of images.
    imageFields : tuple of Field
        Features of an image.
    problem : str
        Why it cannot be used.
    """

    source: str
    card: Any = None
    fields: tuple[Field, ...] = ()
    imageFields: tuple[Field, ...] = ()
    problem: str = ""

    @property
    def usesImage(self):
        """Tell whether features of an image are needed."""
        return bool(self.imageFields)

    @property
    def canCompute(self):
        """Tell whether the card says with which settings its features are computed."""
        return self.card is not None and self.card.image is not None and bool(self.card.image.settings)


def numberOf(text):
    """Give the finite number that a text is, with a decimal point or comma; None if it is none."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def numberText(number):
    """Give a number in few digits, without an exponent where a person would write none."""
    return f"{number:.0f}" if 1e4 <= abs(number) < 1e7 else f"{number:.4g}"


def shippedSignatures():
    """Give the ids of the signatures that the library brings along; none without its packages."""
    try:
        return _shipped()
    except ImportError:
        return ()


def chooseSignature(source):
    """Read the card of an id, or of a path."""
    if not source:
        return SignatureChoice("", problem=_("Choose a signature."))
    path = Path(source)
    isFile = path.suffix.lower() == ".json"
    if isFile and not path.is_file():
        return SignatureChoice(source, problem=_("The card is not there: {path}").format(path=source))
    return _read(source, path.stat().st_mtime_ns if isFile else 0)  # read again when it was changed


@functools.lru_cache(maxsize=1)
def _shipped():
    from oncologyai.outcome import shipped_signatures

    return tuple(shipped_signatures())


@functools.lru_cache(maxsize=32)
def _read(source, _changed):
    try:
        from oncologyai.outcome import load_signature

        card = load_signature(source)
    except ImportError:
        return SignatureChoice(source, problem=_("Signatures are read once the packages are installed (Apply)."))
    except OncologyAIError as error:
        return SignatureChoice(source, problem=str(error))
    if card.model.kind == "index":
        return SignatureChoice(source, card, problem=_(_INDEX))
    imaged = _imageColumns(card)
    fields = tuple(_field(card, column) for column in card.columns)
    return SignatureChoice(
        source,
        card,
        tuple(field for field in fields if field.column not in imaged),
        tuple(field for field in fields if field.column in imaged),
    )


def _imageColumns(card):
    """Give the columns that are features of an image."""
    from oncologyai.outcome import image_columns

    return frozenset(image_columns(card))


def _field(card, column):
    features = [feature for feature in card.features if feature.column == column]
    first = features[0]
    categories = {value: meaning for feature in features for value, meaning in feature.categories.items()}
    low, high = first.range if first.range is not None and not categories else (None, None)
    return Field(
        column=column,
        label=column,
        unit=first.unit,
        description=first.description,
        categories=tuple(categories.items()),
        low=low,
        high=high,
        optional=all(feature.imputation is not None for feature in features),
    )
