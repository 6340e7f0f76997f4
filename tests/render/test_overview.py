from grader.records import Message, QuestionStatus, Step
from grader.render import overview


def test_scores_leave_errors_out(reports):
    """A submission without a score counts as one, and in no mean."""
    scores = overview.scores(list(reports.values()))

    assert (4, 1) == (scores.count, scores.errors)
    assert (0, 435, 215, 212.5) == (scores.minimum, scores.maximum, scores.mean, scores.median)


def test_scores_of_errors_alone(reports):
    """Where nobody has a score there is nothing to sum up."""
    assert None is overview.scores([reports["error"]])


def test_full_marks_are_in_the_last_bin(reports):
    """The distribution is over shares of full marks, 100 % included."""
    counts = overview.distribution(list(reports.values()))

    assert [1, 0, 0, 0, 0, 0, 0, 1, 1, 1] == counts


def test_lost_steps(reports):
    """A question knows who lost which step; who did not answer lost none in particular."""
    by_id = {it.id: it for it in overview.questions(list(reports.values()))}

    assert {Step.CLEAR: 1} == by_id["mse"].lost
    assert {Step.STEP2: 2} == by_id["sgd-bias"].lost
    assert {QuestionStatus.PASSED: 1, QuestionStatus.UNANSWERED: 2} == by_id["parameters"].statuses


def test_attention(reports):
    """Errors, flags and borderline values ask for a human's eye; a clean report does not."""
    ids = {name: [message.id for message in overview.attention(it)] for name, it in reports.items()}

    assert ["error.submission.unreadable"] == ids["error"]
    assert ["flag.own-data", "flag.limit.cell-time", "class.borderline"] == ids["partial"]
    assert [] == ids["perfect"]


def test_borderline_is_not_said_twice(reports, build):
    """A borderline value that a flag tells of is not told of again."""
    flagged = build.report(
        reports["partial"].questions[:1], flags=(Message("flag.borderline", {"question": "data"}),)
    )

    assert ["flag.borderline"] == [message.id for message in overview.attention(flagged)]


def test_why_a_question_is_left_to_a_human_is_said_once(build):
    """That it is, is said where no flag gives the reason."""
    manual = build.question("mse", [], QuestionStatus.MANUAL)
    flag = Message("flag.by-formula", {"question": manual.title})
    told, untold = build.report([manual], flags=(flag,)), build.report([manual])

    assert ["flag.by-formula"] == [message.id for message in overview.attention(told)]
    assert ["class.manual"] == [message.id for message in overview.attention(untold)]


def test_which_commit_was_graded_asks_for_nobody(build):
    """Every submission out of a repository says it; what is odd about one of them asks for a human's eye."""
    flags = ("flag.state.by-commit", "flag.state.odd-dates", "flag.repository.kit")
    flagged = build.report(flags=tuple(Message(flag) for flag in flags))

    assert list(flags[1:]) == [message.id for message in overview.attention(flagged)]
