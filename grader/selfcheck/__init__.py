"""Students check their own work: a notebook file run from top to bottom, or the kernel they sit at.

Both judge by the kit that the notebook carries, with the same checks, words and diagnoses as ``grader
grade``. ``extension`` is what ``import grader`` offers within a notebook.
"""
