"""Plain nbclient: ``python plain.py OUT NOTEBOOK...`` executes each notebook and writes it to ``OUT``."""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

out, *notebooks = map(Path, sys.argv[1:])
for file in notebooks:
    notebook = nbformat.read(file, as_version=4)
    NotebookClient(notebook, resources={"metadata": {"path": str(file.parent)}}).execute()
    nbformat.write(notebook, out / file.name)
