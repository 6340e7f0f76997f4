"""One repository as it lies here: its notebook found, run and judged by public checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.ci.kits import Pinned, pinned, settle
from grader.ci.settings import Settings
from grader.errors import GraderError, KitError, SubmissionError
from grader.execution.kernel import KernelFactory
from grader.file_names import readable
from grader.grading import ungraded
from grader.kit import Kit, kit_of, stamp_of
from grader.records import Message, Report, Submission
from grader.selfcheck.notebook import check_notebook
from grader.selfcheck.public import passes
from grader.submission import collect, read
from grader.submission.choosing import choose
from grader.submission.handed_in import HandedIn
from grader.withholding import withheld


@dataclass(frozen=True)
class Checked:
    """What a student may be told of a push. ``report`` has been through ``withheld``.

    ``notebook`` is the file that was checked, ``None`` where there is none.
    """

    report: Report
    passed: bool
    kit: Kit
    notebook: Path | None = None


def check(folder: Path, kernel: KernelFactory, *, kit: str = "", share: float | None = None) -> Checked:
    """Check the notebook of a repository.

    Args:
        folder: the repository, as it is checked out.
        kernel: how a kernel is started.
        kit: where the released kit is, in place of what ``grader.toml`` says.
        share: of the points, from 0 to 1, what passes; the assignment says it otherwise.

    Raises:
        GraderError: there is nothing to check against, or the machine failed.
    """
    settings = Settings.read(folder)
    found, broken = _notebooks(folder, settings)
    pin = _pinned(folder, settings, kit, found)
    path = _chosen(found, pin, settings)
    if path is None:
        return _without(broken, pin, settings)
    submission = replace(found[path], path=readable(path))
    try:
        used, odd = settle(pin, submission.notebook)
    except KitError as error:
        if pin.asked and (kit or settings.kit):
            said = f"{path}: carries no kit of its own, and that at {kit or settings.kit} could not be had"
            raise GraderError(said, "ci-no-kit", {"path": path, "kit": kit or settings.kit}) from None
        raise KitError(str(error), error.code, {"where": path}) from None
    _require_its_kit(path, submission, used, kit or settings.kit)
    if settings.assignment and used.id != settings.assignment:
        raise GraderError(
            f"{path} is of the assignment {used.id!r}; grader.toml says {settings.assignment!r}",
            "ci-other-assignment",
            {"path": path, "assignment": used.id, "named": settings.assignment},
        )
    report, _ = check_notebook(submission, used, kernel=kernel)
    others = ", ".join(other for other in (*found, *broken) if other != path)
    if others:
        odd = (*odd, Message("flag.repository.notebooks", {"chosen": path, "others": others}))
    report = replace(report, flags=(*odd, *report.flags, *_advice(used)))
    return Checked(withheld(report), _passes(report, used, share), used, folder / path)


def _notebooks(folder: Path, settings: Settings) -> tuple[dict[str, Submission], dict[str, SubmissionError]]:
    """Read the notebooks by their path in the repository; those that cannot be read come apart."""
    paths = [folder / settings.notebook] if settings.notebook else collect([folder])
    if settings.notebook and not paths[0].resolve().is_relative_to(folder.resolve()):
        said = f"grader.toml: notebook = {settings.notebook!r} lies outside the repository"
        raise GraderError(said, "ci-outside", {"notebook": settings.notebook})
    found, broken = {}, {}
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            found[name] = read(path)
        except SubmissionError as error:
            broken[name] = error
    return found, broken


def _pinned(folder: Path, settings: Settings, kit: str, found: Mapping[str, Submission]) -> Pinned:
    """Find the released kit: where we are told, else under its usual name in the repository."""
    source = kit or settings.kit
    if not source:
        stamps = (stamp_of(submission.notebook) for submission in found.values())
        ids = [settings.assignment, *(stamp.id for stamp in stamps if stamp)]
        names = [f"{name}.kit.json" for name in ids if name and Path(name).name == name]
        source = next((name for name in names if (folder / name).is_file()), "")
    return pinned(source, "" if kit else settings.digest, folder)


def _chosen(found: Mapping[str, Submission], pin: Pinned, settings: Settings) -> str | None:
    """Choose the notebook that answers most of what a kit asks."""
    if len(found) < 2:
        return next(iter(found), None)
    kit = pin.kit or next(_kits(list(found.values())), None)
    asked = kit.assignment().questions if kit else ()
    name = f"{kit.id if kit else settings.assignment}.ipynb"
    return choose(found, name, {question.id: question.marker for question in asked}, ())


def _kits(submissions: Sequence[Submission]) -> Iterator[Kit]:
    for submission in submissions:
        try:
            yield kit_of(submission.notebook)
        except KitError:
            continue


def _require_its_kit(path: str, submission: Submission, used: Kit, source: str) -> None:
    """Refuse another assignment's kit: every question of it would be unanswered, and no student's fault."""
    stamp = stamp_of(submission.notebook)
    if stamp is None or stamp.id == used.id:
        return
    source = source or f"{used.id}.kit.json"
    named = {"kit": source, "named": used.id, "path": path, "assignment": stamp.id}
    said = "{kit} is of {named!r}, {path} of {assignment!r}; name another with --kit, or kit in grader.toml"
    raise GraderError(said.format(**named), "ci-other-kit", named)


def _without(broken: Mapping[str, SubmissionError], pin: Pinned, settings: Settings) -> Checked:
    """Report that there is no notebook, or none that can be read."""
    missing = SubmissionError("there is no notebook (*.ipynb) in this repository", "repository-no-notebook")
    name, error = next(iter(broken.items()), ("", missing))
    if pin.kit is None:
        where = f"grader.toml: notebook = {name!r}" if settings.notebook else name
        raise SubmissionError(str(error), error.code, error.params | ({"where": where} if name else {}))
    report = ungraded(HandedIn(Path(name or f"{pin.kit.id}.ipynb"), wrong=error), pin.kit.assignment(), error)
    return Checked(report, passed=False, kit=pin.kit)


def _advice(kit: Kit) -> tuple[Message, ...]:
    """Say what a check on a push is not: the mark."""
    hidden = (Message("flag.ci.hides"),) if kit.hides or kit.later else ()
    return (Message("flag.ci.advice"), *hidden)


def _passes(report: Report, kit: Kit, share: float | None) -> bool:
    assignment = kit.assignment()
    if share is not None:
        assignment = replace(assignment, passing_score=share * assignment.max_score)
    return passes(report, assignment)
