import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import grader
import grader.errors
from grader.assignment.toml import WANTED
from grader.diagnosis import MISCONCEPTIONS
from grader.errors import AssignmentError, GraderError, SandboxError
from grader.execution.protections import NAMES
from grader.records import CellStatus, CheckStatus, Message, QuestionStatus, ReportStatus, Step
from grader.render.messages import (
    LANGUAGES,
    PLACEHOLDER,
    catalogue,
    fill,
    localize,
    read_catalogue,
    translate,
    ui,
)

ROOT = Path(grader.__file__).parent
SOURCES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in ROOT.rglob("*.py")}
TEMPLATES = [path.read_text(encoding="utf-8") for path in (ROOT / "render" / "templates").glob("*.html")]

#: What of two values is compared.
FACTS = ("kind", "shape", "dtype", "value")

#: Ids made from a value at run time: every member of these must be there ...
FAMILIES = {
    "step": Step,
    "status": CheckStatus,
    "question": QuestionStatus,
    "doctor": NAMES,
    "fact": FACTS,
    "misconception": sorted({it.code for it in MISCONCEPTIONS}),
    "cell-status": set(CellStatus) - {CellStatus.OK},
    "table.status": ReportStatus,
    "usage.value": ("lang", "also", "jobs", "min_score", "out_", "folder"),
}
#: ... and of these as many as somebody found words for.
OPEN_FAMILIES = ("exception.", "update.", "kind.", "error.os.")
#: The columns of the class page's table of questions.
COLUMNS = {f"class.{status}" for status in ("passed", "partial", "failed", "unanswered")}


def first_arguments(names):
    """Give the first argument of every call of one of ``names`` in the package."""
    for tree in SOURCES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                called = getattr(node.func, "id", getattr(node.func, "attr", None))
                if called in names:
                    yield node.args[0]


def literals(tree):
    """Give the strings written out in ``tree``, those inside f-strings left aside."""
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts
    }


def families():
    """Give the ids made from enumerations."""
    made = {f"{name}.{member}" for name, members in FAMILIES.items() for member in members}
    return made | {f"doctor.{key}.advice" for key in NAMES}


def counted():
    """Give the ids of what is counted, in all the forms of a plural."""
    said = {text for page in TEMPLATES for text in re.findall(r'\bcounted\("([^"]+)"', page)}
    said |= {node.args[1].value for tree in SOURCES.values() for node in ast.walk(tree) if _counts(node)}
    return {f"{text}.{form}" for text in said for form in ("one", "other")}


def _counts(node):
    named = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "counted"
    return named and len(node.args) > 1 and isinstance(node.args[1], ast.Constant)


def said_in_code():
    """Give the ids in calls of ``Message`` and of the renderers' ``words``."""
    return {
        text for argument in first_arguments({"Message", "words", "failed"}) for text in literals(argument)
    }


def said_in_templates():
    """Give the ids written out in templates; those ending in a dot are made from a value."""
    found = {text for page in TEMPLATES for text in re.findall(r'\bt\("([^"]+)"', page)}
    return {text for text in found if not text.endswith(".")}


def patterns():
    """Give what f-strings in calls of ``Message`` can become."""
    for argument in first_arguments({"Message"}):
        for node in ast.walk(argument):
            if isinstance(node, ast.JoinedStr):
                yield "".join(
                    re.escape(p.value) if isinstance(p, ast.Constant) else ".+" for p in node.values
                )


def placeholders(template):
    """Give the names in braces."""
    return {match[1] for match in PLACEHOLDER.finditer(template)}


def errors():
    """Give every error that is raised in the package: its kind and its code, empty where it has none.

    An ``AssignmentError`` is made of phrases, which the next test but one is about.
    """
    for tree in SOURCES.values():
        for node in ast.walk(tree):
            kind = getattr(grader.errors, getattr(getattr(node, "func", None), "id", ""), None)
            if kind is AssignmentError or not (isinstance(kind, type) and issubclass(kind, GraderError)):
                continue
            if isinstance(node, ast.Call):
                code = node.args[1] if len(node.args) > 1 else ast.Constant("")
                yield kind, ast.literal_eval(code) if isinstance(code, ast.Constant) else None


def test_every_message_has_both_languages():
    """No message is said in one language alone, or with nothing in it."""
    ko, en = (catalogue(lang) for lang in LANGUAGES)

    assert ko.keys() == en.keys()
    assert all(ko.values())
    assert all(en.values())


