"""Grades Jupyter notebooks in which students train small PyTorch models by hand.

Importing this package stays cheap: torch and the rest are imported where they are used.
"""

__version__ = "0.1.0"
