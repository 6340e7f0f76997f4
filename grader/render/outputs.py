"""What reports can be written as, besides pages: a name, a file's name, a function."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from grader.records import Report
from grader.render.junit import junit_xml
from grader.render.markdown import markdown


class Output(NamedTuple):
    """A form that reports are written in: ``render`` takes them and a language."""

    file: str
    render: Callable[[Sequence[Report], str], bytes]


def _csv(reports: Sequence[Report], lang: str) -> bytes:
    from grader.render.table import gradebook_csv  # noqa: PLC0415 - pandas, which only classes need

    return gradebook_csv(reports, lang)


OUTPUTS: Mapping[str, Output] = {
    "csv": Output("gradebook.csv", _csv),
    "junit": Output("junit.xml", junit_xml),
    "markdown": Output("summary.md", lambda reports, lang: markdown(reports, lang).encode()),
}
