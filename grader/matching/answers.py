"""A whole notebook: its labels, held against its content -> the parts that answer each question."""

from __future__ import annotations

import math
from collections.abc import Sequence

from grader.assignment.model import Assignment
from grader.matching.broken import broken_trainings
from grader.matching.content import Content, Offer
from grader.matching.headings import texts_of
from grader.matching.hints import hints, named_code
from grader.matching.labels import Label, has_code, lines_of, read_labels
from grader.matching.matched import Answers, Matched
from grader.matching.moves import holds, metadata_are_wrong, moved
from grader.matching.names import by_names
from grader.matching.said import in_words, odd
from grader.matching.search import Choice, Found, Option, search
from grader.matching.stretches import Claim, Notebook, without
from grader.matching.units import END, RAISED, Unit
from grader.recording import Part, Recording, Value
from grader.records import MatchedBy, Message, Submission
from grader.runs.training_runs import Begin
from grader.training import Data

CERTAIN = 0.75  # below, a match by content is flagged
BY_TEXT = 0.7  # how sure it is that code without a run or a right value answers the question named above it


def match(
    submission: Submission, recording: Recording, units: Sequence[Unit], assignment: Assignment, own: Data
) -> Answers:
    """Give each question the parts of cells that answer it; a question without any is not in the result.

    A label holds: the visible line before the metadata. It gives way where what it labels is exactly
    the answer to another question that has none of its own. Metadata that are wrong like that for most of a
    notebook are not believed at all. Questions without a label are looked for in what no label claims.

    ``units`` are those of ``recording``; ``own`` are the data, with what is known to be the student's own in
    place.
    """
    return _Matcher(submission, recording, units, assignment, own).answers()


