"""Where Grad-CAM and HiResCAM of a small Xception 3D point, by layer: bench_heat_layers.py [--scans 6].

The network learns to tell synthetic heads with a bright lesion from others (those of test_heat_volume.py). Prints of
each layer and method the median distance of the map's peak from the lesion's centre, and the median of the mean heat
within 12 mm of it over the mean heat of the image; the distance is NaN where nothing spoke for the lesion.
"""

# ruff: noqa: T201
import argparse
import importlib.util
from pathlib import Path

import numpy as np
import torch

from oncologyai.explain import CAM_METHODS, heat_volume
from oncologyai.inference import answer_outcome, prepare_outcome_image
from oncologyai.networks import build_outcome_network

_TEST = Path(__file__).resolve().parents[1] / "unit" / "explain" / "test_heat_volume.py"
ARGUMENTS = {"entry": [8, 8, 12], "middle": 1, "features": 16}


def planted():
    """The module that makes the heads and teaches the network."""
    spec = importlib.util.spec_from_file_location("planted", _TEST)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scans", type=int, default=6)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rng, source = np.random.default_rng(1), planted()
    card = source.a_card(source.WHOLE, "MR", name="xception3d", arguments=ARGUMENTS)
    network = build_outcome_network("xception3d", size=source.WHOLE["size"], **ARGUMENTS)
    network, scale = source.taught(network, card, source.a_brain, rng)
    layers = {"entry 1": network.flow[0], "entry 2": network.flow[1], "exit": network.exit}
    found = {(layer, method): [] for layer in layers for method in CAM_METHODS}
    right = 0
    for _ in range(options.scans):
        volume, centre, mask = source.a_brain(rng, 1)
        prepared = prepare_outcome_image({"image": volume}, card, mask=mask)
        prepared.array[:] /= scale
        right += answer_outcome(network, prepared.inputs()).probability > 0.5
        near = source.spot(volume.shape, volume.sampling_mm, centre, 12.0)
        for (name, method), rows in found.items():
            network.heat_layer = lambda name=name: layers[name]
            heat = heat_volume(network, prepared, method=method).array
            if not heat.any():
                rows.append((np.nan, 0.0))
                continue
            peak = np.array(np.unravel_index(heat.argmax(), heat.shape))
            distance = float(np.linalg.norm((peak - centre) * np.array(volume.sampling_mm)))
            rows.append((distance, float(heat[near].mean() / heat.mean())))
    print(f"{right} of {options.scans} told right\n| layer | method | peak off, mm | heat near the lesion |")
    for (name, method), rows in found.items():
        distance, share = np.median(np.array(rows), axis=0)
        print(f"| {name} | {method} | {distance:.1f} | {share:.1f} |")


if __name__ == "__main__":
    main()
