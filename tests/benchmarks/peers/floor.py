"""The bare floor: ``python floor.py OUT NOTEBOOK...`` runs each notebook's cells in a fork, without Jupyter.

The parent imports what a warm kernel has imported. The child ``exec``s the cells one after the other and
renders the figures that are open at the end of a cell, as a notebook shows them. Nothing is recorded or
written, but for an empty file that tells when it was done.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import sys
from pathlib import Path

PRELOADED = (
    "torch",
    "grader.execution.child.compiler",
    "pandas",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
)


def main() -> None:
    """Run all notebooks, one after the other."""
    os.environ["MPLBACKEND"] = "agg"
    for name in PRELOADED:
        importlib.import_module(name)
    gc.freeze()
    out, *notebooks = map(Path, sys.argv[1:])
    for notebook in notebooks:
        if (child := os.fork()) == 0:
            try:
                run(notebook)
            except BaseException:  # noqa: BLE001 - a child must not go on as its parent
                os._exit(1)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            raise SystemExit(f"{notebook}: a cell raised")
        (out / notebook.stem).touch()


def run(notebook: Path) -> None:
    """Run one notebook's code cells in its own folder."""
    import torch  # noqa: PLC0415 - the parent has it; the child takes it from there
    from matplotlib import pyplot as plt  # noqa: PLC0415

    torch.set_num_threads(1)
    os.chdir(notebook.parent)
    namespace: dict[str, object] = {"__name__": "__main__"}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), namespace)
        for number in plt.get_fignums():
            plt.figure(number).savefig(io.BytesIO(), format="png", bbox_inches="tight")
        plt.close("all")


if __name__ == "__main__":
    main()
