"""The lecture's 6000 epochs cut short, where what is tested does not depend on how many there are."""

from dataclasses import replace

EPOCHS = 60


def asking_less(assignment, epochs=EPOCHS):
    """Ask for ``epochs`` in place of 6000; the assignment must have been loaded for this alone."""
    for question in assignment.questions:
        if question.training is not None and question.training.epochs == 6000:
            question.training.epochs = epochs
    return assignment


def shortened(submission, epochs=EPOCHS):
    """Give the notebook with loops of ``epochs`` in place of 6000."""
    cells = (replace(cell, source=_less(cell.source, epochs)) for cell in submission.cells)
    return replace(submission, cells=tuple(cells))


def with_short_loops(notebook, epochs=EPOCHS):
    """Do the same to a notebook file's content."""
    for cell in notebook.cells:
        cell.source = _less(cell.source, epochs)
    return notebook


def _less(source, epochs):
    return source.replace("range(6000)", f"range({epochs})")
