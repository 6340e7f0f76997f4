"""Many submissions: one after the other or several at once, each with its own folder of results."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.adjustments import adjusted, read_adjustments
from grader.assignment.model import Assignment
from grader.errors import GraderError, OutputError, StoppedError
from grader.execution.kernel import KernelFactory, temporary_folder
from grader.file_names import unique_slugs
from grader.grading import grade_async, ungraded
from grader.output_folder import CLASS, class_text, write
from grader.records import Report, ReportStatus
from grader.render.html import ClassEntry
from grader.render.result_json import loads
from grader.results import write_class, write_report, write_results
from grader.submission.handed_in import HandedIn


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
    write(batch.out / CLASS, class_text(slugs))
    finals, wrong = adjusted(batch.out, rows, reports)
    for slug, before, report in zip(slugs, reports, finals, strict=True):
        if report is not before:
            write_report(batch.out / slug, report, batch.lang)
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
        write(batch.out / slug / "error.log", traceback.format_exc())
    return write_report(batch.out / slug, report, batch.lang)


async def _graded(batch: Batch, given: HandedIn, slug: str, turn: asyncio.Semaphore) -> Report:
    folder, submission = batch.out / slug, given.read(slug)
    if batch.resume and (earlier := _earlier(folder, submission.sha256, batch.assignment.digest)) is not None:
        return write_report(folder, given.anew(earlier), batch.lang)
    with temporary_folder(batch.kernel) as kept:
        report, execution = await grade_async(
            submission, batch.assignment, kernel=batch.kernel, keep=kept, turn=turn
        )
        return await asyncio.to_thread(write_results, folder, report, execution, kept, batch.lang)


def _earlier(folder: Path, sha256: str, digest: str) -> Report | None:
    """Give the report there is of the same notebook against the same assignment."""
    try:
        report = loads((folder / "result.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    same = report.submission.sha256 == sha256 and report.assignment.digest == digest
    return report if same and report.status is ReportStatus.GRADED else None
