import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from grader.render.card import question_card
from grader.render.messages import LANGUAGES


class Fragment(HTMLParser):
    """A fragment taken apart."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        """Note a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        """Keep the text."""
        self.text.append(data)


@pytest.fixture
def cards(reports):
    """Give the card of every question there is."""
    return [question_card(question) for report in reports.values() for question in report.questions]


def test_a_card_has_no_ids(cards):
    """Any number of cards can stand on one page: nothing in them has or needs a name."""
    named = {"id", "for", "aria-labelledby", "aria-describedby", "href"}

    assert set() == {
        name for card in cards for _, attrs in Fragment(card).tags for name in named & set(attrs)
    }


def test_a_card_runs_and_loads_nothing(cards):
    """A card is text and drawings: no script, no handler, nothing to fetch."""
    for card in cards:
        tags = Fragment(card).tags
        assert set() == {tag for tag, _ in tags} & {"script", "link", "img", "iframe", "object", "form"}
        assert not re.search(r"url\(|@import|<[^>]*\son\w+=", card)


def test_a_card_styles_only_itself(cards):
    """Every rule of its style sheet begins at the card, so that a notebook around it stays as it is."""
    css = re.search("<style>(.*?)</style>", cards[0], re.DOTALL)[1]
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    depth, outside = 0, ""
    for piece in re.split(r"([{}])", css):
        depth += {"{": 1, "}": -1}.get(piece, 0)
        outside += piece if depth == 0 and piece != "}" else ""
    selectors = [it.strip() for it in outside.splitlines() if it.strip()]

    assert [] == [it for it in selectors if not re.match(r"@media|:is\([^()]*#gr\)", it)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_hostile_titles_stay_text(build, lang):
    """Markup in a title, a message, a value or a line of code is shown, not obeyed."""
    question = build.question("mse", [build.check("step2")], title=build.hostile)
    seen = Fragment(question_card(question, lang))

    assert "<script>alert(1)</script> {{7*7}}" in "".join(seen.text)
    assert "script" not in {tag for tag, _ in seen.tags}


def test_what_is_withheld_leaves_no_gap(reports):
    """A question without its reference and without expected values reads as a whole."""
    question = reports["partial"].questions[2]
    bare = replace(
        question,
        reference=None,
        checks=tuple(replace(check, expected=None, actual=None) for check in question.checks),
    )
    text = "".join(Fragment(question_card(bare)).text)

    assert "기준" not in text.replace("기준으로", "")
    assert "None" not in text
