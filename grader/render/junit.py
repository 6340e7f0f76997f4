"""JUnit XML: a suite a submission, a test case a check, so that every CI shows them.

Valid against the schema of Jenkins and the older one of Ant, which asks for parts that nobody reads.
"""

import math
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from grader.records import CheckResult, CheckStatus, QuestionReport, QuestionStatus, Report
from grader.render import overview
from grader.render.comparison import compared_lines
from grader.render.explanation import explained_and_rest
from grader.render.flags import once
from grader.render.messages import Words, localize, translate, ui
from grader.render.problems import unfinished
from grader.render.remarks import check_name, explanation_remark, one_line, place
from grader.render.steps import headline
from grader.render.text import clean, points

#: A time of day is demanded, but results hold none: grading twice gives the same file.
_NO_TIME = "1970-01-01T00:00:00"

#: What a check that did not pass is called in XML; the others have nothing inside their test case.
_KINDS = {CheckStatus.FAILED: "failure", CheckStatus.ERROR: "error", CheckStatus.SKIPPED: "skipped"}


def junit_xml(reports: Sequence[Report], lang: str = "ko") -> bytes:
    """Give the reports as JUnit XML, in UTF-8.

    A question without checks, and a submission without a score, has one test case that says why.
    """
    suites = ET.Element("testsuites")
    for number, report in enumerate(reports):
        suites.append(_suite(number, localize(report, lang), ui(lang)))
    ET.indent(suites)
    written: bytes = ET.tostring(suites, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _suite(number: int, report: Report, words: Words) -> ET.Element:
    cases = [case for question in report.questions for case in _cases(question, words)]
    if report.error:
        cases = [
            _case(report.assignment.title, words("ui.report"), "error", one_line(report.error.message.text))
        ]
    held = {kind: sum(case.find(kind) is not None for case in cases) for kind in _KINDS.values()}
    student = report.submission.student
    suite = ET.Element(
        "testsuite",
        name=one_line(f"{student.name or student.id or ''} {report.submission.path}") or report.assignment.id,
        package=one_line(report.assignment.id),
        id=str(number),
        tests=str(len(cases)),
        failures=str(held["failure"]),
        errors=str(held["error"]),
        skipped=str(held["skipped"]),
        time=_seconds(report),
        timestamp=_NO_TIME,
        hostname="localhost",
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(report).items():
        ET.SubElement(properties, "property", name=name, value=one_line(value))
    suite.extend(cases)
    ET.SubElement(suite, "system-out").text = "\n".join(_said(report, words))
    ET.SubElement(suite, "system-err").text = "\n".join(_unfinished(report))
    return suite


def _properties(report: Report) -> dict[str, str]:
    total = overview.final(report)
    return {
        "assignment": f"{report.assignment.id} {report.assignment.version}",
        "assignment.digest": report.assignment.digest,
        "submission.sha256": report.submission.sha256,
        "score": "" if total is None else points(total),
        "max_score": points(report.max_score),
        "grader": report.environment.grader,
        "torch": report.environment.torch,
        "sandbox": report.environment.sandbox,
    }


def _cases(question: QuestionReport, words: Words) -> list[ET.Element]:
    if question.checks:
        return [_check(question, check, words) for check in question.checks]
    kind = "skipped" if question.status == QuestionStatus.MANUAL else "error"
    return [_case(question.title, words("ui.questions"), kind, words(f"question.{question.status}"))]


def _check(question: QuestionReport, check: CheckResult, words: Words) -> ET.Element:
    name = check_name(check, words)
    if check.status not in _KINDS:
        return _case(question.title, name)
    lines = list(compared_lines(check, words))
    if check.status == CheckStatus.FAILED:
        explanations, _ = explained_and_rest(question)
        for it in (
            explanation_remark(one, words) for one in explanations if one.diagnosis.step == check.step
        ):
            lines += [it.text, *it.advice, ": ".join(filter(None, (place(it, words), it.source)))]
    return _case(question.title, name, _KINDS[check.status], one_line(check.message.text), lines)


def _case(title: str, name: str, kind: str = "", message: str = "", lines: Sequence[str] = ()) -> ET.Element:
    """Make a test case. Its name tells the question as well: many pages show the name alone."""
    title = one_line(title)
    group = title.replace(".", "\N{ONE DOT LEADER}")  # at a full stop pages would begin another package
    case = ET.Element("testcase", name=f"{title} · {one_line(name)}", classname=group, time="0")
    if kind == "skipped":
        ET.SubElement(case, kind, message=message)
    elif kind:
        ET.SubElement(case, kind, type=kind, message=message).text = clean("\n".join(lines))
    return case


def _said(report: Report, words: Words) -> list[str]:
    sentence, params = ("headline.error", {}) if report.error else headline(report)
    flags = once(report.flags, report.questions, words)
    return [words(sentence, **params), *(one_line(translate(it, report.language)) for it in flags)]


def _unfinished(report: Report) -> list[str]:
    return [one_line(f"{it.text} {it.hint}") for it in unfinished(report).values()]


def _seconds(report: Report) -> str:
    """Give the seconds it took, as both schemas write them: no exponent, no name of what is not a number."""
    seconds = report.timing.get("total", 0.0)
    return f"{seconds:.3f}" if math.isfinite(seconds) and seconds >= 0 else "0"
