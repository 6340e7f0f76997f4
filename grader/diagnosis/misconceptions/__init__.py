"""The misconceptions, each a function from ``Training`` to ``Training``: the reference with a step replaced.

A function's name with hyphens is its code. Its docstring is what the student reads in English, so its first
sentence speaks to them; ``{placeholders}`` are filled from the evidence. The Korean stands in the catalogue
under
``diagnosis.`` and the code. This package holds nothing else, so that the renderers can read the words from
it.
"""
