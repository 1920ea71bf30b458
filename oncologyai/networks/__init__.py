"""Segmentation networks: torch modules only, one family a file, listed in one registry."""

from __future__ import annotations

from oncologyai.networks.network import SegmentationNetwork
from oncologyai.networks.registry import NETWORKS, NetworkSpec, build_network

__all__ = ["NETWORKS", "NetworkSpec", "SegmentationNetwork", "build_network"]
