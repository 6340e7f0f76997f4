"""A kit: what students may have of an assignment, as plain JSON with a digest, and what it makes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from grader.assignment.model import STUDENT_ID, Assignment, CheckSpec, Question, Variation
from grader.checks.rows import order_of
from grader.errors import KitError
from grader.kit import expected
from grader.kit.formulas import FUNCTIONS
from grader.kit.numbers import read_tensor
from grader.kit.trainings import Declared, data_of
from grader.records import Limits, Step
from grader.training import Data

FORMAT = 1
WRONG = (KeyError, ValueError, TypeError, AttributeError, IndexError, RuntimeError, RecursionError)


@dataclass(frozen=True)
class Kit:
    """What a released notebook carries. ``document`` is plain JSON, as ``grader.kit.make`` describes it."""

    document: Mapping[str, Any]

    @property
    def text(self) -> str:
        """The document as text, the same for the same document."""
        return json.dumps(self.document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def digest(self) -> str:
        """SHA-256 of the text, in hexadecimal."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def id(self) -> str:
        """Which assignment it is of."""
        return str(self.document["id"])

    @property
    def version(self) -> str:
        """Which version of it."""
        return str(self.document["version"])

    @property
    def files(self) -> Mapping[str, str]:
        """The text of the data files by their names."""
        return {str(name): str(text) for name, text in self.document["files"].items()}

    @property
    def hides(self) -> bool:
        """Whether the assignment has checks that are not in the kit."""
        return bool(self.document["hides"])

    @property
    def later(self) -> Mapping[str, str]:
        """The titles of questions that are judged after handing in alone, by id."""
        return {str(question["id"]): str(question["title"]) for question in self.document["later"]}

    @classmethod
    def read(cls, text: str) -> Kit:
        """Read a document. Raises ``KitError`` if it is none, or of a format this version does not know."""
        try:
            document = json.loads(text)
            if document["format"] != FORMAT:
                raise KitError("the kit is of another format; install the checker anew", "format")
            kit = cls(document)
            kit.assignment()
        except WRONG as error:
            raise damaged() from error
        return kit

    def assignment(self, folder: Path | None = None) -> Assignment:
        """Make the assignment that a notebook is judged against; its points are those of the public checks.

        Args:
            folder: receives the data files, for a kernel that is to find them; without it there are none.

        Raises:
            KitError: the document is damaged.
        """
        try:
            return self._assignment(folder)
        except WRONG as error:
            raise damaged() from error

    def _assignment(self, folder: Path | None) -> Assignment:
        document = self.document
        data = _data(document["data"])
        questions = tuple(_question(question, data) for question in document["questions"])
        public = sum(question.points for question in questions)
        assignment = Assignment(
            id=self.id,
            title=str(document["title"]),
            version=self.version,
            digest=self.digest,
            folder=folder or Path(),
            notebook=Path(f"{self.id}.ipynb"),
            questions=questions,
            files={} if folder is None else write_files(self, folder),
            data=lambda: data,
            limits=Limits(**document["limits"]),
            passing_score=float(document["passing"]) * public,
            show_expected=document["show_expected"],
            deadline=document["deadline"],
            varied=lambda _: Variation(assignment, {}, 0),
            run_twice=0,
            own=_own(document["own"], questions, data),
        )
        return assignment


def damaged() -> KitError:
    """Make the error for what reads like no kit."""
    return KitError("the kit is damaged; take the notebook's first cells from a fresh copy", "damaged")


def write_files(kit: Kit, folder: Path) -> dict[str, Path]:
    """Write the data files into ``folder``; give their paths by name. Raises ``KitError``, ``OSError``."""
    paths = {}
    for name, text in kit.files.items():
        if name in {"", ".", ".."} or re.search(r"[/\\\0:]", name):
            raise damaged()
        paths[name] = folder / name
        paths[name].write_text(text, encoding="utf-8", newline="")
    return paths


def _data(written: Mapping[str, Any]) -> Data:
    return SimpleNamespace(**{str(name): _datum(value) for name, value in written.items()})


def _datum(written: Mapping[str, Any]) -> Any:
    match written:
        case {"tensor": tensor}:
            return read_tensor(tensor)
        case {"function": str(name)}:
            return FUNCTIONS[name]
        case {"plain": bool() | int() | float() | str() as plain}:
            return plain
    raise ValueError("not data")


def _question(written: Mapping[str, Any], data: Data) -> Question:
    checks = tuple(CheckSpec(**{**check, "step": Step(check["step"])}) for check in written["checks"])
    names = {check.name for check in checks}
    training, forms = None, []
    if written["training"] is not None:
        training = Declared(written["training"])
        if not data_of(written["training"]) <= vars(data).keys():
            raise ValueError("a training on data that are not there")
        training.step3(training.init(), data)
    else:
        forms = [_form(form, data) for form in written["forms"]]
        if not forms or any(names - form().keys() for form in forms):
            raise ValueError("a question without expected values")
    return Question(
        id=str(written["id"]),
        title=str(written["title"]),
        points=sum(check.points for check in checks),
        checks=checks,
        training=training,
        values=forms[0] if forms else None,
        others=tuple(forms[1:]),
    )


def _form(written: Mapping[str, Any], nominal: Data) -> Callable[..., Mapping[str, Any]]:
    """Give the function that reads a form as it is on data; on the assignment's own it is read once."""

    def on(data: Data) -> dict[str, Any]:
        order = order_of(nominal, data)
        read = {name: expected.read(value, data) for name, value in written.items()}
        return {name: expected.in_order(written[name], value, order) for name, value in read.items()}

    known = {name: expected.read(value, nominal) for name, value in written.items()}
    return lambda data=None: known if data is None or data is nominal else on(data)


def _own(written: Mapping[str, str], questions: Sequence[Question], data: Data) -> dict[str, str]:
    """Give what is a student's own, where it is among the data and its question asks for it."""
    asked = {question.id: {check.name for check in question.checks} for question in questions}
    own = {str(name): str(source) for name, source in written.items()}
    for name, source in own.items():
        if name not in vars(data) or (source != STUDENT_ID and name not in asked[source]):
            raise ValueError(f"{name} is nobody's own")
    return own


def limits_of(assignment: Assignment) -> dict[str, Any]:
    """Give an assignment's limits as a document has them."""
    return asdict(assignment.limits)
