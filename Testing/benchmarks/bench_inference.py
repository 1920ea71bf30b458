"""The slice-wise U-Net of the published weights on a CT: each stage, and what each step contributes.

Run: ``python Testing/benchmarks/bench_inference.py FOLDER [--weights 3] [--every 4] [--margin 36] [--batch 1]``
with the DICOM folder of a chest CT. The weights are random (He, uniform biases), the last layer scaled so that the
probabilities span 0.05 to 0.95 in the lungs (0.5 % quantiles). With the first weights the plain loop (torch, single
precision, every whole slice) is run over all slices and timed; with the others it is run over every EVERY-th slice
that holds lung, for the differences only. ``--loop-every N`` times the loop on every Nth slice and multiplies, for a
quick look. Seconds are of the wall; those of the CPU (all cores) stand beside them, for a machine that is shared.
"""

import argparse
import resource
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import torch

from oncologyai.imaging import read_volume
from oncologyai.inference import SliceConfig, plan_crops, predict_with, prepare_slices, run_slices
from oncologyai.inference.openvino_engine import OpenVinoEngine
from oncologyai.models import ModelCard
from oncologyai.networks import build_network
from oncologyai.progress import Stages

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


def random_network(seed):
    """He weights and uniform biases of torch's width; the head's biases positive, so that no filter is dead."""
    generator = torch.Generator().manual_seed(seed)
    network = build_network("unet2d-published").eval()
    for layer in network.modules():
        if isinstance(layer, torch.nn.Conv2d):
            torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu", generator=generator)
            bound = (layer.in_channels * layer.kernel_size[0] ** 2) ** -0.5
            layer.bias.data.uniform_(-bound, bound, generator=generator)
    network.head.bias.data.abs_()
    return network


def scale_last(network, slices, lungs, picked):
    """Scale the last layer so that probabilities span 0.05 to 0.95; False where the random head is dead."""
    values = []
    for k in picked:
        values.append(whole_slice(network, slices, k, logits=True)[lungs[k]])
    low, high = np.quantile(np.concatenate(values), [0.005, 0.995])
    if high - low < 1e-6:
        return False
    gain = 2 * np.log(19.0) / (high - low)
    network.last.weight.data *= gain
    network.last.bias.data = network.last.bias.data * gain - gain * (high + low) / 2
    return True


def whole_slice(network, slices, k, *, logits=False):
    with torch.no_grad():
        out = network(torch.from_numpy(slices.array[k][None, None]))[0, 0]
    return (out if logits else torch.sigmoid(out)).numpy()


