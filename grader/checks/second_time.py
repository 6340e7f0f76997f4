"""What made ``backward()`` go through a graph a second time, in a run that torch broke off for it."""

from __future__ import annotations

import ast

from grader.checks.finding import Finding, failed
from grader.checks.observed import Observed
from grader.checks.source import calls, differentiated, differentiates, loops, names_in, repeats_backward
from grader.records import CheckStatus, Step

SECOND_TIME = "through the graph a second time"
"""What torch says of a graph whose saved tensors have been freed by a ``backward()`` before."""


def second_time(observed: Observed, step1: Finding) -> dict[Step, Finding]:
    """Give the finding of the step it was: a second ``backward()`` in an epoch, or what was not made anew.

    That is a loss which is added to those of the epochs before, or the ŷ of one of these.
    """
    last = observed.epochs[-1]
    if last.following is None and repeats_backward(observed.source):
        return {Step.STEP3: failed("step3.repeated", count=2)}
    if accumulates(observed.source):
        return {Step.STEP2: failed("step2.accumulated", epoch=last.index + 2)}
    if step1.status is CheckStatus.FAILED:
        return {}
    return {Step.STEP1: failed("step1.stale", epoch=last.index + 2)}


def accumulates(source: str) -> bool:
    """Tell whether what a loop differentiates is made of what it was before, and never begun anew there."""
    return any(_sent_back(inner) & _growing(inner) for loop in loops(source) if (inner := _within(loop)))


def _within(loop: ast.stmt) -> list[ast.stmt]:
    return [node for node in ast.walk(loop) if isinstance(node, ast.stmt) and node is not loop]


def _sent_back(inner: list[ast.stmt]) -> set[str]:
    simple = [node for node in inner if not hasattr(node, "body") and differentiates(node)]
    return {name for node in simple for name in differentiated(node) or names_in(node)}


def _growing(inner: list[ast.stmt]) -> set[str]:
    """Give the names that are added to, be they lists, and never bound to anything else."""
    bound = [node for node in inner if isinstance(node, ast.Assign | ast.AugAssign)]
    plain = [(node, {part.id for part in _targets(node) if isinstance(part, ast.Name)}) for node in bound]
    anew = {name for node, names in plain for name in names - _read(node)}
    longer = {name for node in inner if calls(node, "append") for name in names_in(node)}
    return longer.union(*(names for _, names in plain)) - anew


def _targets(node: ast.Assign | ast.AugAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _read(node: ast.Assign | ast.AugAssign) -> set[str]:
    return names_in(node.value) if isinstance(node, ast.Assign) else names_in(node)
