"""Records, inside a student's kernel, what its cells do with torch. Needs nothing else of grader.

What is written
---------------
One pair of files for each executed code cell, in the order of execution: ``cell-0000.json`` and, for values
of more than a few numbers, ``cell-0000.safetensors``. They appear when the cell ends, and every few seconds
while it runs, so that a dead kernel loses one cell. The JSON is ``{"format", "cell", "complete", "faults",
"slots", "optimizers", "events", "values", "gone", "raised"}``; ``faults`` counts what the recorder failed to
do, ``raised`` is the innermost cell and line of the notebook that an exception came through.

A *value* is an object with a ``kind``: ``tensor`` and ``array`` (``shape``, ``dtype``, and either
``values``, flat, or
``ref``, a name in the safetensors file, or ``sample``, evenly strided elements of a large one, or none of
them),
``number``, ``text``, ``sequence``, ``exception``, ``none``, ``object``, ``function`` (``results``: values by
the keys of the inputs it was called on).

A *slot* is what a leaf of the graph is called and looks like: ``[name, shape, dtype]``. Events, in order of
``seq``:

``seed``      ``torch.manual_seed`` was called.
``backward``  ``backward()`` or ``torch.autograd.grad``: ``roots`` as ``[value, shape, dtype]``, ``weights``
              of the roots where they are not one, ``leaves`` as
              ``[slot, number, value, gradient before, gradient after]``, ``touched`` if the parameters were
              written with the values they had, at sampled epochs the ``graph`` and the ``variables``
              (tensors of the calling frames and the namespace).
``step``      an optimizer's step: ``[slot, number, before, gradient, after]`` for each parameter, the
              gradient as the step found it or, with a closure, left it. In a long steady loop ``before``
              and ``after`` are null: they stand in the backwards around the step.
``names``     a statement of the cell has ended: ``line``, the ``values`` of the names that stand
              for something else since the one before, ``gone``, the names that are no more.
``leaves``    at the cell's end: ``[slot, number, value]`` of the leaves of the last backward.

``number`` names a tensor object, ``stream`` a set of leaves within the cell. ``epoch`` counts changes of
the parameters within the stream and ``backwards`` the passes of that epoch, both exactly, also where events
were thinned out.
"""

from __future__ import annotations

from grader.recorder.install import install

__all__ = ["install"]
