"""Estimates pi: every task throws darts at a square and counts those inside the circle."""

import argparse
import collections
import math
import os
import random
import time

import ray


@ray.remote
def throw(samples, seed):
    dice = random.Random(seed)
    inside = sum(dice.random() ** 2 + dice.random() ** 2 <= 1 for _ in range(samples))
    return inside, os.getpid()


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tasks", type=int, default=40)
    options.add_argument("--samples", type=int, default=250_000)
    options = options.parse_args()

    ray.init(logging_level="warning")
    began = time.monotonic()
    waiting = [throw.remote(options.samples, seed) for seed in range(options.tasks)]
    inside, workers = 0, collections.Counter()
    for done in range(1, options.tasks + 1):
        ready, waiting = ray.wait(waiting)
        hits, worker = ray.get(ready[0])
        inside += hits
        workers[worker] += 1
        if done % max(1, options.tasks // 8) == 0:
            estimate = 4 * inside / (done * options.samples)
            print(f"after {done:3} tasks  pi = {estimate:.6f}  off by {abs(estimate - math.pi):.6f}", flush=True)
    points = options.tasks * options.samples
    print(f"{points:,} points in {time.monotonic() - began:.1f} s")
    for worker, tasks in sorted(workers.items()):
        print(f"  worker {worker} did {tasks} tasks")
    print(f"  the driver, {os.getpid()}, did none")


if __name__ == "__main__":
    main()
