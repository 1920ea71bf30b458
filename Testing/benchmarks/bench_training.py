"""Seconds a step of the sarcoma recipes: python Testing/benchmarks/bench_training.py [STEPS] [THREADS].

Random images of the recipes' inputs; wall time and processor time, which a busy machine does not lengthen as much.
"""

import sys
import time

import numpy as np
import torch

from oncologyai.networks import build_network
from oncologyai.training import Case, SupervisedLoss, draw_sample, load_config, make_loss

_SIZE = {"sts-gtv-pet": (64, 56, 56), "sts-gtv-multi": (64, 75, 75)}


def main() -> None:
    """Print a line a recipe."""
    steps = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    torch.set_num_threads(int(sys.argv[2]) if len(sys.argv) > 2 else 2)
    for name, size in _SIZE.items():
        config = load_config(name)
        network = build_network(config.network.name, **config.network.arguments)
        rng = np.random.default_rng(0)
        image = rng.standard_normal((network.in_channels, *size), dtype=np.float32)
        truth = np.zeros(size, dtype=np.float32)
        truth[20:40, 20:40, 20:40] = 1
        i, j, k = config.spacing_mm
        case = Case("random", "random", "", image, truth, (k or 1.0, j or 1.0, i or 1.0), True)
        loss = SupervisedLoss(make_loss(config.phases[0].loss, **config.phases[0].arguments))
        optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
        times = []
        for _ in range(steps + 1):
            begin = time.perf_counter(), time.process_time()
            pairs = [draw_sample(case, config, rng) for _ in range(config.batch)]
            value = loss(network(torch.stack([p[0] for p in pairs])), torch.stack([p[1] for p in pairs]), 0)
            optimiser.zero_grad(set_to_none=True)
            value.backward()
            optimiser.step()
            times.append((time.perf_counter() - begin[0], time.process_time() - begin[1]))
        wall, used = np.median(np.array(times[1:]), axis=0)
        sys.stdout.write(f"{name}: {wall:.2f} s a step (wall), {used:.2f} s of processor, batch {config.batch}\n")


if __name__ == "__main__":
    main()
