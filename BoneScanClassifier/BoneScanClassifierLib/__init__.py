"""What the module BoneScanClassifier is made of, one responsibility a file."""

from .Decision import Rule, chosenRule, decisionText, isPositive, probabilityText, rulesOf
from .FociTable import FociTable
from .ModelCatalog import ModelCatalog, cardText, listModels
from .ModelPanel import ModelPanel
from .Panel import BoneScanPanel
from .ParameterNode import BoneScanClassifierParameterNode, Grey, MapMethod, SingleView, Turn
from .ResultNodes import addResult, cardOf, mapsOf, notesOfResult, removeResult, resultsOf
from .ResultPanel import ResultPanel
from .ScanBatch import BatchRequest, batchFromParameters, failuresOf
from .ScanBatchPanel import ScanBatchPanel
from .ScanLoading import (
    LoadedScan,
    LoadRequest,
    loadRequestFromParameters,
    loadScan,
    loadSyntheticScan,
    notesOf,
    viewsOf,
)
from .ScanPanel import ScanPanel
from .ScanRequest import ScanRequest, bundleFromRequest, requestFromParameters
from .ScanRun import ScanRun
from .StudyPanel import StudyPanel

__all__ = [
    "BatchRequest",
    "BoneScanClassifierParameterNode",
    "BoneScanPanel",
    "FociTable",
    "Grey",
    "LoadRequest",
    "LoadedScan",
    "MapMethod",
    "ModelCatalog",
    "ModelPanel",
    "ResultPanel",
    "Rule",
    "ScanBatchPanel",
    "ScanPanel",
    "ScanRequest",
    "ScanRun",
    "SingleView",
    "StudyPanel",
    "Turn",
    "addResult",
    "batchFromParameters",
    "bundleFromRequest",
    "cardOf",
    "cardText",
    "chosenRule",
    "decisionText",
    "failuresOf",
    "isPositive",
    "listModels",
    "loadRequestFromParameters",
    "loadScan",
    "loadSyntheticScan",
    "mapsOf",
    "notesOf",
    "notesOfResult",
    "probabilityText",
    "removeResult",
    "requestFromParameters",
    "resultsOf",
    "rulesOf",
    "viewsOf",
]
