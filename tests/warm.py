"""Run as a program: executes cells under the recorder, each notebook in a forked child of one warm process.

A request is a line of JSON on standard input, ``{"folder", "cells", "shift", "inputs", "afresh"}``:
``inputs`` are what functions are called on, by key; ``afresh`` has the places of cells that meet the names,
and torch's generator, as the cell at another place met them. The answer is a line on standard output: for
each cell ``null`` or ``[name, message, line]`` of the exception that ended it. What was recorded lies in the
folder.
"""

# ruff: noqa: E402 - the collector is stopped first: what is imported stays

import gc

gc.disable()

import json
import linecache
import os
import signal
import sys
import traceback
from pathlib import Path

import torch
from forked import shell
from IPython.core.interactiveshell import InteractiveShell

import grader.execution.child.compiler  # the first optimizer of each child would import torch's
import grader.recorder
from grader.execution.child import seeds

SECONDS = 60  # for the cells of one request
#: The modules that call a cell's code. Their lines are read by torch.manual_seed, which keeps the stack.
CALLERS = ("IPython.core.async_helpers", "IPython.core.interactiveshell", "grader.recorder.install")


def main():
    """Answer requests until standard input ends."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - for the children, like the next
    import pandas as pd  # noqa: F401, PLC0415

    plt.switch_backend("agg")
    plt.plot([0, 1])  # fonts are looked for once
    plt.close()
    torch.set_num_threads(1)
    shell()
    torch.manual_seed(0)
    for name in CALLERS:
        linecache.getlines(sys.modules[name].__file__)
    gc.freeze()  # a child's collector does not touch, and so copy, what it shares with this process
    gc.enable()
    for line in sys.stdin:
        request = json.loads(line)
        sys.stdout.write(in_a_child(request) + "\n")
        sys.stdout.flush()


def in_a_child(request):
    """Fork, execute in the child, and give the line that it wrote; an empty one if it died."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(SECONDS)
            os.close(reading)
            os.write(writing, execute(**request).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        line = pipe.read()
    os.waitpid(child, 0)
    return line


def execute(cells, folder, shift, inputs, *, seed=None, afresh=None):
    """Run the cells in the shell that nobody has used yet; give the line of what ended each."""
    sys.stdin = sys.stdout = sys.stderr = open(os.devnull, "r+")  # noqa: PTH123, SIM115 - until the process ends
    torch.manual_seed(shift if seed is None else seed)
    seeds.install(shift)
    shell = InteractiveShell.instance()
    shell.register_magic_function(lambda _: None, "line", "matplotlib")  # this shell shows no pictures,
    shell.InteractiveTB.set_mode("Minimal")  # nor whose code an error came through, which takes a second
    calls = {key: torch.tensor(values) for key, values in inputs.items()}
    grader.recorder.install(shell, Path(folder), inputs=calls)
    ended, met = [], dict.fromkeys((afresh or {}).values())
    for place, cell in enumerate(cells):
        if (like := (afresh or {}).get(str(place))) is not None:
            names, generator = met[like]
            shell.user_ns.clear()
            shell.user_ns.update(copied(names))
            torch.set_rng_state(generator)
        if place in met:
            met[place] = copied(shell.user_ns), torch.get_rng_state()
        result = shell.run_cell(cell)
        error = result.error_before_exec or result.error_in_exec
        ended.append(None if error is None else [type(error).__name__, str(error), line_of(error, cell)])
    return json.dumps(ended)


def line_of(error, cell):
    """Find the line of a cell's own text, from 1, through which its exception went last."""
    names = InteractiveShell.instance().user_ns
    frames = [(frame, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    files = [frame.f_code.co_filename for frame, _ in frames if frame.f_globals is names]
    lines = [line for frame, line in frames if frame.f_code.co_filename == files[0]] if files else []
    above = cell[: len(cell) - len(cell.lstrip())].count("\n")  # IPython drops them
    return above + lines[-1] if lines else None


def copied(names):
    """Copy names, and the tensors that an answer may change in place."""
    return {name: value.clone() if type(value) is torch.Tensor else value for name, value in names.items()}


if __name__ == "__main__":
    main()
