"""What the recorder costs a student's loop: the same cell with and without it, in alternation.

Run it by hand: ``python tests/benchmarks/bench_recorder.py [rounds]``. It prints medians and ratios.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

import torch
import torch._dynamo  # the first optimizer would import it in every fork
from IPython.core.interactiveshell import InteractiveShell

from grader.recorder import install

ROUNDS = 9
SETUP = """
import time
import torch
torch.manual_seed(43052)
x = torch.linspace(-1, 1, 2000).reshape(2000, 1)
y = torch.bernoulli(torch.sigmoid(-1 + 5 * x))
def start():
    net = torch.nn.Sequential(torch.nn.Linear(1, 1), torch.nn.Sigmoid())
    net[0].bias.data = torch.tensor([-0.8])
    net[0].weight.data = torch.tensor([[-0.3]])
    return net
net = start()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
"""
BY_HAND = """
net = start()
began = time.process_time()
for epoc in range({epochs}):
    yhat = net(x)
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    net[0].bias.data = net[0].bias.data - 0.05 * net[0].bias.grad
    net[0].weight.data = net[0].weight.data - 0.05 * net[0].weight.grad
    net[0].bias.grad = None
    net[0].weight.grad = None
took = time.process_time() - began
"""
SGD = """
net = start()
optimizer = torch.optim.SGD(net.parameters(), lr=0.05)
began = time.process_time()
for epoc in range({epochs}):
    yhat = net(x)
    loss = torch.mean((y - yhat) ** 2)
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
took = time.process_time() - began
"""
CASES = {
    "6000 epochs by hand": BY_HAND.format(epochs=6000),
    "6000 epochs with SGD": SGD.format(epochs=6000),
    "30 epochs by hand": BY_HAND.format(epochs=30),
}


def main() -> None:
    """Measure every case, alternating within each round which of the two goes first."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    times: dict[tuple[str, bool], list[float]] = {(case, on): [] for case in CASES for on in (False, True)}
    torch.set_num_threads(1)
    for i in range(rounds):
        for on in (False, True) if i % 2 else (True, False):
            for case, took in zip(CASES, measure(recorded=on), strict=True):
                times[case, on].append(took)
    for case in CASES:
        bare, recorded = times[case, False], times[case, True]
        ratios = [b / a for a, b in zip(bare, recorded, strict=True)]
        of_medians = statistics.median(recorded) / statistics.median(bare) - 1
        print(  # noqa: T201 - what this script is for
            f"{case:22s} bare {statistics.median(bare):.4f} s, recorded {statistics.median(recorded):.4f} s, "
            f"of medians {of_medians:+.1%}, of the fastest {min(recorded) / min(bare) - 1:+.1%}, "
            f"median of ratios {statistics.median(ratios) - 1:+.1%}"
        )


def measure(*, recorded: bool) -> list[float]:
    """Run all cases in a shell of a forked child; give the seconds each took."""
    reading, writing = os.pipe()
    gc.freeze()  # as the warm-kernel server does before it forks
    if (child := os.fork()) == 0:
        try:
            os.write(writing, json.dumps(run(recorded=recorded)).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        took: list[float] = json.loads(pipe.read())
    os.waitpid(child, 0)
    return took


def run(*, recorded: bool) -> list[float]:
    """Run all cases in this process."""
    shell = InteractiveShell.instance()
    with tempfile.TemporaryDirectory() as folder:
        if recorded:
            install(shell, Path(folder))
        shell.run_cell(SETUP).raise_error()
        took = []
        for cell in CASES.values():
            shell.run_cell(cell).raise_error()
            took.append(shell.user_ns["took"])
    return took


if __name__ == "__main__":
    main()
