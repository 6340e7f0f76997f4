"""The results of a class on disk: each submission's folder, the class's pages, and both rendered again."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import nbformat

from grader.adjustments import adjusted, read_adjustments
from grader.errors import GraderError
from grader.output_folder import TABLE, remember_gradebook, results_in, write
from grader.records import Execution, Report
from grader.render.html import ClassEntry, class_page, student_page
from grader.render.messages import localize
from grader.render.notebook_page import notebook_page
from grader.render.outputs import OUTPUTS
from grader.render.result_json import dumps, loads
from grader.withholding import withheld


def write_results(folder: Path, report: Report, execution: Execution, recorded: Path, lang: str) -> Report:
    """Write all there is of one submission; in a thread, so that no kernel is kept waiting."""
    _write_recording(folder / "recording.zip", recorded)
    write(folder / "executed.ipynb", nbformat.writes(execution.notebook))
    (folder / "error.log").unlink(missing_ok=True)
    return write_report(folder, report, lang)


def write_report(folder: Path, report: Report, lang: str) -> Report:
    """Write a report as ``result.json`` and its pages; give it in the language it was written in."""
    report = localize(report, lang)
    write(folder / "result.json", dumps(report))
    _write_pages(folder, report)
    return report


def write_class(out: Path, entries: Sequence[ClassEntry], lang: str, also: Sequence[str] = ()) -> None:
    """Write the class's page, its table, and what is asked for ``also``."""
    write(out / "index.html", class_page(entries, lang))
    for name in dict.fromkeys(("csv", *also)):
        file, render = OUTPUTS[name]
        content = render([entry.report for entry in entries], lang)
        write(out / file, content)
        if file == TABLE:
            remember_gradebook(out, content)


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
            write(file, dumps(final))
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


def _write_pages(folder: Path, report: Report) -> None:
    """Write the student's page, as they may see it, and that of the executed notebook where there is one."""
    report = withheld(report)
    executed = None if report.error else _executed(folder)
    if executed is None:
        (folder / "notebook.html").unlink(missing_ok=True)
    else:
        write(folder / "notebook.html", notebook_page(executed, report, report.language))
    page = student_page(report, report.language, notebook="notebook.html" if executed else None)
    write(folder / "report.html", page)


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
    write(file, packed.getvalue())
