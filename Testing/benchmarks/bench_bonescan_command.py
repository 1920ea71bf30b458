"""Seconds a bone scan: read, classify, map, foci, and what a batch keeps written; and the report and scene where asked.

Run: ``python Testing/benchmarks/bench_bonescan_command.py [--cases 134] [--model demo-bonescan] [--fast] [--engine E]
[--threads 0] [--reports] [--scans FOLDER]``. Scans are those of the generator's external centre, made once in FOLDER.
``--untrained`` takes the published network with random weights, which take as long as trained ones. Wall seconds mean
something on a quiet machine alone; seconds of the processor are those of all threads.
"""

# ruff: noqa: T201

import argparse
import os
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import numpy as np

from oncologyai.bundle import read_provenance
from oncologyai.pipelines import BoneScanConfig
from oncologyai.samples import draw_cohort, write_bonescan_cohort
from oncologyai.workflows import ScanForm, bonescan_case_files


def main() -> None:
    """Make scans, run the batch's use case on each, and tell seconds."""
    options = _options()
    os.environ["OMP_NUM_THREADS"] = str(options.threads or "")
    with tempfile.TemporaryDirectory() as place:
        scans = options.scans or Path(place) / "scans"
        write_bonescan_cohort(draw_cohort("C", options.cases), scans)
        model = str(_untrained(Path(place) / "untrained")) if options.untrained else options.model
        config = BoneScanConfig(model, engine=options.engine, fast=options.fast)
        form = ScanForm(config, scene=options.scene)
        studies = sorted(path for path in scans.iterdir() if path.is_dir())[: options.cases]
        seconds = defaultdict(list)
        for number, study in enumerate(studies):
            folder = Path(place) / "out" / str(number)
            folder.mkdir(parents=True)
            wall, processor = time.perf_counter(), time.process_time()
            bonescan_case_files([study], folder, form=form, report=options.reports or options.scene)
            seconds["all, wall"].append(time.perf_counter() - wall)
            seconds["all, processor"].append(time.process_time() - processor)
            for name, value in read_provenance(folder / "bonescan.provenance.json").seconds.items():
                seconds[f"{name}, wall"].append(value)
    print(f"{len(studies)} scans, model {model if not options.untrained else 'untrained VGG16'}, fast {options.fast}")
    print(f"first scan, with the model loaded: {seconds['all, wall'][0]:.2f} s")
    for name, values in seconds.items():
        rest = values[1:] or values
        print(f"{name}: mean {np.mean(rest):.3f} s, median {np.median(rest):.3f}, worst {np.max(rest):.3f}")
    print(f"in all: {sum(seconds['all, wall']):.1f} s wall, {sum(seconds['all, processor']):.1f} s of the processor")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=134)
    parser.add_argument("--model", default="demo-bonescan")
    parser.add_argument("--engine", default="")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--scans", type=Path, default=None)
    for flag in ("--fast", "--untrained", "--reports", "--scene"):
        parser.add_argument(flag, action="store_true")
    return parser.parse_args()


def _untrained(folder: Path) -> Path:
    """Export the published network with random weights, and write a card; its fast form has half the size."""
    import torch

    from oncologyai.models import BoneScanCard, save_card, sha256_of
    from oncologyai.networks import Vgg16Classifier
    from oncologyai.training.bonescan_export import export_bonescan_network

    torch.manual_seed(0)
    export_bonescan_network(Vgg16Classifier(), folder)
    form = {
        "members": [{"maps": "maps.onnx", "head": "head.safetensors"}],
        "calibration": {"prevalence": 0.5, "scans": 1},
        "thresholds": [{"rule": "youden", "value": 0.5, "sensitivity": 0.5, "specificity": 0.5}],
    }
    names = {"maps.onnx": "onnx", "head.safetensors": "weights"}
    files = [
        {"name": name, "role": role, "sha256": sha256_of(folder / name), "size_bytes": (folder / name).stat().st_size}
        for name, role in names.items()
    ]
    card = {
        "id": "untrained", "title": "VGG16 without training", "demonstration": True, "network": {"name": "vgg16"},
        "full": {**form, "picture": {"height": 512, "width": 256}},
        "fast": {**form, "picture": {"height": 256, "width": 128}}, "files": files,
        "training": {"description": "none"}, "licence": {"name": "none", "commercial": False},
    }  # fmt: skip
    save_card(BoneScanCard.model_validate(card), folder / "card.json")
    return folder


if __name__ == "__main__":
    main()
