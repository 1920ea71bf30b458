"""Inference: engines, the sliding window, the published chain for lungs, and how far a result can be trusted."""

from oncologyai._device import choose_device
from oncologyai._memory import is_shortage, memory_errors
from oncologyai.inference.box import box_around
from oncologyai.inference.channels import (
    Preparation,
    Prepared,
    input_names,
    prepare_channels,
    resample,
    working_grid,
)
from oncologyai.inference.engines import (
    ENGINES,
    Engine,
    Predict,
    choose_engine,
    make_engine,
    predict_with,
    probabilities,
)
from oncologyai.inference.estimate import Estimate, estimate
from oncologyai.inference.intensities import normalise, normalise_channel
from oncologyai.inference.likeness import QUANTILES, axes_code, training_ranges, unlike_training
from oncologyai.inference.lungs2d import (
    Crop,
    LungSlices,
    SliceConfig,
    SlicePreparation,
    plan_crops,
    prepare_slices,
    run_slices,
)
from oncologyai.inference.members import dropout_members, ensemble_members, flip_members, flipped, joined
from oncologyai.inference.outcome_image import OutcomeImage, OutcomePreparation, prepare_outcome_image
from oncologyai.inference.outcome_network import OutcomeAnswer, answer_outcome, load_outcome_network
from oncologyai.inference.outcome_slices import draw_slices, gather_slices, slice_views
from oncologyai.inference.postprocess import postprocess
from oncologyai.inference.region import find_region
from oncologyai.inference.segment import InferenceConfig, ModelSegmentation, segment_with_model
from oncologyai.inference.trust import (
    METHODS,
    TRUST_FEATURES,
    Trust,
    TrustFit,
    assess_trust,
    fit_trust,
    trust_features,
)
from oncologyai.inference.window import Plan, plan_windows, shrunk, sliding_labels, sliding_window

__all__ = [
    "Crop",
    "ENGINES",
    "Engine",
    "Estimate",
    "InferenceConfig",
    "LungSlices",
    "METHODS",
    "OutcomeAnswer",
    "OutcomeImage",
    "OutcomePreparation",
    "ModelSegmentation",
    "Plan",
    "Predict",
    "Preparation",
    "Prepared",
    "QUANTILES",
    "SliceConfig",
    "SlicePreparation",
    "TRUST_FEATURES",
    "Trust",
    "TrustFit",
    "answer_outcome",
    "assess_trust",
    "axes_code",
    "box_around",
    "choose_device",
    "choose_engine",
    "draw_slices",
    "dropout_members",
    "ensemble_members",
    "estimate",
    "find_region",
    "fit_trust",
    "flip_members",
    "flipped",
    "gather_slices",
    "input_names",
    "is_shortage",
    "joined",
    "load_outcome_network",
    "make_engine",
    "memory_errors",
    "normalise",
    "normalise_channel",
    "plan_crops",
    "plan_windows",
    "postprocess",
    "predict_with",
    "prepare_channels",
    "prepare_outcome_image",
    "prepare_slices",
    "probabilities",
    "resample",
    "run_slices",
    "segment_with_model",
    "shrunk",
    "slice_views",
    "sliding_labels",
    "sliding_window",
    "training_ranges",
    "trust_features",
    "unlike_training",
    "working_grid",
]
