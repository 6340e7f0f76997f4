"""Values that can be told by the names that were asked for alone: all are wrong, or were never made."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from grader.checks.source import parsed
from grader.matching.hits import Wanted
from grader.matching.stretches import Claim
from grader.matching.units import RAISED, Unit

MOST = 0.5  # of a question's points have to be asked for by such names
_WITH_NAMES_OF_THEIR_OWN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def by_names(
    units: Sequence[Unit],
    sources: Mapping[int, str],
    wanted: Mapping[str, Wanted],
    found: Mapping[str, Collection[str]],
) -> list[Claim]:
    """Give what was given the names that one question alone asks for, where no right value has been found.

    Only in the cells in which a name came first: later it may have been another thing's. ``found`` are the
    names whose values are known, by question; one without any was answered if it has most of its names.
    """
    asking = Counter(name for one in wanted.values() for name in one.specs)
    given = list(_given(units, sources))
    claims = []
    for question, one in wanted.items():
        known = found.get(question, ())
        points = {n: spec.points for n, spec in one.specs.items() if asking[n] == 1 and n not in known}
        own = [(claim, names & points.keys()) for claim, names in given if names & points.keys()]
        first = {name: claim.first[0] for claim, names in reversed(own) for name in names}
        most = MOST * sum(spec.points for spec in one.specs.values())
        if known or sum(points[name] for name in first) > most:
            cells = {*first.values()}
            claims += [Claim(question, c.first, c.last) for c, _ in own if c.first[0] in cells]
    return claims


def _given(units: Sequence[Unit], sources: Mapping[int, str]) -> Iterator[tuple[Claim, set[str]]]:
    """Give the moments at which names got values, in order; cells that raised with all they name."""
    for unit in units:
        if unit.run is None:
            names = set(unit.values)
            if RAISED in names:
                names |= _assigned(sources[unit.first[0]])
            yield Claim(None, unit.first, unit.last), names


def _assigned(source: str) -> set[str]:
    """Give the names that a cell's text assigns outside of functions; none where it is no Python."""
    body = parsed(source).body
    nodes = [n for one in body if not isinstance(one, _WITH_NAMES_OF_THEIR_OWN) for n in ast.walk(one)]
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