def test_every_id_in_use_is_in_the_catalogue():
    """Whatever the package can say has its words."""
    said = said_in_code() | said_in_templates() | families() | counted() | COLUMNS

    assert set() == said - catalogue("ko").keys()


def test_every_error_has_its_words():
    """What a user did wrong is said in both languages; a failure of ours or of the machine need not be."""
    found = set(errors())
    said = {f"error.{kind.about}.{code}" for kind, code in found if code}

    assert set() == said - catalogue("ko").keys()
    assert {SandboxError} == {kind for kind, code in found if code == ""}


def test_what_is_wrong_with_an_assignment_has_its_korean():
    """Every phrase, with the same placeholders; none is left of what is said no more."""
    korean = read_catalogue("assignment", "ko")
    phrases = {text for argument in first_arguments({"phrase"}) for text in literals(argument)}

    assert phrases | {*WANTED.values()} == korean.keys()
    assert [] == [it for it, said in korean.items() if not placeholders(said) <= placeholders(it)]
    assert all(re.search("[가-힣(]", said) for said in korean.values())


def test_no_message_is_left_over():
    """What nobody says any more leaves the catalogue."""
    written = said_in_templates().union(*map(literals, SOURCES.values()))
    made = re.compile("|".join(patterns()) or "$.")
    known = families() | counted() | COLUMNS
    left = {key for key in catalogue("ko").keys() - written - known if not made.fullmatch(key)}

    assert set() == {key for key in left if not key.startswith(OPEN_FAMILIES)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_placeholders_are_those_announced(lang):
    """Both languages fill in what the comment above the message announces, and nothing else."""
    with (ROOT / "render/locale" / lang / "LC_MESSAGES/grader.po").open("rb") as file:
        entries = [entry for entry in read_po(file) if entry.id]

    announced = {e.id: set(", ".join(e.auto_comments).split(", ")) - {""} for e in entries}
    assert announced == {e.id: placeholders(e.string) for e in entries}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_braces_hold_placeholders_only(lang):
    """A misspelt placeholder does not reach a student."""
    assert [] == [text for text in catalogue(lang).values() if re.search("[{}]", PLACEHOLDER.sub("", text))]


def test_korean_is_polite_throughout():
    """Whole Korean sentences end politely."""
    sentences = [text for text in catalogue("ko").values() if text.endswith(".")]

    assert [] == [text for text in sentences if not text.endswith(("다.", "요."))]


def test_translate_in_both_languages():
    """One message, two languages, numbers rounded to what matters."""
    message = Message("step4.rate", {"expected": 0.1, "actual": 0.09500000123})

    assert "문제의 학습률은 0.1인데" in translate(message, "ko")
    assert "yours correspond to 0.095." in translate(message, "en")


def test_particles_in_a_sentence():
    """The particle follows the word that fills the placeholder."""
    message = Message("step4.optimizer", {"expected": "SGD", "actual": "Adam"})

    assert "문제의 optimizer는 SGD인데 Adam을 사용했습니다." == translate(message, "ko")


@pytest.mark.parametrize(
    "template", ["{name.__class__}", "{name[0]}", "{0}", "{name!r}", "{name:>999999}", "{{name}}", "%(name)s"]
)
def test_placeholders_reach_nothing_else(template):
    """Only a plain name in braces is replaced; there is no way further into what fills it."""
    shown = fill(template, {"name": Message})

    assert "class" not in shown.replace("__class__", "")


def test_filled_text_is_not_filled_again():
    """Braces in a student's text stay braces."""
    assert "{b} and 2" == fill("{a} and {b}", {"a": "{b}", "b": 2})


def test_missing_param_is_visible():
    """A message without its param is said all the same."""
    assert "? was not found. Check the name." == translate(Message("value.missing"), "en")


def test_unknown_message_keeps_its_text():
    """A report written by a newer grader keeps the text it was written with."""
    assert "words of then" == translate(Message("from.the.future", {}, "words of then"), "en")


def test_localize_reaches_every_message(any_report):
    """Every message of a report gets its text."""
    report = localize(any_report, "en")
    messages = [*report.flags, *([report.error.message] if report.error else [])]
    for question in report.questions:
        messages += [item.message for item in (*question.checks, *question.diagnoses)]

    assert [translate(message, "en") for message in messages] == [message.text for message in messages]
    assert all(message.text for message in messages)


def test_unknown_language():
    """A language without a catalogue is refused by name."""
    with pytest.raises(ValueError, match="'fr'"):
        ui("fr")
