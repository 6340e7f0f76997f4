from dataclasses import replace

import pytest

from grader.records import Diagnosis, Message, Step, Student
from grader.render.class_page import ClassEntry, class_page
from grader.render.flags import once
from grader.render.messages import ui
from grader.render.misconceptions import frequencies
from grader.render.names import told_apart
from grader.render.pictures.class_losses import Trained, class_losses


def diagnosed(question, code):
    """Give ``question`` with a misconception."""
    message = Message(f"diagnosis.{code}", {}, "what\nTry: this")
    found = Diagnosis(code, Step.CLEAR, 2, 11, 7, "x", {}, message)
    return replace(question, diagnoses=(found,))


@pytest.fixture
def three(reports):
    """Give three students: two who never clear, one of them twice, and one who is right."""
    perfect = reports["perfect"]
    made = []
    for name, forgetful in (("가", (2,)), ("나", (2, 9)), ("다", ())):
        questions = [
            diagnosed(it, "gradient-not-cleared") if n in forgetful else it
            for n, it in enumerate(perfect.questions, 1)
        ]
        submission = replace(perfect.submission, student=Student(None, name))
        made.append(replace(perfect, questions=tuple(questions), submission=submission))
    return made


def test_misconceptions_are_counted_by_students(three):
    """Who has one twice counts once; its questions are all there."""
    (found,) = frequencies(three, "ko")

    assert ("미분을 초기화하지 않음", Step.CLEAR) == (found.name, found.step)
    assert [(0, (2,)), (1, (2, 9))] == [(it.entry, it.questions) for it in found.holders]
    assert (2, 9) == found.questions


def test_an_unknown_misconception_is_named_by_its_sentence(reports):
    """A result of a newer grader has a name nonetheless."""
    question = diagnosed(reports["perfect"].questions[1], "from-the-future")
    report = replace(reports["perfect"], questions=(question,))

    assert ["what"] == [it.name for it in frequencies([report], "ko")]


def test_the_page_says_what_to_teach_again(three):
    """So many students, what they did, and a link to each one's card."""
    page = class_page([ClassEntry(report, f"{n}/report.html") for n, report in enumerate(three)])
    text = " ".join(page.split())

    assert "<b>2명:</b> 미분을 초기화하지 않음" in text
    assert 'href="1/report.html#q2"><bdi>나</bdi></a>' in text


def test_files_tell_submissions_apart(three):
    """Who handed in several files, or one without a name, is known by it, or by their number."""
    files = zip(three, ("가", "가", None), ("a.ipynb", "b.ipynb", "c.ipynb"), strict=True)
    reports = [
        replace(it, submission=replace(it.submission, student=Student(None, name), path=path))
        for it, name, path in files
    ]

    assert ["가 (a.ipynb)", "가 (b.ipynb)", "c.ipynb"] == told_apart(reports)
    numbered = [
        replace(it, submission=replace(it.submission, student=Student(number, "가")))
        for it, number in zip(reports, ("202200001", "202200002", "202200002"), strict=True)
    ]
    assert ["가 (202200001)", "가 (b.ipynb)", "가 (c.ipynb)"] == told_apart(numbered)
    page = class_page([ClassEntry(it, f"{n}/report.html") for n, it in enumerate(reports)])
    assert 'href="1/report.html#q2"><bdi>가 (b.ipynb)</bdi></a>' in page


@pytest.mark.parametrize(("count", "said"), [(1, "<b>1 student:</b>"), (2, "<b>2 students:</b>")])
def test_english_has_plurals(three, count, said):
    """One student is not 1 students."""
    entries = [ClassEntry(report, f"{n}/report.html") for n, report in enumerate(three[2 - count :])]

    assert said in class_page(entries, "en")


def test_errors_come_first(reports):
    """Who has no score stands on top of what needs a look."""
    entries = [ClassEntry(reports[name], f"{name}/report.html") for name in ("partial", "error")]
    page = class_page(entries)
    part = page[page.index("attention-title") : page.index("distribution-title")]

    assert part.index("error/report.html") < part.index("partial/report.html")


def test_what_is_said_of_several_questions_is_said_once(reports):
    """Flags in the same words become one with the questions' numbers; others stay apart."""
    titles = [question.title for question in reports["perfect"].questions]
    flags = [Message("flag.own-data", {"question": title}) for title in (titles[1], titles[4], titles[1])]
    flags += [Message("flag.cuda", {"cell": 3}), Message("flag.cuda", {"cell": 4})]
    told = once(flags, reports["perfect"].questions, ui("ko"))

    assert ["문제 2, 5", None, None] == [it.params.get("question") for it in told]


def test_one_picture_of_all_losses(reports):
    """The same curve is drawn once for all who have it; who lost points is told apart, and how many broke."""
    answers = [
        Trained(name, question)
        for name in ("perfect", "partial", "nan")
        for question in reports[name].questions
        if question.id == "sgd-bias"
    ]
    picture = class_losses([*answers, answers[0]], ui("ko"))

    assert (1, 1) == (str(picture.image).count('"line many"'), str(picture.image).count('"line lost"'))
    assert "<title>perfect, perfect</title>" in picture.image
    assert "4명 가운데 2명이 모두 맞혔습니다. 2명의 loss는 유한한 수가 아니게 됩니다." in picture.finding


def test_one_endless_loop_leaves_the_others_their_room(reports):
    """A curve that goes on for thousands of epochs leaves the picture at its right."""
    right = next(one for one in reports["perfect"].questions if one.id == "mse")
    endless = replace(right, run=replace(right.run, losses=tuple((n, 1.0) for n in range(1, 9000))))

    picture = class_losses([Trained("a", right), Trained("b", endless)], ui("ko"))

    assert ">30<" in picture.image
    assert not any(f">{n}000<" in picture.image for n in range(1, 10))


def test_nobody_trained_no_picture(reports):
    """A question without a run has no curves."""
    assert None is class_losses([Trained("x", reports["perfect"].questions[0])], ui("ko"))


def test_one_loss_below_zero_keeps_the_scale(reports):
    """A loss without a square leaves a log scale at its bottom; the others are still told apart."""
    right = next(one for one in reports["perfect"].questions if one.id == "mse")
    losses = {"below": ((1, 5.0), (30, -9.0)), "beyond": ((1, 80.0), (20, 1e7))}
    others = [Trained(name, replace(right, run=replace(right.run, losses=it))) for name, it in losses.items()]

    assert "로그 눈금" == class_losses([Trained("a", right), *others], ui("ko")).note


@pytest.mark.parametrize(("count", "scrolls"), [(8, False), (9, True)])
def test_a_long_list_of_whom_to_look_at_scrolls(reports, count, scrolls):
    """What follows it on the page stays in reach."""
    page = class_page([ClassEntry(reports["error"], f"{n}/report.html") for n in range(count)])

    assert scrolls == ('<ul class="attention long">' in page)
