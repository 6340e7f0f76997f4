"""``result.json``: a ``Report`` as text and back, and the JSON Schema of it."""

import re
from functools import cache, partial
from typing import Any

import pydantic_core
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from grader.records import SCHEMA_VERSION, Report

_NUMBER = r'(?:-?[\d.eE+-]+|"-?(?:NaN|Infinity)")'
#: A list of numbers over several lines. A JSON string holds no line break, so that this is never within one.
_NUMBERS = re.compile(rf"\[\n\s+{_NUMBER}(?:,\n\s+{_NUMBER})*\n\s+\]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def dumps(report: Report) -> str:
    """Write ``report``: keys in the order of the fields, numbers that are not finite as their names.

    A list of numbers stands on one line.
    """
    tree = _adapter().dump_python(_adapter().validate_python(report))
    write = partial(pydantic_core.to_json, indent=1, inf_nan_mode="strings")
    try:
        written = write(tree).decode()
    except pydantic_core.PydanticSerializationError:
        written = write(_encodable(tree)).decode()
    return _NUMBERS.sub(lambda numbers: " ".join(numbers[0].split()), written) + "\n"


def loads(text: str) -> Report:
    """Read what ``dumps`` wrote; raises ``ValueError`` for anything that is not a report."""
    return _adapter().validate_json(text)


def schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of ``result.json``."""
    tree = _adapter().json_schema(mode="serialization", schema_generator=_Schema)
    tree["properties"]["schema_version"] = {"const": SCHEMA_VERSION}
    return {"$schema": _Schema.schema_dialect, **tree}


@cache
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


class _Schema(GenerateJsonSchema):
    """A float may be a number or the name of one that JSON cannot write."""

    def float_schema(self, schema: core_schema.FloatSchema) -> JsonSchemaValue:
        return {"anyOf": [super().float_schema(schema), {"enum": ["NaN", "Infinity", "-Infinity"]}]}


def _encodable(tree: Any) -> Any:
    """Give ``tree`` without lone surrogates, which a student's strings may hold and UTF-8 may not."""
    match tree:
        case str():
            return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", tree)
        case dict():
            return {_encodable(key): _encodable(value) for key, value in tree.items()}
        case list() | tuple():
            return [_encodable(value) for value in tree]
    return tree
