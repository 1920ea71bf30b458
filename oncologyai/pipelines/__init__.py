"""Use cases: a frozen Config in, a frozen Result out, the same from the scene, the command line and a batch."""

from oncologyai.pipelines.analyse import AnalyseConfig, AnalyseResult, analyse
from oncologyai.pipelines.channels import ModelInputs, match_channels
from oncologyai.pipelines.evaluate import EvaluateConfig, EvaluateResult, evaluate
from oncologyai.pipelines.features import FeaturesResult, features
from oncologyai.pipelines.measure import MeasureResult, measure
from oncologyai.pipelines.model import ModelConfig, ModelFinding, model_inputs
from oncologyai.pipelines.provenance import hash_image
from oncologyai.pipelines.segment import SegmentConfig, SegmentResult, segment

__all__ = [
    "AnalyseConfig",
    "AnalyseResult",
    "EvaluateConfig",
    "EvaluateResult",
    "FeaturesResult",
    "MeasureResult",
    "ModelConfig",
    "ModelFinding",
    "ModelInputs",
    "SegmentConfig",
    "SegmentResult",
    "analyse",
    "evaluate",
    "features",
    "hash_image",
    "match_channels",
    "measure",
    "model_inputs",
    "segment",
]
