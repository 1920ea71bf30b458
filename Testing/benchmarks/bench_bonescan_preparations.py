"""Which preparation suits the fixed convolutions: AUC of a linear reader of block 4's averages, cross-validated.

Run: ``python Testing/benchmarks/bench_bonescan_preparations.py BASE [--cases 480]``, BASE being VGG16's weights (see
``Testing/training/vgg16_base.py``). Pictures are of half the size; scans are those of centres A and B with half the
matrix. A first look that takes minutes, before a training that takes an hour.
"""

# ruff: noqa: T201

import argparse
from pathlib import Path

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from oncologyai.metrics import auc_interval
from oncologyai.models import read_vgg16_base
from oncologyai.networks import Vgg16Classifier
from oncologyai.scintigraphy import Preparation, prepare_scan
from oncologyai.training import SyntheticCentres
from oncologyai.training.bonescan_features import fixed_layers
from oncologyai.workflows.bonescan_scans import find_training_scans

PREPARATIONS = {
    "0 to 1 as published": (False, Preparation(256, 128)),
    "ImageNet's mean and deviation": (True, Preparation(256, 128)),
    "the same, counts of the body": (True, Preparation(256, 128, scale="counts")),
    "0 to 1, counts of the body": (False, Preparation(256, 128, scale="counts")),
}


def main() -> None:
    """Compute the averages and print the areas."""
    parser = argparse.ArgumentParser()
    parser.add_argument("base", type=Path)
    parser.add_argument("--cases", type=int, default=480)
    options = parser.parse_args()
    base = read_vgg16_base(options.base)
    count = round(options.cases * 0.75)
    source = SyntheticCentres(centres={"A": count, "B": options.cases - count}, coarse=True)
    networks = {}
    for standardise in (False, True):
        networks[standardise] = Vgg16Classifier(standardise=standardise).eval()
        networks[standardise].load_base(base)
    averages: dict[str, list[np.ndarray]] = {name: [] for name in PREPARATIONS}
    labels = []
    for scan in find_training_scans(source):
        views = scan.read()
        labels.append(scan.case.label)
        for name, (standardise, how) in PREPARATIONS.items():
            network = networks[standardise]
            image = torch.from_numpy(prepare_scan(views, how).image)[None]
            with torch.inference_mode():
                last = network.features[: fixed_layers(network, 1)](network.given(image))
            averages[name].append(last.mean(dim=(2, 3))[0].numpy())
    truth = np.array(labels)
    for name, found in averages.items():
        areas = []
        for seed in range(3):
            reader = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
            folds = StratifiedKFold(5, shuffle=True, random_state=seed)
            said = cross_val_predict(reader, np.stack(found), truth, cv=folds, method="decision_function")
            areas.append(auc_interval(truth == 1, said))
        low, high = np.mean([a.low for a in areas]), np.mean([a.high for a in areas])
        print(f"{name}: AUC {np.mean([a.value for a in areas]):.3f} ({low:.3f} to {high:.3f}), {len(truth)} scans")


if __name__ == "__main__":
    main()
