"""Students at work: released notebooks, filled in as they would be."""

import re
from copy import deepcopy

import nbformat
from nbformat.v4 import new_code_cell

from grader.assignment.source import read_notebook
from grader.kit import make
from grader.kit.notebook import released

SOLUTION = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[ \t]*\n?", re.MULTILINE)


def kit_notebook(assignment, **given):
    """Give the notebook that students of an assignment get."""
    return released(read_notebook(assignment.notebook), make(assignment), **given)


def filled(assignment, answers=None, notebook=None):
    """Give the released notebook with the solutions, or what ``answers`` has for a question, written in."""
    notebook = deepcopy(notebook or kit_notebook(assignment))
    source = {cell.id: cell for cell in read_notebook(assignment.notebook).cells}
    for cell in notebook.cells:
        if cell.cell_type != "code" or cell.id not in source:
            continue
        own = source[cell.id]
        if "BEGIN SOLUTION" in own.source:
            for name in assignment.files:
                own.source = re.sub(rf"https?://[^\s\"']+/{re.escape(name)}", name, own.source)
            cell.source = SOLUTION.sub("", own.source).rstrip("\n")
        question = cell.metadata.get("grader", {}).get("question")
        if answers and question in answers:
            cell.source = f"# 문제: {question}\n{answers[question]}"
    return notebook


def with_cells(notebook, *cells):
    """Give a notebook with code cells in place of its last one."""
    notebook = deepcopy(notebook)
    notebook.cells[-1:] = [new_code_cell(cell) for cell in cells]
    return notebook


def texts(cell):
    """Give what a cell shows as plain text."""
    found = [
        output.get("text") or output.get("data", {}).get("text/plain", "")
        for output in cell.get("outputs", [])
    ]
    return "\n".join(found)


def pages(cell):
    """Give what a cell shows as HTML."""
    return "\n".join(output.get("data", {}).get("text/html", "") for output in cell.outputs)


def write(notebook, path):
    """Write a notebook; give its path."""
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path
