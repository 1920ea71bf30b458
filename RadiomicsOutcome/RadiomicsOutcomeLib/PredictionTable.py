"""A prediction's table in words, as the panel shows it."""

from slicer.i18n import tr as _

from .CardText import yearsText


def predictionRows(table):
    """Give the rows of a prediction, pairs of what and how much.

    Parameters
    ----------
    table : Table
        ``Prediction``, one row.
    """
    cells = dict(zip(table.columns, table.rows[0], strict=True)) if table.rows else {}
    horizon = cells.get("horizon_days")
    rows = [
        (_("Endpoint"), cells.get("endpoint")),
        (_("By"), yearsText(horizon) if horizon is not None else None),
        (_("Chance"), _chance(cells)),
        (_("Risk group"), cells.get("group")),
        (_("Predictor above"), _percent(cells.get("rank"))),
        (_("More typical than"), _typical(cells.get("nearer_share"))),
        (_("Predictor"), f"{cells['predictor']:.4g}" if cells.get("predictor") is not None else None),
        (_("Check"), cells.get("range_check")),
        (_("Signature"), cells.get("signature")),
    ]
    return [(name, str(text)) for name, text in rows if text is not None]


def headline(table):
    """Give the prediction as one sentence."""
    cells = dict(zip(table.columns, table.rows[0], strict=True)) if table.rows else {}
    horizon = cells.get("horizon_days")
    what = str(cells.get("endpoint") or "") + (f", {yearsText(horizon)}" if horizon is not None else "")
    group = cells.get("group")
    parts = [_chance(cells) or _("no absolute chance"), *([_("group: {name}").format(name=group)] if group else [])]
    return f"{what}: {'; '.join(parts)}. " + _("Research software, not for clinical use.")


def _chance(cells):
    value, low, high = (cells.get(name) for name in ("value", "low", "high"))
    if value is None:
        return None
    if low is None or high is None:
        return f"{100 * value:.0f} %"
    return f"{100 * value:.0f} % ({100 * low:.0f} - {100 * high:.0f} %)"


def _percent(share):
    return None if share is None else _("that of {share:.0f} % of the cohort").format(share=100 * share)


def _typical(nearer):
    return None if nearer is None else _("{share:.0f} % of the cohort").format(share=100 * (1 - nearer))
