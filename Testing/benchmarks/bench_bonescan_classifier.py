"""Seconds of the processor to read a bone scan and to classify it with its class map, at full size, by each engine.

Run: ``python Testing/benchmarks/bench_bonescan_classifier.py [--scans 3] [--threads 1]``. The network has random
weights, which take as long as trained ones.
"""

# ruff: noqa: T201

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from oncologyai.networks import Vgg16Classifier
from oncologyai.samples import write_bonescan_sample
from oncologyai.scintigraphy import load_classifier, read_whole_body
from oncologyai.training.bonescan_export import export_bonescan_network


def main() -> None:
    """Export, make a sample, and time."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scans", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        gap = export_bonescan_network(Vgg16Classifier(), folder / "model")
        sizes = {p.name: round(p.stat().st_size / 1e6, 1) for p in sorted((folder / "model").iterdir())}
        print(f"export: {gap:.1e} off, {sizes} MB")
        write_bonescan_sample(folder / "sample", seed=1)
        for engine in ("openvino", "onnxruntime"):
            classifier = load_classifier(folder / "model", engine=engine, threads=options.threads)
            seconds = []
            for _ in range(options.scans):
                start = time.process_time()
                scan = read_whole_body(folder / "sample")
                read = time.process_time()
                classifier.classify(scan)
                seconds.append((read - start, time.process_time() - read))
            reading, rest = np.median(seconds, axis=0)
            print(f"{engine}: reading {reading:.2f} s, classifying and map {rest:.2f} s of the processor")


if __name__ == "__main__":
    main()
