"""Many submissions: one after the other or several at once, each with its own folder of results."""

from __future__ import annotations

import asyncio
import json
import traceback
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import nbformat

from grader.adjustments import adjusted, read_adjustments
from grader.assignment.model import Assignment
from grader.errors import GraderError, OutputError, StoppedError, unwritable
from grader.execution.kernel import KernelFactory, temporary_folder
from grader.file_names import unique_slugs
from grader.grading import grade_async, ungraded
from grader.output_folder import CLASS, TABLE, class_text, remember_gradebook, results_in
from grader.records import Execution, Report, ReportStatus
from grader.render.html import ClassEntry, class_page, student_page
from grader.render.messages import localize
from grader.render.notebook_page import notebook_page
from grader.render.outputs import OUTPUTS
from grader.render.result_json import dumps, loads
from grader.submission.handed_in import HandedIn
from grader.withholding import withheld


@dataclass(frozen=True)
class Batch:
    """How a batch is graded: against what, where to, in which language, how many at once."""

    assignment: Assignment
    out: Path
    kernel: KernelFactory
    lang: str = "ko"
    jobs: int = 1
    resume: bool = False


def grade_all(batch: Batch, given: Sequence[HandedIn], done: Callable[[Report], None]) -> list[ClassEntry]:
    """Grade notebooks, write each one's folder and the class's pages; entries come in the order of ``given``.

    Args:
        batch: what they have in common.
        given: the notebooks.
        done: called with each report as it is ready.

    A submission that fails has a report that says why; the others are graded all the same. Ctrl-C ends the
    kernels that run and leaves the results there are, as ``StoppedError`` says. A line of ``adjustments.csv``
    that fits nobody is a ``GraderError`` once everything is written.
    """
    slugs, rows = unique_slugs([one.called for one in given]), read_adjustments(batch.out)
    try:
        reports = asyncio.run(_grade_all(batch, list(zip(given, slugs, strict=True)), done))
    except KeyboardInterrupt:
        raise StoppedError(batch.out) from None
    _write(batch.out / CLASS, class_text(slugs))
    finals, wrong = adjusted(batch.out, rows, reports)
    for slug, before, report in zip(slugs, reports, finals, strict=True):
        if report is not before:
            _write_report(batch.out / slug, report, batch.lang)
    entries = [ClassEntry(report, f"{slug}/report.html") for slug, report in zip(slugs, finals, strict=True)]
    write_class(batch.out, entries, batch.lang)
    if wrong:
        raise wrong
    return entries


async def _grade_all(
    batch: Batch, named: Sequence[tuple[HandedIn, str]], done: Callable[[Report], None]
) -> list[Report]:
    """Run ``batch.jobs`` notebooks at a time; while the next one runs, one more is judged and written."""
    begun, turn = asyncio.Semaphore(batch.jobs + 1), asyncio.Semaphore(batch.jobs)

    async def one(given: HandedIn, slug: str) -> Report:
        async with begun:
            report = await _one(batch, given, slug, turn)
        done(report)
        return report

    return await asyncio.gather(*(one(given, slug) for given, slug in named))


def render_again(out: Path, lang: str | None, also: Sequence[str] = ()) -> list[ClassEntry]:
    """Render the class in a folder again from its ``result.json`` files; ``also`` name further outputs.

    A notebook's own page is made again where ``executed.ipynb`` is still there.

    Raises:
        GraderError: there are none, one of them is not a result, or an adjustment is nobody's.
    """
    entries, files = [], results_in(out)
    if not files:
        said = f"{out}: there is no result.json one folder below; run grader grade first"
        raise GraderError(said, "no-results", {"path": str(out)})
    reports, rows = list(map(_read, files)), read_adjustments(out)
    finals, wrong = adjusted(out, rows, reports)
    for file, before, final in zip(files, reports, finals, strict=True):
        if final is not before:
            _write(file, dumps(final))
        report = localize(final, lang or final.language)
        _write_pages(file.parent, report)
        entries.append(ClassEntry(report, f"{file.parent.name}/report.html"))
    write_class(out, entries, lang or entries[0].report.language, also)
    if wrong:
        raise wrong
    return entries


