"""What a probability says at a threshold: the rules of a model's card, the user's own, and sentences."""

from dataclasses import dataclass

from slicer.i18n import tr as _

from .ScanRequest import OWN_RULE


@dataclass(frozen=True)
class Rule:
    """A threshold: its name on the card, its value, and what it gave on the scans held out (None for the user's)."""

    name: str
    value: float
    sensitivity: float | None = None
    specificity: float | None = None

    def label(self):
        """Give the text of the list in the panel."""
        if self.name == OWN_RULE:
            return _("My own")
        title = _("Youden's index") if self.name == "youden" else _fixed(self.name)
        held = _("sens. {se:.0%}, spec. {sp:.0%}").format(se=self.sensitivity, sp=self.specificity)
        return f"{title}: {self.value:.2f} ({held})"


def rulesOf(card, fast):
    """Give the rules of a card (as JSON values), the default one first, and the user's own last."""
    form = (card.get("fast") if fast else None) or card.get("full") or {}
    rules = [
        Rule(one["rule"], one["value"], one["sensitivity"], one["specificity"]) for one in form.get("thresholds", ())
    ]
    return [*rules, Rule(OWN_RULE, 0.5)]


def chosenRule(rules, name, ownThreshold):
    """Give the rule that counts: the one of that name, else the first."""
    if name == OWN_RULE:
        return Rule(OWN_RULE, ownThreshold)
    return next((rule for rule in rules if rule.name == name), rules[0])


def probabilityText(prediction):
    """Give the probability with its interval; ``prediction`` is the row of the table Prediction by column."""
    text = _("Probability of metastases: {value:.0%}").format(value=prediction["probability"])
    if prediction.get("low") is None or prediction.get("high") is None:
        return text
    interval = _("95% interval {low:.0%} to {high:.0%}").format(low=prediction["low"], high=prediction["high"])
    return f"{text} ({interval})"


def isPositive(prediction, rule):
    """Tell whether the probability reaches the threshold."""
    return prediction["probability"] >= rule.value


def decisionText(prediction, rule):
    """Give the decision in a sentence, and whether the interval lies on both sides of the threshold."""
    positive = isPositive(prediction, rule)
    what = _("With metastases") if positive else _("Without metastases")
    text = _("{what} at the threshold {value:.2f}.").format(what=what, value=rule.value)
    low, high = prediction.get("low"), prediction.get("high")
    if low is not None and high is not None and low < rule.value <= high:
        text += " " + _("The interval reaches to both sides of it.")
    return text


def _fixed(name):
    return _("Sensitivity of {share:.0%}").format(share=float(name.partition("-")[2]))