def export(network, path):
    axes = {0: "n", 2: "j", 3: "i"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(network, torch.zeros(1, 1, 64, 64), path, dynamo=False, input_names=["image"],
                          output_names=["logits"], dynamic_axes={"image": axes, "logits": axes})  # fmt: skip


def say(text):
    print(text, flush=True)  # noqa: T201


def compare(found, reference, lungs, ks):
    gaps = np.concatenate([np.abs(found[k] - reference[k])[lungs[k]] for k in ks])
    masks = (
        np.concatenate([(found[k] > 0.5)[lungs[k]] for k in ks]),
        np.concatenate([(reference[k] > 0.5)[lungs[k]] for k in ks]),
    )
    dice = 2 * np.count_nonzero(masks[0] & masks[1]) / max(1, masks[0].sum() + masks[1].sum())
    say(f"  within 0.01: {100 * np.mean(gaps <= 0.01):.3f} % of {gaps.size} voxels in the lungs; "
        f"largest gap {gaps.max():.3f}; Dice of the masks {dice:.4f}")  # fmt: skip


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--weights", type=int, default=3)
    parser.add_argument("--every", type=int, default=4)
    parser.add_argument("--margin", type=int, default=SliceConfig().margin)
    parser.add_argument("--batch", type=int, default=SliceConfig().batch)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--loop-every", type=int, default=1)
    parser.add_argument("--no-loop", action="store_true", help="compare only, with no timed loop")
    options = parser.parse_args()
    card = ModelCard.model_validate(CARD)
    volume = read_volume(options.folder, modality="CT")
    stages = Stages()
    slices = prepare_slices(volume, card, stages=stages)
    lungs = slices.on_grid(slices.isolation.lungs)
    ks = [int(k) for k in np.flatnonzero(slices.region.any(axis=(1, 2)))]
    config = SliceConfig(margin=options.margin, batch=options.batch)
    crops = plan_crops(slices.region, config)
    share = sum(c.pixels for c in crops) / (len(ks) * slices.array[0].size)
    say(f"{len(ks)} of {len(slices.array)} slices hold lung; crops are {share:.3f} of a slice (margin {config.margin})")
    done, seed, first = 0, options.seed, not options.no_loop
    while done < options.weights:
        network = random_network(seed)
        seed += 1
        if not scale_last(network, slices, lungs, ks[:: max(1, len(ks) // 4)]):
            continue
        done += 1
        say(f"weights {seed - 1}")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            export(network, str(path))
            start = time.perf_counter()
            engine = OpenVinoEngine(path)
            load = time.perf_counter() - start
        start, cpu = time.perf_counter(), time.process_time()
        (found,) = run_slices(slices, predict_with(engine, "sigmoid"), config=config)
        crop_s, crop_cpu = time.perf_counter() - start, time.process_time() - cpu
        start = time.perf_counter()
        slices.harmonized.trail.restore_probability(found)
        back = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        if first:
            spent = (dict(stages.seconds), load, crop_s, crop_cpu, back, peak)
            timed(network, slices, ks, crops, spent, lungs, found, options.loop_every)
            first = False
            continue
        picked = ks[:: options.every]
        reference = {k: whole_slice(network, slices, k) for k in picked}
        say(f"  network on the crops {crop_s:.1f} s")
        compare(found.array, reference, lungs, picked)


def timed(network, slices, ks, crops, spent, lungs, found, every):
    """Run the plain loop, and say what each step contributes."""
    seconds, load, crop_s, crop_cpu, back, peak = spent
    timed_slices = range(0, len(slices.array), every)
    start, cpu = time.perf_counter(), time.process_time()
    reference = {k: whole_slice(network, slices, k) for k in timed_slices}
    loop, loop_cpu = (
        value * len(slices.array) / len(timed_slices)
        for value in (time.perf_counter() - start, time.process_time() - cpu)
    )
    on_lungs, lungs_cpu = (value * len(ks) / len(slices.array) for value in (loop, loop_cpu))
    some = crops[::4]
    scale = sum(c.pixels for c in crops) / sum(c.pixels for c in some)
    start, cpu = time.perf_counter(), time.process_time()
    with torch.no_grad():
        for crop in some:
            where = (list(crop.slices), slice(*crop.rows), slice(*crop.columns))
            torch.sigmoid(network(torch.from_numpy(slices.array[where][:, None])))
    torch_crops, crops_cpu = ((time.perf_counter() - start) * scale, (time.process_time() - cpu) * scale)
    before = sum(seconds.values())
    ours = before + load + crop_s + back
    for name, value in {**seconds, "load the engine": load, "network": crop_s, "restore": back}.items():
        say(f"  {name:16s} {value:7.2f} s")
    say(f"  in all {ours:.1f} s, peak {peak} MB (with torch and this script's own arrays)")
    say(
        f"  plain loop: network {loop:.1f} s for {len(slices.array)} slices, {before + loop + back:.1f} s with the rest"
    )
    say(f"  faster in all {(before + loop + back) / ours:.2f}, the network alone {loop / crop_s:.2f}: "
        f"slices that hold lung {loop / on_lungs:.2f}, crop {on_lungs / torch_crops:.2f}, "
        f"engine {torch_crops / crop_s:.2f}")  # fmt: skip
    say(f"  by seconds of CPU: the network alone {loop_cpu / crop_cpu:.2f} ({loop_cpu:.0f} s, {crop_cpu:.0f} s), "
        f"crop {lungs_cpu / crops_cpu:.2f}, engine {crops_cpu / crop_cpu:.2f}")  # fmt: skip
    compare(found.array, reference, lungs, [k for k in ks if k in reference])


if __name__ == "__main__":
    main()
