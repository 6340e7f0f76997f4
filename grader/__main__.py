"""``python -m grader`` is ``grader``."""

from grader.cli import app

if __name__ == "__main__":
    app()
