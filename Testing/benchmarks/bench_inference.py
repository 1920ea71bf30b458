"""The slice-wise U-Net of the published weights on a CT, end to end, against a plain loop over every slice.

Run on an idle machine: ``python Testing/benchmarks/bench_inference.py FOLDER`` with the DICOM folder of a chest CT.
``--every 4`` compares the second and third weights on every fourth slice that holds lung only, ``--slices N`` takes N
slices of the CT for a quick look (its ratio is no claim), ``--filters`` narrows the network.

*Ours* is what a user runs: a process without torch that reads the CT, isolates the lungs, harmonises, runs the exported
network in OpenVINO on the lungs' crops and brings the probabilities back to the CT's grid. *Plain* is a loop in torch,
single precision, over every whole slice; it too needs the stages before and after, so these count on both sides.
"In all" is from the files to probabilities on the CT's grid.

The weights are random (He, uniform biases), the last layer scaled so that probabilities span 0.05 to 0.95 in the lungs
(0.5 % quantiles). With the first weights the loop runs over all slices and is timed. Where the demonstration model is
at hand, its masks by both ways are compared as well. Seconds are of the wall, in brackets those of the CPU.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from oncologyai.imaging import read_volume
from oncologyai.inference import SliceConfig, make_engine, plan_crops, predict_with, prepare_slices, run_slices
from oncologyai.inference.openvino_engine import OpenVinoEngine
from oncologyai.models import ModelCard, Store
from oncologyai.progress import Stages

DEMO = "demo-ct-lung-tumour"
CARD = {
    "id": "bench",
    "title": "U-Net of the published weights, random",
    "channels": [{"name": "ct", "modality": "CT", "unit": "HU",
                  "normalisation": {"kind": "bins", "low": -1000, "high": 150, "width": 25}}],
    "spacing_mm": [1.0, 1.0, None],
    "interpolation": "nearest",
    "labels": [{"name": "GTV-1", "terminology": "tumour"}],
    "network": {"name": "unet2d-published"},
    "patch": [512, 512],
    "region": "lungs",
    "outside": "fill",
    "files": [{"name": "none.safetensors", "role": "weights", "sha256": "0" * 64, "size_bytes": 1}],
    "training": {"description": "none: random weights"},
    "licence": {"name": "none", "commercial": True},
}  # fmt: skip


@dataclass(frozen=True)
class Spent:
    """Seconds of the wall and of the CPU."""

    wall: float
    cpu: float

    def __str__(self):
        return f"{self.wall:8.2f} ({self.cpu:.2f})"

    def times(self, factor):
        return Spent(self.wall * factor, self.cpu * factor)


class Clock:
    """Times what stands in its block."""

    def __enter__(self):
        self._start = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_):
        self.spent = Spent(time.perf_counter() - self._start[0], time.process_time() - self._start[1])


def say(text=""):
    print(text, flush=True)  # noqa: T201


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def read_slices(folder, card, count):
    """Read and prepare; with ``count`` only so many slices of the CT keep their region. Gives the seconds too."""
    spent = {}
    with Clock() as clock:
        volume = read_volume(folder, modality="CT")
    spent["read the CT"] = clock.spent
    stages = Stages()
    with Clock() as clock:
        slices = prepare_slices(volume, card, stages=stages)
    share = clock.spent.cpu / clock.spent.wall
    spent.update({name: Spent(seconds, seconds * share) for name, seconds in stages.seconds.items()})
    if count:
        keep = np.isin(np.arange(len(slices.region)), chosen(len(slices.region), count))
        slices = replace(slices, region=slices.region & keep[:, None, None])
    return slices, spent


def chosen(size, count):
    return np.unique(np.linspace(0, size - 1, min(count, size)).round().astype(int)) if count else np.arange(size)


def ours(options):
    """Run as a user does, in a process of its own; leave the probabilities and say what was spent."""
    slices, spent = read_slices(options.folder, ModelCard.model_validate(CARD), options.slices)
    with Clock() as clock:
        engine = OpenVinoEngine(Path(options.ours))
    spent["load the engine"] = clock.spent
    with Clock() as clock:
        (found,) = run_slices(slices, predict_with(engine, "sigmoid"), config=SliceConfig(margin=options.margin))
    spent["network"] = clock.spent
    with Clock() as clock:
        slices.harmonized.trail.restore_probability(found)
    spent["restore"] = clock.spent
    np.save(options.out, found.array)
    told = {name: [value.wall, value.cpu] for name, value in spent.items()}
    say(json.dumps({"spent": told, "peak_mb": peak_mb(), "torch": "torch" in sys.modules}))


def run_ours(options, model, folder):
    """Give the probabilities on the network's grid, the seconds of each stage and the peak memory."""
    command = [sys.executable, __file__, str(options.folder), "--ours", str(model), "--out", str(folder / "found.npy"),
               "--slices", str(options.slices), "--margin", str(options.margin)]  # fmt: skip
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    if told["torch"]:
        sys.exit("expected no torch in the process of the measured chain")
    return np.load(folder / "found.npy"), {n: Spent(*v) for n, v in told["spent"].items()}, told["peak_mb"]


