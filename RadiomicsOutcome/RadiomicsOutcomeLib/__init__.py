"""What the module RadiomicsOutcome is made of, one responsibility a file."""

from .BatchPanel import BatchPanel
from .CheckList import CheckList
from .CohortPanel import CohortPanel
from .CohortRun import CohortRequest, CohortRun, cohortFromParameters, failuresOf
from .ConfigAdapter import FeaturesRequest, bundleFromRequest, requestFromParameters
from .DatasetPanel import DatasetPanel
from .DatasetRequest import DatasetRequest, datasetFromParameters, failedIn, presetsOfDatasets
from .FeaturesLogic import FeaturesLogic
from .FeatureTable import FeatureTable
from .InputsPanel import InputsPanel
from .Panel import FeaturesPanel
from .ParameterNode import DatasetTask, Engine, RadiomicsOutcomeParameterNode
from .ResultNodes import FeatureNodes, addResult, mapsOf, removeResult
from .ResultsPanel import ResultsPanel
from .SegmentationResult import newestSegmentation, takeNewest
from .SettingsChoice import SettingsChoice, chooseSettings, presetNames
from .SettingsPanel import SettingsPanel
from .SyntheticLesions import SyntheticLesions

__all__ = [
    "BatchPanel",
    "CheckList",
    "CohortPanel",
    "CohortRequest",
    "CohortRun",
    "DatasetPanel",
    "DatasetRequest",
    "DatasetTask",
    "Engine",
    "FeatureNodes",
    "FeatureTable",
    "FeaturesLogic",
    "FeaturesPanel",
    "FeaturesRequest",
    "InputsPanel",
    "RadiomicsOutcomeParameterNode",
    "ResultsPanel",
    "SettingsChoice",
    "SettingsPanel",
    "SyntheticLesions",
    "addResult",
    "bundleFromRequest",
    "chooseSettings",
    "cohortFromParameters",
    "datasetFromParameters",
    "failedIn",
    "failuresOf",
    "mapsOf",
    "newestSegmentation",
    "presetNames",
    "presetsOfDatasets",
    "removeResult",
    "requestFromParameters",
    "takeNewest",
]
