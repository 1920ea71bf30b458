"""Parameters, seconds and peak memory of one forward and backward pass of Co-ReTr and its rivals.

Run: ``python Testing/benchmarks/bench_coretr.py [--network NAME] [--side 96] [--dtype float32|bfloat16]``.
One network a process: the peak is the process's. On a GPU, where there is one, the card's memory is told.
"""

import argparse
import resource
import time

import torch

from oncologyai.networks import build_network


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("--network", default="coretr")
    parser.add_argument("--side", type=int, default=96)
    parser.add_argument("--dtype", choices=("float32", "bfloat16"), default="float32")
    parser.add_argument("--repeats", type=int, default=1)
    return parser.parse_args()


def seconds(call, device):
    if device == "cuda":
        torch.cuda.synchronize()
    start = time.perf_counter()
    result = call()
    if device == "cuda":
        torch.cuda.synchronize()
    return result, time.perf_counter() - start


def main():
    options = parse()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    arguments = {"size": (options.side,) * 3} if options.network == "unetr" else {}
    torch.manual_seed(0)
    network = build_network(options.network, **arguments).to(device)
    image = torch.randn(1, 1, *(options.side,) * 3, device=device)
    print(f"{options.network}: {sum(p.numel() for p in network.parameters()):,} parameters")  # noqa: T201
    half = torch.autocast(device, torch.bfloat16, enabled=options.dtype == "bfloat16")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    for _ in range(options.repeats):
        with torch.inference_mode(), half:
            _, alone = seconds(lambda: network(image), device)
        inference = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        with half:
            logits, forward = seconds(lambda: network(image), device)
        _, backward = seconds(logits.float().square().mean().backward, device)
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        told = f"peak of the process: {before:.2f} GB built, {inference:.2f} inference, {after:.2f} training"
        if device == "cuda":
            told = f"peak on the card {torch.cuda.max_memory_allocated() / 2**30:.2f} GB"
        print(f"  {options.side}^3, {device}, {options.dtype}: inference {alone:.3f} s, ", end="")  # noqa: T201
        print(f"forward {forward:.3f} s, backward {backward:.3f} s; {told}")  # noqa: T201


if __name__ == "__main__":
    main()
