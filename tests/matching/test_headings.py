from types import SimpleNamespace

import pytest

from grader.matching.headings import NAMED, texts_of
from grader.records import SourceCell

TITLES = {
    "data": "자료 준비: x, y, X",
    "mse": "step1~4: 오차제곱의 평균",
    "sse": "step1~4: 오차제곱의 합",
    "net-bias": "step1의 다른 표현: Linear(1,1)",
    "net-nobias": "step1의 다른 표현: Linear(2,1,bias=False)",
    "net-bias-train": "step1의 다른 표현, 끝까지: Linear(1,1)",
    "net-nobias-train": "step1의 다른 표현, 끝까지: Linear(2,1,bias=False)",
    "sgd-bias": "step4의 다른 표현: SGD와 Linear(1,1)",
}
QUESTIONS = [SimpleNamespace(id=name, title=title) for name, title in TITLES.items()]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("## 문제 mse", "mse"),
        ("## 3번 (mse)", "mse"),
        ("`net-bias`", "net-bias"),
        ("mse", "mse"),
        ("### step1~4 오차제곱 평균", "mse"),
        ("## 4. step1의 다른 표현: `Linear(1,1)`", "net-bias"),
        ("### step1의 다른 표현 torch.nn.Linear(2, 1, bias=False)", "net-nobias"),
        ("## 7. 끝까지 학습하기: `Linear(1, 1)`", "net-bias-train"),
        ("## step1의 다른 표현", None),
        ("the data are read", None),
        ("(mse) 다음 (sse)", None),
        ("## (mse) 다음 (sse): 오차제곱의 평균", None),
        ("## 자료 준비: x, y, X, step1~4: 오차제곱의 합", None),
        ("## 결과", None),
    ],
)
def test_what_a_heading_names(text, question):
    """The one question whose id or title a text holds; what could be said of two names neither."""
    cells = [SourceCell(0, "markdown", text), SourceCell(1, "code", "x")]

    assert ([] if question is None else [question]) == list(texts_of(cells, QUESTIONS)[1].evidence)


def test_how_far_a_heading_reaches():
    """An id holds up to the next heading of its own rank; a comment in the cell comes first."""
    cells = [
        SourceCell(0, "markdown", "## 문제 mse"),
        SourceCell(1, "code", "a"),
        SourceCell(2, "markdown", "### step1"),
        SourceCell(3, "code", "b"),
        SourceCell(4, "code", "# 문제 sse\nc"),
        SourceCell(5, "markdown", "## 끝"),
        SourceCell(6, "code", "d"),
    ]

    expected = {1: {"mse": NAMED}, 3: {"mse": NAMED}, 4: {"sse": NAMED}, 6: {}}
    found = texts_of(cells, QUESTIONS)
    assert expected == {cell: text.evidence for cell, text in found.items()}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("# (mse)\na\n# 그림", {"mse": NAMED}),
        ("# (mse)\na\n# 여기서 (mse)를 다시", {"mse": NAMED}),
        ("# (mse)\na\nb\nc\nd\ne\n# (sse)\nf", {}),
        ("a\nb\nc\nd\ne\n# (sse)\nf", {}),
    ],
)
def test_what_comments_name(source, said):
    """Those that begin a cell speak for all of it, unless others further down name another question."""
    assert said == texts_of([SourceCell(0, "code", source)], QUESTIONS)[0].evidence


@pytest.mark.parametrize("text", ["a" * 300_000, "문제" + " " * 300_000 + "x"], ids=["a word", "blanks"])
def test_a_text_of_any_length_is_read_once(text):
    """One that would be read anew from each of its letters holds up the whole class."""
    assert {} == texts_of([SourceCell(0, "code", f"# {text}")], QUESTIONS)[0].evidence
