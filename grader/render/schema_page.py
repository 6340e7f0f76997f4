"""The documentation page of ``result.json``, made from its JSON Schema."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_TOP = "Report"
_FLOATS = ["NaN", "Infinity", "-Infinity"]


def schema_page(schema: Mapping[str, Any]) -> str:
    """Give the page as Markdown: a table for each record, the words for each enumeration."""
    records = {_TOP: {**schema, "title": _TOP}, **schema["$defs"]}
    version = schema["properties"]["schema_version"]["const"]
    intro = (
        f"# result.json, version {version}\n\n"
        "<!-- Made by `grader schema --markdown`; a test says when it is out of date. -->\n\n"
        "Everything a report shows derives from this file. `grader schema` prints its JSON Schema.\n"
        "Unknown keys are an error. A number that is not finite is one of the strings `NaN`, `Infinity`,\n"
        "`-Infinity`."
    )
    return "\n\n".join((intro, *(_record(name, record) for name, record in records.items()))) + "\n"


def _record(name: str, record: Mapping[str, Any]) -> str:
    text = re.sub(r"``(.+?)``", r"`\1`", record.get("description", ""))
    if "enum" in record:
        return f"## {name}\n\n{text} One of {_words(record['enum'])}."
    rows = [f"| `{key}` | {_type(field)} |" for key, field in record.get("properties", {}).items()]
    return f"## {name}\n\n{text}\n\n" + "\n".join(("| key | value |", "| --- | --- |", *rows))


def _type(field: Mapping[str, Any]) -> str:
    """Say what a field holds; records and enumerations are links."""
    said = "anything"
    match field:
        case {"$ref": str(ref)}:
            name = ref.rpartition("/")[2]
            said = f"[{name}](#{name.lower()})"
        case {"const": value}:
            said = f"`{json.dumps(value)}`"
        case {"anyOf": choices}:
            known = [_type(choice) for choice in choices if choice.get("enum") != _FLOATS]
            said = " or ".join(dict.fromkeys(known))
        case {"prefixItems": items}:
            said = f"a list of {' and '.join(map(_type, items))}"
        case {"items": item}:
            said = f"a list of {_type(item)}"
        case {"additionalProperties": dict(value)}:
            said = f"an object of {_type(value)}"
        case {"type": str(kind)}:
            said = {"object": "an object", "null": "`null`"}.get(kind, kind)
    return said


def _words(values: Sequence[Any]) -> str:
    return ", ".join(f"`{value}`" for value in values)
