"""The command line: one module a command; options in, one call, words and an exit code out."""

from grader.cli import (  # to be registered
    check,
    ci,
    doctor,
    grade,
    new,
    release,
    report,
    schema,
    validate,
)
from grader.cli.app import app

__all__ = ["app", "check", "ci", "doctor", "grade", "new", "release", "report", "schema", "validate"]
