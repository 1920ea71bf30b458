"""The outcome side of the panel: signatures applied, what they said, and training."""

from .ContributionMap import MapLogic
from .OutcomePanel import OutcomePanel
from .PredictionLogic import PredictionLogic
from .SignaturePanel import SignaturePanel
from .TrainingPanel import TrainingPanel


class OutcomeSide:
    """Makes the parts of Outcome.ui and lets them know of each other.

    Parameters
    ----------
    ui : object
        The widgets by name.
    prepare : callable
        Called before a run starts, with ``withOutcome=True`` where packages of outcome models are needed; False means
        that the user does not go on.

    Attributes
    ----------
    parts : tuple
        What follows the parameters, for ``FeaturesPanel``.
    """

    def __init__(self, ui, prepare):
        self.prediction, self.maps = PredictionLogic(), MapLogic()
        self.results = OutcomePanel(ui, self.maps, prepare)
        self.signature = SignaturePanel(ui, self.prediction, prepare, self.results.takeResult)
        self.training = TrainingPanel(ui, prepare)
        self.parts = (self.signature, self.results, self.training)
