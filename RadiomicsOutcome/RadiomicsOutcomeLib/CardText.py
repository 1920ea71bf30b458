"""A signature's card in words: what it predicts, of whom, how good it is, and under which terms."""

import html

from slicer.i18n import tr as _

_DAYS_IN_YEAR = 365.25


def cardHtml(card):
    """Give the card as HTML; nothing in it is loaded from elsewhere."""
    lines = [f"<b>{_esc(card.title)}</b> ({_esc(card.id)} {_esc(card.version)})"]
    if card.demonstration:
        text = _("A demonstration: it shows how signatures work and is no basis for any decision.")
        lines.append(f'<span style="color:#b00020"><b>{text}</b></span>')
    lines.append(f"<i>{_('Research software, not for clinical use.')}</i>")
    if card.description:
        lines.append(_esc(card.description))
    lines += [_pair(name, text) for name, text in _facts(card) if text]
    if card.performance:
        lines.append(_performance(card.performance))
    lines += [f"{_esc(one.text)}" for one in card.citation]
    return "<br>".join(lines)


def endpointText(card):
    """Give what is predicted, with its horizon."""
    endpoint = card.endpoint
    if endpoint.horizon_days is None:
        return endpoint.positive or endpoint.name
    return f"{endpoint.name}, {yearsText(endpoint.horizon_days)}"


def yearsText(days):
    """Give a horizon in words."""
    return _("within {years:.3g} years").format(years=days / _DAYS_IN_YEAR)


def _facts(card):
    cohort = card.cohort
    counts = _("{patients} patients").format(patients=cohort.patients)
    if cohort.events is not None:
        counts += ", " + _("{events} events").format(events=cohort.events)
    image = card.image
    what = "" if image is None else " ".join(part for part in (image.modality, image.unit, image.described) if part)
    return (
        (_("Predicts"), endpointText(card)),
        (_("From"), card.endpoint.time_zero),
        (_("Cohort"), f"{cohort.description} ({counts})"),
        (_("Included"), "; ".join(cohort.inclusion)),
        (_("Excluded"), "; ".join(cohort.exclusion)),
        (_("Image"), what),
        (_("Licence"), "; ".join((card.licence.name, *card.licence.restrictions))),
        (_("Data"), cohort.attribution or cohort.licence),
        (_("Missing"), "; ".join(getattr(card.model, "missing", ()))),
    )


def _performance(figures):
    rows = "".join(f"<tr><td>{_esc(one.metric)}&nbsp;</td><td>{_figure(one)}</td></tr>" for one in figures)
    return f"<b>{_('How good it is')}</b><table>{rows}</table>"


def _figure(one):
    text = f"{one.value:.3g}{one.unit and ' ' + one.unit}"
    if one.interval is not None:
        text += f" ({one.interval[0]:.3g} - {one.interval[1]:.3g})"
    return _esc(f"{text}, {one.test_set}" + (f", n = {one.cases}" if one.cases else ""))


def _pair(name, text):
    return f"<b>{name}:</b> {_esc(text)}"


def _esc(text):
    return html.escape(str(text))
