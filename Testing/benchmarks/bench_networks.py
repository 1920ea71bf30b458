"""Forward and backward of every network at its published input, one image a batch: seconds, peak memory, parameters.

python Testing/benchmarks/bench_networks.py [NAME ...] [--gb 12] [--threads 2]

Each network runs in a process of its own. Where the published input does not fit into the memory given, its longest
edges are halved until it does, and the line says so. On a machine with a GPU the GPU is measured, its peak memory and
all, with bfloat16 autocast beside float32. CPU seconds (of all threads) say more than the clock on a shared machine.
"""

import argparse
import resource
import subprocess
import sys
import time

import numpy as np
import torch

from oncologyai.networks import NETWORKS, build_network


def _step(network: torch.nn.Module, image: torch.Tensor, dtype: torch.dtype) -> np.ndarray:
    """Give the seconds, by the clock and of the processor, of one forward and of one backward pass."""
    device = image.device.type
    start = _now(device)
    with torch.autocast(device, dtype=dtype, enabled=dtype != torch.float32):
        logits = network(image)
    middle = _now(device)
    torch.nn.functional.binary_cross_entropy_with_logits(logits.float(), (image[:, :1] > 0).float()).backward()
    return np.array([middle - start, _now(device) - middle])


def _now(device: str) -> np.ndarray:
    _wait(device)
    return np.array([time.perf_counter(), time.process_time()])


def _wait(device: str) -> None:
    if device == "cuda":
        torch.cuda.synchronize()


def _peak_gb(device: str) -> float:
    if device == "cuda":
        return torch.cuda.max_memory_allocated() / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def _measure(name: str, size: tuple[int, ...], threads: int, gb: float) -> None:
    """Print one line for a network at a size, in this process."""
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    network = build_network(name).to(device)
    count = sum(value.numel() for value in network.parameters())
    if device == "cpu":
        in_use = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()  # noqa: PTH123, SIM115
        base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        limit = int(in_use - base + gb * 1e9)
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for dtype in (torch.float32, torch.bfloat16) if device == "cuda" else (torch.float32,):
        repeats = 3 if device == "cuda" else 1
        steps = [_step(network, torch.randn(1, *size, device=device), dtype) for _ in range(repeats)]
        (forward, forward_cpu), (backward, backward_cpu) = np.min(steps, axis=0)
        shape = "x".join(map(str, size)) + (
            "" if size == NETWORKS[name].published_input else " (published did not fit)"
        )
        line = f"{name:<28}{count:>12,} parameters  {shape:<40} {str(dtype).removeprefix('torch.'):<9}"
        line += (
            f" forward {forward:7.2f} s (CPU {forward_cpu:.1f})  backward {backward:7.2f} s (CPU {backward_cpu:.1f})"
        )
        line += f"  peak {_peak_gb(device):6.2f} GB"
        print(line, flush=True)  # noqa: T201


def _halved(size: tuple[int, ...]) -> tuple[int, ...]:
    longest = max(size[1:])
    return (size[0], *(edge // 2 if edge == longest else edge for edge in size[1:]))


def main() -> None:
    """Measure the networks named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--gb", type=float, default=12.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--size", type=int, nargs="+", help="channel, [k,] j, i: measure here and now")
    options = parser.parse_args()
    if options.size:
        _measure(options.names[0], tuple(options.size), options.threads, options.gb)
        return
    for name in options.names or list(NETWORKS):
        size = NETWORKS[name].published_input
        while True:
            limits = ["--gb", str(options.gb), "--threads", str(options.threads), "--size", *map(str, size)]
            done = subprocess.run(
                [sys.executable, __file__, name, *limits], check=False, stderr=subprocess.PIPE, text=True
            )
            if done.returncode == 0 or max(size[1:]) <= 32:
                break
            size = _halved(size)
        if done.returncode:
            print(f"{name}: {done.stderr.splitlines()[-1]}", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
