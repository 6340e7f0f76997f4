"""The command line: one module a command; options in, one call, words and an exit code out."""

from grader.cli import doctor, grade, report, schema, validate  # what registers the commands
from grader.cli.app import app

__all__ = ["app", "doctor", "grade", "report", "schema", "validate"]
