import json
import math
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from grader import render
from grader.records import Shown, Step
from grader.render.result_json import dumps, loads, schema
from grader.render.schema_page import schema_page


def valid(text):
    """Validate ``text`` against the published schema."""
    jsonschema.Draft202012Validator(schema()).validate(json.loads(text))


def test_round_trip(any_report):
    """What was written reads back into a report that writes the same again."""
    text = dumps(any_report)

    assert text == dumps(loads(text))


def test_reading_gives_the_report_back(reports):
    """A report without numbers JSON cannot write is equal to itself after a round trip."""
    assert reports["perfect"].questions[1].run == loads(dumps(reports["perfect"])).questions[1].run
    assert reports["error"].submission == loads(dumps(reports["error"])).submission


def test_schema_admits_every_report(any_report):
    """Every report is valid by its own schema."""
    valid(dumps(any_report))


def test_published_page_is_current():
    """The documentation's page is the one the schema gives."""
    published = Path(render.__file__).parents[2] / "docs" / "result-json.md"

    assert schema_page(schema()) == published.read_text(encoding="utf-8")


def test_page_names_every_key():
    """Each key of each record stands in the page, and each record that is named has its own part."""
    page, records = schema_page(schema()), schema()["$defs"]
    named = {name for name in records if f"](#{name.lower()})" in page}

    assert set(records) == named
    assert [] == [
        key for it in records.values() for key in it.get("properties", ()) if f"| `{key}` |" not in page
    ]
    assert [] == [name for name in records if f"## {name}\n" not in page]


def test_published_schema_is_current():
    """The committed schema is the one the records give."""
    published = (Path(render.__file__).parent / "result.schema.json").read_text(encoding="utf-8")

    assert schema() == json.loads(published)


def test_schema_is_a_schema():
    """The schema itself keeps to draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize(
    ("value", "name"), [(math.nan, "NaN"), (math.inf, "Infinity"), (-math.inf, "-Infinity")]
)
def test_not_finite_numbers_are_names_everywhere(build, value, name):
    """Numbers JSON has no word for are strings, in typed fields and inside free ones alike."""
    check = build.check(Step.STEP2, actual=Shown("tensor", [[1.0, value]], (1, 2), "float32"))
    check = replace(
        check, message=replace(check.message, params={"actual": value, "more": {"deep": (value,)}})
    )
    report = build.report([build.question("mse", [check], run=build.run([1.0, value]))])

    got = json.loads(dumps(report))["questions"][0]

    assert [[1, 1.0], [2, name]] == got["run"]["losses"]
    assert [[1.0, name]] == got["checks"][0]["actual"]["value"]
    assert {"actual": name, "more": {"deep": [name]}} == got["checks"][0]["message"]["params"]


def test_typed_numbers_read_back_as_floats(reports):
    """Where the field is a number, its name becomes a float again."""
    losses = [loss for _, loss in loads(dumps(reports["nan"])).questions[0].run.losses]

    assert [False, True, True] == [math.isnan(losses[4]), math.isinf(losses[5]), math.isnan(losses[6])]


def test_int_in_a_floats_place(build):
    """Whole points written by a careless caller come out as they will be read."""
    report = replace(build.report(), score=3, max_score=4)

    assert '"score": 3.0' in dumps(report)


def test_keys_stand_in_the_order_of_the_fields(reports):
    """The file reads in the order of the contract."""
    assert ["schema_version", "assignment"] == list(json.loads(dumps(reports["nan"])))[:2]
    assert ["id", "step", "status", "points"] == list(schema()["$defs"]["CheckResult"]["properties"])[:4]


@pytest.mark.parametrize("where", [(), ("submission",), ("questions", 0), ("questions", 0, "checks", 0)])
def test_unknown_keys_are_refused(reports, where):
    """A key nobody knows is an error on reading and by the schema, however deep it stands."""
    tree = json.loads(dumps(reports["nan"]))
    at = tree
    for key in where:
        at = at[key]
    at["surprise"] = 1

    with pytest.raises(ValueError, match="surprise"):
        loads(json.dumps(tree))
    with pytest.raises(jsonschema.ValidationError, match="surprise"):
        valid(json.dumps(tree))


def test_korean_is_written_as_itself(reports):
    """The file is UTF-8 for people, without escapes; half characters do not break it."""
    assert "김하늘" in dumps(reports["perfect"])
    assert "\ufffd" in dumps(reports["partial"])
