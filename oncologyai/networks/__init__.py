"""Networks: torch modules only, one family a file; two registries, of masks and of outcomes."""

from __future__ import annotations

from oncologyai.networks.network import SegmentationNetwork
from oncologyai.networks.outcome_network import OutcomeNetwork
from oncologyai.networks.outcome_registry import OUTCOME_NETWORKS, OutcomeSpec, build_outcome_network
from oncologyai.networks.registry import NETWORKS, NetworkSpec, build_network
from oncologyai.networks.vgg16 import VGG16_WIDTHS, Vgg16Classifier

__all__ = [
    "NETWORKS",
    "OUTCOME_NETWORKS",
    "VGG16_WIDTHS",
    "NetworkSpec",
    "OutcomeNetwork",
    "OutcomeSpec",
    "SegmentationNetwork",
    "Vgg16Classifier",
    "build_network",
    "build_outcome_network",
]