class _Matcher:
    def __init__(
        self,
        submission: Submission,
        recording: Recording,
        units: Sequence[Unit],
        assignment: Assignment,
        own: Data,
    ) -> None:
        self.cells = submission.cells
        self.sources = {cell.index: cell.source for cell in submission.cells}
        self.recording, self.units = recording, units
        self.titles = {question.id: question.title for question in assignment.questions}
        self.ids = list(self.titles)
        texts = texts_of(submission.cells, assignment.questions)
        content = Content(assignment.questions, assignment.data(), own, self.units)
        self.wanted, self.trainings = content.wanted, content.trainings
        offers = [content.offer(unit) for unit in self.units]
        self.offers = [offer for offer in offers if offer.options or offer.unit.run]
        self.notebook = Notebook(submission.cells, self.recording)
        self.flags: list[Message] = []
        self.labels = self._labels()
        self.owners = [self._owner(offer) for offer in self.offers]
        self.moved = moved(self.offers, self.owners, self.wanted)
        self.labelled = self._labelled()
        spoken = any(text.evidence for text in texts.values())
        silent = self._in_ids(self._search()) if spoken else [None] * len(self.offers)
        self.hints = hints(texts, self.offers, silent, self.wanted)
        self.offers = [o.under(text) for o, text in zip(self.offers, self.hints.units, strict=True)]

    def answers(self) -> Answers:
        """Match labels first, then content."""
        found = self._search()
        labels = self._in_ids(found)
        self._left_over(labels)
        named = self._by_names(labels)
        content = self._by_content(labels, named)
        margins = {self.ids[i]: margin for i, margin in found.margins.items()}
        seen = {*margins, *(claim.question for claim in named)}
        matched = {}
        for question in self.ids:
            if question in self.labelled:
                by, parts, sure = *self.labelled[question], 1.0
            elif question in content and (question in seen or question not in self.blank):
                # None: by names alone, or by a text, which a blank cell belies
                margin = margins.get(question)
                sure = BY_TEXT if margin is None else 1 - 0.5 * math.exp(-max(margin, 0.0))
                by, parts = MatchedBy.CONTENT, content[question]
                self._say_if_doubtful(question, parts, sure)
            elif question in self.blank:
                by, parts, sure = *self.blank[question], 1.0
            else:
                continue
            matched[question] = Matched(
                by,
                sure,
                tuple(parts),
                self._values(question, parts, labels),
                self._others(question, parts, labels),
            )
        return Answers(matched, tuple(self.flags))

    # ── labels ────────────────────────────────────────────────────────────────────────────────────────────

    def _labels(self) -> list[Label]:
        labels = read_labels(self.cells, self.ids, self.recording)
        by_metadata = [label for label in labels if label.by is MatchedBy.METADATA]
        if metadata_are_wrong(by_metadata, self.offers, self.wanted):
            self.flags.append(Message("flag.metadata-distrusted"))
            labels = read_labels(self.cells, self.ids, self.recording, metadata=False)
        self.flags += odd(labels, self.titles)
        return labels

    def _owner(self, offer: Offer) -> str | None:
        return next((label.question for label in self.labels if holds([label.part], offer.unit)), None)

    def _labelled(self) -> dict[str, tuple[MatchedBy, list[Part]]]:
        """Give the labelled parts of the questions that have code there, without what has moved away."""
        gone = [part for i in self.moved for part in self._moved_parts(i)]
        parts: dict[str, tuple[MatchedBy, list[Part]]] = {}
        for label in self.labels:
            left = [p for p in without(label.part, gone) if p.whole or self._has_code([p])]
            if self._needs_more(label, left):  # one statement has trained for both
                left = [label.part]
            parts.setdefault(label.question, (label.by, []))[1].extend(left)
        self.blank = {q: found for q, found in parts.items() if found[1] and not self._has_code(found[1])}
        return {q: found for q, found in parts.items() if self._has_code(found[1])}

    def _needs_more(self, label: Label, left: Sequence[Part]) -> bool:
        """Tell whether a training that stays a label's is in what has moved away."""
        owned = zip(self.offers, self.owners, strict=True)
        return any(
            owner == label.question
            and i not in self.moved
            and holds([label.part], offer.unit)
            and not holds(left, offer.unit)
            and offer.unit.run is not None
            and offer.unit.run.count > 1
            for i, (offer, owner) in enumerate(owned)
        )

    def _has_code(self, parts: Sequence[Part]) -> bool:
        return any(has_code(lines_of(self.sources[part.cell], part)) for part in parts)

    def _moved_parts(self, place: int) -> list[Part]:
        """Give the parts a moved unit takes along: all of its label's where all that is in it moves there."""
        offer, label = self.offers[place], self.owners[place]
        whole = [
            other.part for other in self.labels if other.question == label and holds([other.part], offer.unit)
        ]
        inside = [i for i, other in enumerate(self.offers) if holds(whole, other.unit)]
        if all(self.moved.get(i) == self.moved[place] for i in inside):
            return whole
        here = [other.unit.last for other in self.offers if other.unit.last[0] == offer.unit.first[0]]
        previous = max((last for last in here if last < offer.unit.first), default=None)
        return self.notebook.since(previous, Claim(None, offer.unit.first, offer.unit.last))

    # ── content ───────────────────────────────────────────────────────────────────────────────────────────

    def _search(self) -> Found:
        """Find out which units answer the questions without a label; labelled units say where these stand."""
        settled = {*self.labelled, *self.moved.values()}
        choices = []
        several = len({offer.unit.first[0] for offer in self.offers}) > 1
        for i, (offer, owner) in enumerate(zip(self.offers, self.owners, strict=True)):
            mine = self.moved.get(i, owner)
            cell = offer.unit.first[0] if several else -1
            if mine is not None:
                choices.append(Choice({self.ids.index(mine): Option()}, float(END), cell))
            else:
                open_ones = {self.ids.index(q): o for q, o in offer.options.items() if q not in settled}
                choices.append(Choice(open_ones, offer.none if open_ones else 0.0, cell))
        return search(choices, [self.wanted[q].telling if q in self.wanted else None for q in self.ids])

    def _in_ids(self, found: Found) -> list[str | None]:
        return [None if i is None else self.ids[i] for i in found.labels]

    def _left_over(self, labels: list[str | None]) -> None:
        """Give networks that nobody claims to the values question whose they would be, if it is its turn.

        Not those that the next answer was computed with: a question that asks for no network of its own may
        need one.
        """
        for i, offer in enumerate(self.offers):
            networks = [q for q, names in offer.values.items() if all("." in name for name in names)]
            for question in [] if labels[i] else networks:
                place = self.ids.index(question)
                before = [self.ids.index(label) for label in labels[:i] if label]
                after = [(j, label) for j, label in enumerate(labels) if label and j > i]
                turn = all(b < place for b in before[-1:]) and all(
                    self.ids.index(a) > place for _, a in after[:1]
                )
                if question not in {*labels, *self.labelled} and turn and not self._serves(i, after[:1]):
                    labels[i] = question

    def _serves(self, place: int, following: Sequence[tuple[int, str]]) -> bool:
        """Tell whether a network is still there where the next answer needs one."""
        if not following or not (needs := self.wanted.get(following[0][1])) or needs.asks_for_module:
            return False
        names = {name for name in self.offers[place].unit.values if "." not in name}
        until = self.offers[following[0][0]].unit.first
        between = [unit for unit in self.units if self.offers[place].unit.first < unit.first <= until]
        return not any(names & set(unit.values) for unit in between)

    def _by_content(self, labels: Sequence[str | None], named: Sequence[Claim]) -> dict[str, list[Part]]:
        """Give the parts of the questions that were found by content or by names, or are named above code."""
        claims = [
            Claim(question, offer.unit.first, offer.unit.last)
            for offer, question in zip(self.offers, labels, strict=True)
            if question is not None or offer.unit.run is not None
        ]
        claims += [*named, *self._named_above([*labels, *(claim.question for claim in named)])]
        claims += self._broken(claims)
        mine = {label.part.cell for label in self.labels}
        content: dict[str, list[Part]] = {}
        for question, parts in self.notebook.stretches(claims).items():
            free = [part for part in parts if part.cell not in mine]
            if question not in self.labelled and question not in self.moved.values() and self._has_code(free):
                content[question] = free
        for i, question in self.moved.items():
            if question not in self.labelled:
                self._say_moved(i, question)
            parts = self._moved_parts(i)
            if question in self.labelled:
                self.labelled[question][1].extend(parts)
            else:
                content.setdefault(question, []).extend(
                    p for p in parts if p not in content.get(question, ())
                )
        return content

    def _by_names(self, labels: Sequence[str | None]) -> list[Claim]:
        """Give what has a name that a question without a label asks for, and another value."""
        found: dict[str, set[str]] = {}
        for offer, label in zip(self.offers, labels, strict=True):
            if label in self.wanted:
                found.setdefault(label, set()).update(offer.values.get(label, ()))
        taken = {offer.unit.first for offer, label in zip(self.offers, labels, strict=True) if label}
        parts = [label.part for label in self.labels]
        free = [unit for unit in self.units if unit.first not in taken and not holds(parts, unit)]
        settled = {*self.labelled, *self.moved.values()}
        open_ones = {question: one for question, one in self.wanted.items() if question not in settled}
        return by_names(free, self.sources, open_ones, found)

    def _named_above(self, labels: Sequence[str | None]) -> list[Claim]:
        """Give the cells below a text that names a question which nothing else answers: code that raised.

        Each by itself: what answers other questions may stand between them.
        """
        taken = {cell for offer in self.offers for cell in range(offer.unit.first[0], offer.unit.last[0] + 1)}
        taken |= {label.part.cell for label in self.labels}
        known = {*self.labelled, *self.moved.values(), *labels}
        return [
            Claim(question, (cell, -1), (cell, END))
            for question, cells in named_code(self.hints.cells, self.sources).items()
            for cell in cells
            if question not in known and cell not in taken
        ]

    def _broken(self, claims: Sequence[Claim]) -> list[Claim]:
        """Give the cells that raised before anything could be recorded of their training."""
        answered = [(c.first[0], c.question) for c in claims if c.question]
        answered += [(label.part.cell, label.question) for label in self.labels]
        taken = {c for one in claims for c in range(one.first[0], one.last[0] + 1)} | {c for c, _ in answered}
        known = {*self.moved.values(), *(question for _, question in answered)}
        tried = broken_trainings(
            [unit for unit in self.units if unit.first[0] not in taken],
            self.sources,
            [self.ids.index(q) for q in self.trainings if q not in known],
            [(cell, self.ids.index(question)) for cell, question in answered],
        )
        return [Claim(self.ids[place], (cell, -1), (cell, END)) for cell, place in tried.items()]

    # ── what is said ──────────────────────────────────────────────────────────────────────────────────────

    def _values(self, question: str, parts: Sequence[Part], labels: Sequence[str | None]) -> dict[str, Value]:
        """Give the values a question asks for that its own units have, under the names it gives them."""
        if question not in self.wanted:
            return {}
        values: dict[str, Value] = {}
        for offer, label in zip(self.offers, labels, strict=True):
            if label == question or (label is None and holds(parts, offer.unit)):
                values = {**self._seen(offer, question), **values}
        return values | self.wanted[question].truths(self.recording.within(parts))

    def _others(self, question: str, parts: Sequence[Part], labels: Sequence[str | None]) -> frozenset[Begin]:
        """Give the beginnings of other questions' runs in a question's parts: one loop may train for both."""
        return frozenset(
            offer.unit.run.begin
            for offer, label in zip(self.offers, labels, strict=True)
            if offer.unit.run is not None and label not in (None, question) and holds(parts, offer.unit)
        )

    def _seen(self, offer: Offer, question: str) -> dict[str, Value]:
        """Give a unit's values; that a cell raised says something only where no label asks for more.

        Where an error is what was asked for, the checks see by themselves that it was raised, and how often.
        """
        raised, wanted = offer.unit.values.get(RAISED), self.wanted.get(question)
        return {
            name: value
            for name, value in offer.values.get(question, {}).items()
            if value is not raised
            or not (question in self.labelled or (wanted is not None and wanted.asks_for_error(name)))
        }

    def _say_if_doubtful(self, question: str, parts: Sequence[Part], sure: float) -> None:
        if sure < CERTAIN:
            cells = sorted({part.cell + 1 for part in parts})
            params = {"question": self.titles[question], "cells": in_words(cells)}
            self.flags.append(Message("flag.match-uncertain", params))

    def _say_moved(self, place: int, question: str) -> None:
        params = {
            "question": self.titles[question],
            "cell": self.offers[place].unit.first[0] + 1,
            "other": self.titles[str(self.owners[place])],
        }
        message = Message("flag.answer-elsewhere", params)
        if message not in self.flags:
            self.flags.append(message)
