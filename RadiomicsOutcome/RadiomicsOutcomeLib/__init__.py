"""What the module RadiomicsOutcome is made of, one responsibility a file."""

from .CardText import cardHtml, yearsText
from .CheckList import CheckList
from .ClinicalForm import ClinicalForm
from .ClinicalValues import ClinicalValues, clinicalValues
from .CohortPanel import CohortPanel
from .CohortRequest import CohortRequest, cohortFromParameters, failuresOf
from .ColumnBoxes import ColumnBoxes
from .ConfigAdapter import FeaturesRequest, bundleFromRequest, requestFromParameters
from .ContributionMap import MapLogic, MapRequest
from .DatasetPanel import DatasetPanel
from .DatasetRequest import DatasetRequest, datasetFromParameters, failedIn, presetsOfDatasets
from .FeaturesLogic import FeaturesLogic
from .FeatureTable import FeatureTable
from .InputsPanel import InputsPanel
from .OutcomePanel import OutcomePanel
from .OutcomeSide import OutcomeSide
from .Panel import FeaturesPanel
from .ParameterNode import DatasetTask, Design, Engine, OutcomeKind, RadiomicsOutcomeParameterNode
from .PredictionLogic import PredictionLogic, patientFromRequest
from .PredictionNodes import addPrediction, chartsOf, removePrediction
from .PredictionRequest import PredictionRequest, lesionOf, predictionFromParameters
from .PredictionTable import headline, predictionRows
from .ResultNodes import FeatureNodes, addResult, freeName, mapsOf, nameFeatures, removeResult
from .ResultsPanel import ResultsPanel
from .SceneFeatures import SceneFeatures, featuresOf
from .SegmentationResult import newestSegmentation, takeNewest
from .SettingsChoice import SettingsChoice, chooseSettings, presetNames
from .SettingsPanel import SettingsPanel
from .SignatureChoice import Field, SignatureChoice, chooseSignature, shippedSignatures
from .SignatureFit import FitRow, SignatureFit, fitOf
from .SignaturePanel import SignaturePanel
from .StudyResults import cardsOf, figuresOf
from .SyntheticLesions import SyntheticLesions
from .TrainingPanel import TrainingPanel
from .TrainingRequest import TrainingRequest, modelsOf, trainingFromParameters
from .TrainingTable import TrainingTable, tableOf

__all__ = [
    "CheckList",
    "ClinicalForm",
    "ClinicalValues",
    "CohortPanel",
    "CohortRequest",
    "ColumnBoxes",
    "DatasetPanel",
    "DatasetRequest",
    "DatasetTask",
    "Design",
    "Engine",
    "FeatureNodes",
    "FeatureTable",
    "FeaturesLogic",
    "FeaturesPanel",
    "FeaturesRequest",
    "Field",
    "FitRow",
    "InputsPanel",
    "MapLogic",
    "MapRequest",
    "OutcomeKind",
    "OutcomePanel",
    "OutcomeSide",
    "PredictionLogic",
    "PredictionRequest",
    "RadiomicsOutcomeParameterNode",
    "ResultsPanel",
    "SceneFeatures",
    "SettingsChoice",
    "SettingsPanel",
    "SignatureChoice",
    "SignatureFit",
    "SignaturePanel",
    "SyntheticLesions",
    "TrainingPanel",
    "TrainingRequest",
    "TrainingTable",
    "addPrediction",
    "addResult",
    "bundleFromRequest",
    "cardHtml",
    "cardsOf",
    "chartsOf",
    "chooseSettings",
    "chooseSignature",
    "clinicalValues",
    "cohortFromParameters",
    "datasetFromParameters",
    "failedIn",
    "failuresOf",
    "featuresOf",
    "figuresOf",
    "fitOf",
    "freeName",
    "headline",
    "lesionOf",
    "mapsOf",
    "modelsOf",
    "nameFeatures",
    "newestSegmentation",
    "patientFromRequest",
    "predictionFromParameters",
    "predictionRows",
    "presetNames",
    "presetsOfDatasets",
    "removePrediction",
    "removeResult",
    "requestFromParameters",
    "shippedSignatures",
    "tableOf",
    "takeNewest",
    "trainingFromParameters",
    "yearsText",
]
