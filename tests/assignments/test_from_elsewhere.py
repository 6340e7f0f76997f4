"""The solution as it comes from Colab with a GPU: full marks, and what was done instead is told."""

import json
import re
from pathlib import Path

import pytest

from grader.assignment.file import load
from grader.grading import grade
from grader.submission import read

FOLDER = Path(__file__).parents[2] / "assignments/steps"

FIRST = """\
!pip install -q seaborn tqdm
%tensorflow_version 2.x
%matplotlib notebook
from google.colab import drive
drive.mount('/content/drive')
from fastai.vision.all import *
import seaborn as sns
sns.set()
from tqdm.notebook import tqdm
"""


def from_colab():
    """Write the solutions again as somebody would who trains on Colab's GPU and remembers old torch."""
    notebook = json.loads((FOLDER / "steps.ipynb").read_text(encoding="utf-8"))
    notebook["nbformat_minor"] = 0
    notebook["metadata"] = {"colab": {"provenance": []}, "accelerator": "GPU"}
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for cell in notebook["cells"]:
        cell.pop("id", None)
    for cell in code:
        source = "".join(cell["source"])
        source = re.sub(r"torch\.nn\.Linear\(([^()]*)\)", r"torch.nn.Linear(\1).to(device)", source)
        source = source.replace("requires_grad=True)", "requires_grad=True, device='cuda')")
        source = re.sub(r"in range\(30\)", "in tqdm(range(30))", source)
        if source.startswith("# 문제: data"):
            source += "\nX, y = X.cuda(), y.cuda()\nassert X.is_cuda"
        if source.startswith("# 문제: mse"):
            source += "\nloss.data[0]"
        cell["source"] = source
        cell["metadata"]["executionInfo"] = {"user": {"displayName": "홍길동"}, "status": "ok"}
    code[0]["source"] = f"{FIRST}{code[0]['source']}\ndevice = torch.device('cuda')"
    return notebook


@pytest.fixture(scope="module")
def report(kernel, tmp_path_factory):
    """Grade that notebook."""
    file = tmp_path_factory.mktemp("colab") / "홍길동의 사본.ipynb"
    file.write_text(json.dumps(from_colab()), encoding="utf-8")
    return grade(read(file), load(FOLDER), kernel=kernel)[0]


def test_it_has_full_marks(report):
    """Nothing of the machine it was written on costs a point."""
    assert {} == {
        question.id: question.score for question in report.questions if question.score < question.max_score
    }


def test_all_that_was_done_instead_is_flagged(report):
    """The instructor reads what was skipped and what was run elsewhere."""
    flags = {(flag.id, flag.params.get("name")) for flag in report.flags}

    assert flags == {
        ("flag.cuda", ""),
        ("flag.magic-skipped", "%tensorflow_version"),
        ("flag.not-installed", "seaborn"),
        ("flag.package-missing", "fastai"),
        ("flag.package-missing", "seaborn"),
    }


def test_the_old_idiom_is_explained(report):
    """``loss.data[0]`` costs nothing after the loop and is told with what to write today."""
    (error,) = [cell.error for cell in report.cells if cell.error is not None]

    assert ("IndexError", "loss.data[0]", "explain.zero-dim-index") == (
        error.name,
        error.source,
        error.hint.id,
    )
