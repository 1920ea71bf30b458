"""What the report says of a model: which it is, what it found, how far to trust it, what it learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["ModelSummary", "model_summary"]


@dataclass(frozen=True)
class ModelSummary:
    """The model's part of a report.

    Attributes
    ----------
    sentence : str
        What it found, and the Dice to be expected.
    facts : tuple of (str, str)
        A name and a text each.
    figures : tuple of (str, str, str)
        Of the card: metric, value with interval, test set. Those of the predicted Dice come last.
    warnings : tuple of str
        In what the images are unlike the training data.
    """

    sentence: str
    facts: tuple[tuple[str, str], ...]
    figures: tuple[tuple[str, str, str], ...]
    warnings: tuple[str, ...]


def model_summary(model: Mapping[str, Any]) -> ModelSummary:
    """Gather it from a bundle's ``model``."""
    card, trust = model["card"], model["trust"]
    training, licence = card["training"], card["licence"]
    commercial = "commercial use allowed" if licence["commercial"] else "no commercial use"
    facts = [
        ("Model", f"{card['title']} ({card['id']})"),
        ("Predicted Dice", _predicted(trust)),
        ("Licence", "; ".join([licence["name"], commercial, *licence["restrictions"]])),
        ("Trained on", training["description"]),
        ("Attribution", "; ".join(dict.fromkeys(t for t in (training["attribution"], licence["attribution"]) if t))),
        ("Cite", "; ".join(c["text"] + (f", doi:{c['doi']}" if c["doi"] else "") for c in card["citation"])),
        ("Ran in", f"{model['engine']} on {model['device']}"),
        ("Estimate before", _estimate(model.get("estimate"))),
        *((f"SHA-256 of {name}", digest) for name, digest in model["weights_sha256"].items()),
    ]
    figures = [*card["figures"], *(card["trust"]["figures"] if card.get("trust") else ())]
    return ModelSummary(
        sentence=_capital(trust["sentence"]),
        facts=tuple((name, text) for name, text in facts if text),
        figures=tuple(_figure(figure) for figure in figures),
        warnings=tuple(trust["warnings"]),
    )


def _predicted(trust: Mapping[str, Any]) -> str:
    if trust["dice"] is None or trust["interval"] is None:
        return "not known" if trust["found"] else ""
    low, high = trust["interval"]
    return f"{trust['dice']:.2f}, in {trust['level']:.0%} of cases from {low:.2f} to {high:.2f}"


def _estimate(estimate: Mapping[str, Any] | None) -> str:
    if estimate is None:
        return ""
    gib = estimate["memory_bytes"] / 2**30
    return f"{estimate['patches']} patches, {estimate['seconds']:.0f} s, {gib:.1f} GiB"


def _figure(figure: Mapping[str, Any]) -> tuple[str, str, str]:
    value = f"{figure['value']:.4g} {figure['unit']}".rstrip()
    interval = figure["interval"]
    within = f" ({interval[0]:.4g} to {interval[1]:.4g})" if interval else ""
    cases = f", {figure['cases']} cases" if figure["cases"] else ""
    return figure["metric"], value + within, figure["test_set"] + cases


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
