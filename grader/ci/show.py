"""Where a CI shows things: the log, files for its pages, a step's summary, outputs and annotations."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from grader.ci import github
from grader.ci.earlier import PAGE, RESULT
from grader.errors import GraderError, unwritable
from grader.render import overview
from grader.render.annotations import Annotation, annotated
from grader.render.failures import failure
from grader.render.markdown import escaped
from grader.render.messages import localize, ui
from grader.render.outputs import OUTPUTS
from grader.render.result_json import dumps
from grader.render.student_page import student_page
from grader.render.terminal import detail
from grader.render.text import points
from grader.submission import read

if TYPE_CHECKING:
    from rich.console import Console

    from grader.ci.check import Checked


def show(checked: Checked, out: Path, lang: str, log: Console) -> None:
    """Show a result: files into ``out``, words to ``log``, the rest where the runner wants it.

    Raises ``OutputError`` for a folder that cannot be written to.
    """
    report = localize(checked.report, lang)
    verdict = ui(lang)("ci.passed" if checked.passed else "ci.below")
    said = {name: OUTPUTS[name].render([report], lang) for name in ("junit", "markdown")}
    pages = {PAGE: student_page(report, lang).encode("utf-8", "replace"), RESULT: dumps(report).encode()}
    _write(out, {**pages, **{OUTPUTS[name].file: content for name, content in said.items()}})
    with github.no_commands(log):
        with log.capture() as printed:
            log.print(detail(report, lang))
        github.say(log, "\n".join(line.rstrip() for line in printed.get().splitlines()))
        if not report.error:
            github.say(log, f"\n{verdict}")
        github.say(log, (out / PAGE).as_posix())
    if github.runs_here():
        _annotate(checked, annotated(report, lang), log)
    github.add_summary(said["markdown"].decode() + ("" if report.error else f"\n{verdict}\n"))
    total = overview.final(report)
    github.set_outputs(
        {
            "status": report.status.value,
            "passed": str(checked.passed).lower(),
            "score": "" if total is None else points(total),
            "max-score": points(report.max_score),
            "report": (out / PAGE).as_posix(),
            "junit": (out / OUTPUTS["junit"].file).as_posix(),
            "summary": (out / OUTPUTS["markdown"].file).as_posix(),
        }
    )


def show_failure(error: GraderError, lang: str, log: Console) -> None:
    """Say why there is no result: in the log, beside it, and in the summary."""
    said = failure(error, lang)
    with github.no_commands(log):
        github.say(log, f"grader: {said}")
    if github.runs_here():
        github.annotate(log, [Annotation("error", "grader", said)])
    github.add_summary(f"**{escaped(said)}**\n")
    github.set_outputs({"status": "error", "passed": "false", "score": ""})


def _annotate(checked: Checked, found: list[Annotation], log: Console) -> None:
    """Put annotations beside the lines of the notebook, if there is one to read."""
    if checked.notebook is None:
        github.annotate(log, found)
        return
    raw = checked.notebook.read_text(encoding="utf-8", errors="replace")
    github.annotate(log, found, _from_here(checked.notebook), read(checked.notebook), raw)


def _from_here(path: Path) -> str:
    """Give a file's path as the runner knows it: from the folder that the job works in."""
    try:
        return path.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return path.name


def _write(folder: Path, files: dict[str, bytes]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise unwritable(folder, error) from error