def random_network(seed, filters):
    """He weights and uniform biases of torch's width; the head's biases positive, so that no filter is dead."""
    import torch

    from oncologyai.networks import build_network

    generator = torch.Generator().manual_seed(seed)
    network = build_network("unet2d-published", filters=filters).eval()
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
            bound = (layer.in_channels * layer.kernel_size[0] ** 2) ** -0.5
            layer.bias.data.uniform_(-bound, bound, generator=generator)
    network.head.bias.data.abs_()
    return network


def scaled_networks(options, slices, lungs, ks):
    """Give networks whose probabilities span 0.05 to 0.95 in the lungs, with their seeds; dead heads are left out."""
    seed, given = options.seed, 0
    while given < options.weights:
        network = random_network(seed, options.filters)
        values = [whole_slice(network, slices, k, logits=True)[lungs[k]] for k in ks[:: max(1, len(ks) // 4)]]
        low, high = np.quantile(np.concatenate(values), [0.005, 0.995])
        if high - low > 1e-6:
            gain = 2 * np.log(19.0) / (high - low)
            network.last.weight.data *= gain
            network.last.bias.data = network.last.bias.data * gain - gain * (high + low) / 2
            given += 1
            yield seed, network
        seed += 1


def whole_slice(network, slices, k, *, logits=False):
    import torch

    with torch.no_grad():
        out = network(torch.from_numpy(slices.array[k][None, None]))[0, 0]
    return (out if logits else torch.sigmoid(out)).numpy()


def export(network, path):
    import torch

    axes = {0: "n", 2: "j", 3: "i"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(network, torch.zeros(1, 1, 64, 64), path, dynamo=False, input_names=["image"],
                          output_names=["logits"], dynamic_axes={"image": axes, "logits": axes})  # fmt: skip


def compare(found, reference, lungs):
    """Say how far the probabilities of slices are apart in the lungs; ``reference`` by slice number."""
    gaps = np.concatenate([np.abs(found[k] - whole)[lungs[k]] for k, whole in reference.items() if lungs[k].any()])
    say(f"  within 0.01: {100 * np.mean(gaps <= 0.01):.3f} % of {gaps.size} voxels in the lungs of {len(reference)} "
        f"slices (wanted: 99.9); largest gap {gaps.max():.4f}")  # fmt: skip


def timed(options, network, slices, result, lungs, ks):
    """Run the plain loop, print both sides' stages and what each step contributes; give the loop's probabilities."""
    found, spent, peak = result
    picked = chosen(len(slices.array), options.slices)
    with Clock() as clock:
        reference = {int(k): whole_slice(network, slices, k) for k in picked}
    loop = clock.spent
    plain = {name: value for name, value in spent.items() if name != "load the engine"} | {"network": loop}
    say(f"  {'seconds':16s} {'ours':>8s} {'':8s} {'plain':>8s}")
    for name, value in spent.items():
        say(f"  {name:16s} {value!s:18s} {plain.get(name, '-')!s}")
    both = [Spent(sum(v.wall for v in side.values()), sum(v.cpu for v in side.values())) for side in (spent, plain)]
    say(f"  {'in all':16s} {both[0]!s:18s} {both[1]!s}")
    say(f"  peak memory: ours {peak} MB, in its own process; this one, with torch, {peak_mb()} MB")
    say(f"  faster in all: {both[1].wall / both[0].wall:.2f} (wanted: 6, aimed at: 8); the network alone "
        f"{loop.wall / spent['network'].wall:.2f}; by CPU seconds {both[1].cpu / both[0].cpu:.2f} and "
        f"{loop.cpu / spent['network'].cpu:.2f}")  # fmt: skip
    steps(options, network, slices, loop.times(len(ks) / len(picked)), loop, spent["network"])
    compare(found, {k: whole for k, whole in reference.items() if slices.region[k].any()}, lungs)


def steps(options, network, slices, on_lungs, loop, engine):
    """Say what leaving slices out, cropping, the engine and its precision contribute."""
    import torch

    crops = plan_crops(slices.region, SliceConfig(margin=options.margin))
    some = crops[:: max(1, len(crops) // 20)]
    scale = sum(c.pixels for c in crops) / sum(c.pixels for c in some)
    images = [slices.array[list(c.slices), slice(*c.rows), slice(*c.columns)][:, None] for c in some]
    with torch.no_grad(), Clock() as clock:
        for image in images:
            torch.sigmoid(network(torch.from_numpy(image)))
    cropped = clock.spent.times(scale)
    for name, before, after in (
        ("slices that hold lung", loop, on_lungs),
        ("crop to the lungs", on_lungs, cropped),
        ("engine, with its export", cropped, engine),
    ):
        say(f"  {name:24s} {before.wall / after.wall:5.2f} times (by CPU seconds {before.cpu / after.cpu:.2f})")
    with tempfile.TemporaryDirectory() as folder:
        export(network, f"{folder}/model.onnx")
        single, sixteen = (in_precision(f"{folder}/model.onnx", name, images) for name in ("f32", "bf16"))
    gaps = np.concatenate([np.abs(a - b).ravel() for a, b in zip(single[0], sixteen[0], strict=True)])
    say(f"  {'precision':24s}  1.00 times: single precision, as the loop. bf16 would be "
        f"{single[1].wall / sixteen[1].wall:.2f} times faster, with {100 * np.mean(gaps <= 0.01):.2f} % of the crops' "
        f"pixels within 0.01: not taken")  # fmt: skip


def in_precision(path, name, images):
    """Run OpenVINO itself in a precision; give the probabilities and what was spent."""
    import openvino

    hints = {"INFERENCE_PRECISION_HINT": name, "PERFORMANCE_HINT": "LATENCY"}
    request = openvino.Core().compile_model(path, "CPU", hints).create_infer_request()
    request.infer({0: images[0]})
    with Clock() as clock:
        logits = [request.infer({0: image})[0].copy() for image in images]
    return [1.0 / (1.0 + np.exp(-np.float64(values))) for values in logits], clock.spent


def demonstration(options):
    """Compare the masks of the demonstration model by its own chain and by whole slices in torch."""
    store = Store()
    if DEMO not in {model.card.id for model in store.list()}:
        say(f"{DEMO}: not at hand, not compared")
        return
    model = store.get(DEMO)
    slices, _ = read_slices(options.folder, model.card, options.slices)
    fast, plain = (make_engine(model.card, model.path, engine=name) for name in ("openvino", "torch"))
    (found,) = run_slices(
        slices, predict_with(fast, "sigmoid"), config=SliceConfig(margin=max(options.margin, model.card.margin))
    )
    predict = predict_with(plain, "sigmoid")
    whole = np.zeros(slices.array.shape, dtype=np.float32)
    for k in np.flatnonzero(slices.region.any(axis=(1, 2))):
        whole[k] = predict(slices.array[k][None, None])[0, 0]
    one, other = found.array > model.card.threshold, (whole * slices.region) > model.card.threshold
    size = int(one.sum()) + int(other.sum())
    dice = 2 * int((one & other).sum()) / size if size else 1.0
    say(f"{DEMO}: Dice of the masks {dice:.5f} (wanted: 0.999) on {int(other.sum())} voxels above its threshold")
    compare(found.array, dict(enumerate(whole)), slices.on_grid(slices.isolation.lungs) & slices.region)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--weights", type=int, default=3, help="sets of random weights")
    parser.add_argument("--every", type=int, default=1, help="slices compared with the second and third weights")
    parser.add_argument("--slices", type=int, default=0, help="take only so many slices: a quick look")
    parser.add_argument("--margin", type=int, default=SliceConfig().margin)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--filters", type=int, nargs="+", default=[64, 128, 256, 512, 1024])
    parser.add_argument("--ours", default="", help="used by itself: the exported network to run")
    parser.add_argument("--out", default="", help="used by itself: where the probabilities go")
    return parser.parse_args()


def main():
    options = arguments()
    if options.ours:
        ours(options)
        return
    slices, _ = read_slices(options.folder, ModelCard.model_validate(CARD), options.slices)
    lungs = slices.on_grid(slices.isolation.lungs) & slices.region
    ks = [int(k) for k in np.flatnonzero(slices.region.any(axis=(1, 2)))]
    crops = plan_crops(slices.region, SliceConfig(margin=options.margin))
    share = sum(c.pixels for c in crops) / (len(ks) * slices.array[0].size)
    say(f"{len(ks)} of {len(chosen(len(slices.array), options.slices))} slices hold lung; crops are {share:.3f} of a "
        f"slice (margin {options.margin})")  # fmt: skip
    for number, (seed, network) in enumerate(scaled_networks(options, slices, lungs, ks)):
        say(f"weights {seed}")
        with tempfile.TemporaryDirectory() as folder:
            export(network, f"{folder}/model.onnx")
            result = run_ours(options, Path(folder) / "model.onnx", Path(folder))
        if number == 0:
            timed(options, network, slices, result, lungs, ks)
        else:
            compare(result[0], {k: whole_slice(network, slices, k) for k in ks[:: options.every]}, lungs)
    demonstration(options)


if __name__ == "__main__":
    main()
