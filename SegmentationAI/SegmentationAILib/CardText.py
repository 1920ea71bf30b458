"""A model card in the few lines that a user should read before using the model."""

from html import escape

from slicer.i18n import tr as _


def cardText(card):
    """Give a card as HTML: what it takes and gives, what it learned from, how well it does, what one may do with it."""
    rows = [
        (_("Takes"), "; ".join(map(_channelText, card.channels))),
        (_("Gives"), ", ".join(label.name for label in card.labels)),
        (_("Trained on"), _trainingText(card.training)),
        (_("Figures"), "; ".join(map(_figureText, card.figures)) or _("none published")),
        (_("Licence"), _licenceText(card.licence)),
    ]
    lines = [f"<b>{escape(card.title)}</b>"]
    if card.description:
        lines.append(escape(card.description))
    lines += [f"<i>{title}:</i> {escape(text)}" for title, text in rows if text]
    lines += [escape(text) for text in (card.training.attribution, card.licence.attribution) if text]
    lines += [escape(cited.text) for cited in card.citation]
    lines.append(f"<b>{_('Research software, not for clinical use.')}</b>")
    return "<br>".join(lines)


def trustText(model):
    """Give what a model says of its own result, as HTML: the sentence on the Dice, and each warning on a line.

    ``model`` is what a bundle keeps of it (``oncologyai.bundle.Bundle.model``); empty without a model.
    """
    trust = model.get("trust", {})
    lines = [f"<b>{escape(trust['sentence'])}</b>"] if trust.get("sentence") else []
    lines += [f"&#9888; {escape(text)}" for text in trust.get("warnings", ())]
    return "<br>".join(lines)


def _channelText(channel):
    need = "" if channel.required else _(" (optional)")
    unit = "" if channel.unit == "arbitrary" else f" {_('in')} {channel.unit}"
    return f"{channel.name}: {channel.modality}{unit}{need}"


def _trainingText(training):
    if training.synthetic:
        return f"{training.description}; {_('synthetic images only')}"
    patients = _("{count} patients").format(count=training.patients) if training.patients else ""
    return "; ".join(text for text in (training.description, patients) if text)


def _figureText(figure):
    interval = f" ({figure.interval[0]:g} {_('to')} {figure.interval[1]:g})" if figure.interval else ""
    cases = f", {figure.cases} {_('cases')}" if figure.cases else ""
    return f"{figure.metric} {figure.value:g} {figure.unit}".rstrip() + f"{interval}, {figure.test_set}{cases}"


def _licenceText(licence):
    terms = _("commercial use allowed") if licence.commercial else _("no commercial use")
    return "; ".join([licence.name, terms, *licence.restrictions])
