"""What reports can be written as, besides pages: a name, a file's name, a function."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from grader.records import Report
from grader.render.junit import junit_xml
from grader.render.markdown import markdown
from grader.render.table import gradebook_csv


class Output(NamedTuple):
    """A form that reports are written in: ``render`` takes them and a language."""

    file: str
    render: Callable[[Sequence[Report], str], bytes]


OUTPUTS: Mapping[str, Output] = {
    "csv": Output("gradebook.csv", gradebook_csv),
    "junit": Output("junit.xml", junit_xml),
    "markdown": Output("summary.md", lambda reports, lang: markdown(reports, lang).encode()),
}
