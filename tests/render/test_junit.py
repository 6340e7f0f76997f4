import math
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from junitparser import Error, Failure, JUnitXml, Skipped

from grader.records import (
    CellOutcome,
    CellStatus,
    CheckStatus,
    Message,
    QuestionStatus,
    Step,
)
from grader.render.junit import junit_xml
from grader.render.messages import LANGUAGES

#: Jenkins' own schema, whose licence (MIT) stands in it; https://github.com/jenkinsci/xunit-plugin.
SCHEMA = xmlschema.XMLSchema(Path(__file__).parent / "schemas" / "junit-10.xsd")


@pytest.fixture
def every_status(build):
    """Build a report with every status of checks and questions, and cells that met every fate."""
    asked = [
        build.question(
            f"q-{status}",
            [check(build, each, f"q.{each}") for each in CheckStatus] if status != "manual" else [],
            status,
            title=f"torch.nn 문제 {status} {build.hostile}",
        )
        for status in QuestionStatus
    ]
    cells = tuple(CellOutcome(index, status) for index, status in enumerate(CellStatus))
    return build.report(asked, cells=cells, timing={"total": math.nan})


def check(build, status, name):
    return build.check(Step.VALUE, status, Message("value.missing", {"name": build.hostile}), id=name)


def parsed(reports, lang="ko"):
    """Validate; then read back with a public parser."""
    written = junit_xml(reports, lang)
    SCHEMA.validate(written.decode())
    return list(JUnitXml.fromstring(written))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_report_is_valid(any_report, lang):
    """Schema and parser accept every report, in both languages."""
    (suite,) = parsed([any_report], lang)

    assert (len(list(suite)), True) == (suite.tests, suite.tests > 0)


def test_a_class_has_a_suite_for_everyone(reports):
    """The suites come in the order of the reports and say whose they are."""
    suites = parsed(list(reports.values()))

    assert len(reports) == len(suites)
    assert "김하늘 김하늘 [4주차].ipynb" == suites[0].name


def test_statuses(every_status):
    """Failed is a failure, error an error, skipped skipped; borderline has its points and passes."""
    (suite,) = parsed([every_status])
    of_one = [[type(it) for it in case.result] for case in list(suite)[:5]]

    assert [[], [], [Failure], [Error], [Skipped]] == of_one
    assert (26, 5, 5, 6) == (suite.tests, suite.failures, suite.errors, suite.skipped)


def test_no_score_is_an_error_and_not_a_failure(reports):
    """A file that could not be graded has one test case with the reason."""
    (suite,) = parsed([reports["error"]])
    (case,) = suite

    assert (1, 0, 1) == (suite.tests, suite.failures, suite.errors)
    assert case.result[0].message.startswith("파일을 읽지 못했습니다")
    assert "0점이라는 뜻이 아니라" in suite._elem.findtext("system-out")


def test_a_failure_says_what_the_report_says(reports):
    """The diagnosis, what to try, the student's own line and what came stand in the failure."""
    (suite,) = parsed([reports["partial"]])
    (case,) = [case for case in suite if case.name == "MSE로 step1~4 · 미분 초기화" and case.result]
    text = case.result[0].text

    assert "셀 12의 7번째 줄: What.data = What.data - alpha*What.grad" in text
    assert "기대한 값 [[-10.7, 9.5]], 나온 값 [[-24.122, 21.4]]" in text


def test_what_became_of_cells_stands_in_the_suite(every_status):
    """A dead kernel and the other fates are said, without control characters."""
    (suite,) = parsed([every_status])

    assert "셀 4를 실행하는 중에 커널이 종료되었습니다." in suite._elem.findtext("system-err")
    assert [] == re.findall(
        "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", junit_xml([every_status]).decode()
    )


def test_what_the_older_schema_of_ant_asks_for(every_status):
    """Parts and attributes that Jenkins does without: all of them, in order, and no others."""
    (suite,) = suites = ET.fromstring(junit_xml([every_status]))
    parts = list(dict.fromkeys(part.tag for part in suite))
    counts = {"tests", "failures", "errors", "skipped"}

    assert {} == suites.attrib
    assert {"name", "package", "id", "time", "timestamp", "hostname", *counts} == set(suite.attrib)
    assert ["properties", "testcase", "system-out", "system-err"] == parts
    assert {"name", "classname", "time"} == {name for case in suite.iter("testcase") for name in case.attrib}
    assert {0, 1} == {len(case) for case in suite.iter("testcase")}


def test_names_stay_one_package(every_status):
    """A full stop in a title begins no package on Jenkins' pages."""
    (suite,) = parsed([every_status])

    assert not any("." in case.classname for case in suite)


def test_the_same_report_gives_the_same_bytes(reports):
    """No time of day, and no name of a machine."""
    report = reports["partial"]

    assert junit_xml([report]) == junit_xml([replace(report, timing=dict(report.timing))])
    assert b'hostname="localhost"' in junit_xml([report])
