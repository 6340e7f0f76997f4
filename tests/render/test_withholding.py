"""What students may not see yet is in nothing they are shown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from rich.console import Console

from grader.records import CheckStatus, Diagnosis, Message, Shown, Step, Visibility
from grader.render.card import question_card
from grader.render.messages import catalogue, localize
from grader.render.result_json import dumps
from grader.render.student_page import student_page
from grader.render.terminal import detail
from grader.results import render_again
from grader.withholding import REVEALING, is_open, withheld

SECRET = 24601.375  # nowhere else in a report
#: What the question tells, what the class page says, and pictures, which have no reference to tell of.
ELSEWHERE = ("diagnosis", "flag", "class", "plot")
DEADLINE = "2026-10-05T23:59:00+09:00"
BEFORE = datetime(2026, 10, 5, 14, 58, tzinfo=UTC)


def _check(one, **changes):
    said = Message("step2.differs", {"epoch": 1, "expected": SECRET, "actual": 1.0})
    secret = Shown("number", SECRET)
    return replace(one, status=CheckStatus.FAILED, expected=secret, message=said, **changes)


def _question(one):
    first = one.checks[0]
    hidden = _check(
        first, id="hidden", step=Step.VALUE, actual=Shown("number", SECRET), visibility=Visibility.HIDDEN
    )
    public = _check(first, step=Step.STEP2, actual=Shown("number", 1.0))
    half, typed = (
        Diagnosis(code, step, 1, None, None, None, {"loss": SECRET}, Message(f"diagnosis.{code}"))
        for code, step in (("half-loss", Step.STEP2), ("hard-coded", Step.VALUE))
    )
    data = {"x": (0.0, 1.0), "y": (0.0, 1.0), "line_x": (0.0, 1.0), "line_reference": (SECRET, SECRET)}
    return replace(one, checks=(public, hidden), diagnoses=(half, typed), data=data)


@pytest.fixture
def telling(reports):
    """Give a function that makes a report full of one secret number, of an assignment with these rules."""

    def make(**rules):
        report = reports["perfect"]
        return replace(
            report,
            assignment=replace(report.assignment, **rules),
            questions=tuple(map(_question, report.questions)),
        )

    return make


def everything(report):
    """Give all that a student can be shown of a report, in both languages."""
    texts = [dumps(report)]
    for lang in ("ko", "en"):
        told = localize(report, lang)
        out = StringIO()
        Console(file=out, width=200).print(detail(told, lang))
        texts += [student_page(told, lang), out.getvalue(), *(question_card(q, lang) for q in told.questions)]
    return "".join(texts)


@pytest.mark.parametrize(
    ("rules", "now", "told"),
    [
        ({"show_expected": "always"}, BEFORE, True),
        ({"show_expected": "never"}, BEFORE, False),
        ({"show_expected": "never", "deadline": DEADLINE}, BEFORE + timedelta(days=1), False),
        ({"show_expected": "after-deadline", "deadline": DEADLINE}, BEFORE, False),
        ({"show_expected": "after-deadline", "deadline": DEADLINE}, BEFORE + timedelta(minutes=1), True),
        ({"show_expected": "after-deadline"}, BEFORE, False),
    ],
)
def test_who_is_told_when(telling, rules, now, told):
    """By the assignment's rule and its deadline, to the minute and in its own time zone."""
    report = telling(**rules)

    assert told == is_open(report.assignment, now)
    assert told == ("24601" in everything(withheld(report, now)))


def test_pages_of_a_class_keep_it_and_results_have_it(telling, tmp_path):
    """What an instructor renders for students is withheld, the result file is whole."""
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "result.json").write_text(dumps(localize(telling(show_expected="never"), "ko")))

    render_again(tmp_path, None)

    assert "24601" not in (folder / "report.html").read_text()
    assert "24601" in (folder / "result.json").read_text()


def test_what_stays(telling):
    """Marks, points, the student's own values, what the question tells, the words for the mistake."""
    before = telling(show_expected="never")
    after = withheld(before)
    shown = everything(after)

    assert [(c.id, c.status, c.points) for q in before.questions for c in q.checks] == [
        (c.id, c.status, c.points) for q in after.questions for c in q.checks
    ]
    assert "epoch 1의 loss가 다릅니다." in shown
    assert "이 항목은 결과만 알려 드립니다." in shown
    assert {"half-loss"} == {it.code for q in after.questions for it in q.diagnoses}
    assert all(q.run is not None for q in after.questions if q.id == "mse")


def test_every_number_of_a_reference_is_known_to_be_one():
    """A message that names what was expected has a form without it, or the question tells it as well."""
    told_by_the_question = {
        "init.differs", "init.other-tensors", "init.shape", "step1.shape", "step4.rate", "step4.rate-later",
        "step4.optimizer", "step4.by-hand", "epochs.differs", "epochs.below-loop", "epochs.stopped",
        "value.kind", "value.shape", "value.dtype", "value.call-kind", "result.differs",
    }  # fmt: skip
    naming = {
        name
        for name, text in catalogue("ko").items()
        if ("{expected" in text or "{low" in text) and name.partition(".")[0] not in ELSEWHERE
    }

    assert naming == told_by_the_question | REVEALING.keys()
    assert not [name for name in REVEALING if "{expected" in catalogue("ko")[f"{name}.withheld"]]
    assert all(
        name in catalogue(lang) for lang in ("ko", "en") for name in (f"{it}.withheld" for it in REVEALING)
    )