def _read(file: Path) -> Report:
    """Read a result. Raises ``GraderError`` if it is none."""
    try:
        return loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise GraderError(
            f"{file}: this is not a result that this version reads; grade it again",
            "result-unreadable",
            {"path": str(file)},
        ) from error


def write_class(out: Path, entries: Sequence[ClassEntry], lang: str, also: Sequence[str] = ()) -> None:
    """Write the class's page, its table, and what is asked for ``also``."""
    _write(out / "index.html", class_page(entries, lang))
    for name in dict.fromkeys(("csv", *also)):
        file, render = OUTPUTS[name]
        content = render([entry.report for entry in entries], lang)
        _write(out / file, content)
        if file == TABLE and isinstance(content, bytes):
            remember_gradebook(out, content)


async def _one(batch: Batch, given: HandedIn, slug: str, turn: asyncio.Semaphore) -> Report:
    """Grade one notebook and write its folder; whatever goes wrong becomes a report."""
    try:
        return await _graded(batch, given, slug, turn)
    except OutputError:  # it will be the same with the others
        raise
    except GraderError as error:
        report = ungraded(given, batch.assignment, error)
    except Exception as error:  # noqa: BLE001 - a bug of ours costs this submission its score, not the others theirs
        report = ungraded(given, batch.assignment, error)
        _write(batch.out / slug / "error.log", traceback.format_exc())
    return _write_report(batch.out / slug, report, batch.lang)


async def _graded(batch: Batch, given: HandedIn, slug: str, turn: asyncio.Semaphore) -> Report:
    folder, submission = batch.out / slug, given.read(slug)
    if batch.resume and (earlier := _earlier(folder, submission.sha256, batch.assignment.digest)) is not None:
        return _write_report(folder, given.anew(earlier), batch.lang)
    with temporary_folder(batch.kernel) as kept:
        report, execution = await grade_async(
            submission, batch.assignment, kernel=batch.kernel, keep=kept, turn=turn
        )
        return await asyncio.to_thread(_write_results, folder, report, execution, kept, batch.lang)


def _earlier(folder: Path, sha256: str, digest: str) -> Report | None:
    """Give the report there is of the same notebook against the same assignment."""
    try:
        report = loads((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    same = report.submission.sha256 == sha256 and report.assignment.digest == digest
    return report if same and report.status is ReportStatus.GRADED else None


def _write_results(folder: Path, report: Report, execution: Execution, recorded: Path, lang: str) -> Report:
    """Write all there is of one submission; in a thread, so that no kernel is kept waiting."""
    _write_recording(folder / "recording.zip", recorded)
    _write(folder / "executed.ipynb", nbformat.writes(execution.notebook))
    (folder / "error.log").unlink(missing_ok=True)
    return _write_report(folder, report, lang)


def _write_report(folder: Path, report: Report, lang: str) -> Report:
    report = localize(report, lang)
    _write(folder / "result.json", dumps(report))
    _write_pages(folder, report)
    return report


def _write_pages(folder: Path, report: Report) -> None:
    """Write the student's page, as they may see it, and that of the executed notebook where there is one."""
    report = withheld(report)
    executed = None if report.error else _executed(folder)
    if executed is None:
        (folder / "notebook.html").unlink(missing_ok=True)
    else:
        _write(folder / "notebook.html", notebook_page(executed, report, report.language))
    page = student_page(report, report.language, notebook="notebook.html" if executed else None)
    _write(folder / "report.html", page)


def _executed(folder: Path) -> dict[str, Any] | None:
    """Give the tree of the executed notebook, if there is one."""
    try:
        tree = json.loads((folder / "executed.ipynb").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return tree if isinstance(tree, dict) else None


def _write_recording(file: Path, recorded: Path) -> None:
    """Pack the recording's files; the same recording gives the same bytes."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(recorded.iterdir()):
            archive.writestr(zipfile.ZipInfo(part.name), part.read_bytes(), zipfile.ZIP_DEFLATED)
    _write(file, packed.getvalue())


def _write(file: Path, content: str | bytes) -> None:
    """Write a file whole: a reader meets the old one or the new one."""
    part = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(content.encode("utf-8", "replace") if isinstance(content, str) else content)
        part.replace(file)
    except OSError as error:
        raise unwritable(file, error) from error
