"""What teachers copy: linted, and run with a grader that says what it was asked."""

import json
import os
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from grader.ci.settings import Settings

CI = Path(__file__).parents[2] / "ci"
ACTION, WORKFLOW, GITLAB = CI / "github/action.yml", CI / "github/workflow.yml", CI / "gitlab/.gitlab-ci.yml"
SCHEMAS = {ACTION: "github-actions", WORKFLOW: "github-workflows", GITLAB: "gitlab-ci"}


def parsed(path):
    """Read YAML 1.2, as forges do."""
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_published_schemas(path):
    """GitHub's and GitLab's published schemas admit them."""
    file = resources.files("check_jsonschema.builtin_schemas.vendor") / f"{SCHEMAS[path]}.json"
    schema = json.loads(file.read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)

    assert [] == [error.message for error in validator(schema).iter_errors(parsed(path))]


def test_actionlint():
    """Workflow and action pass actionlint's checks, and those for what an outsider could do with them."""
    lint = [Path(sys.executable).with_name("jactionlint"), "--strict-exit", "--no-hints", "--shellcheck="]
    done = subprocess.run([*lint, WORKFLOW, ACTION], capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stdout)


@pytest.fixture
def asked(tmp_path):
    """Give a function that runs a script where ``grader`` and ``pip`` say what they were asked."""

    def run(script, home=".grader", **environment):
        for name in ("grader", "pip"):
            program = tmp_path / home / "bin" / name
            program.parent.mkdir(parents=True, exist_ok=True)
            program.write_text(f'#!/bin/sh\nprintf "%s|" {name} "$@"\necho\n', encoding="utf-8")
            program.chmod(0o755)
        (python := tmp_path / "python").write_text("#!/bin/sh\necho python $*\n", encoding="utf-8")
        python.chmod(0o755)
        path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
        given = {"PATH": path, "HOME": str(tmp_path), "PYTHON": str(python), **environment}
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script],
            cwd=tmp_path,
            env=given,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    return run


def step(name):
    """Give the script of a step of the action."""
    return next(it["run"] for it in parsed(ACTION)["runs"]["steps"] if it.get("name") == name)


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ({}, "--lang|ko|"),
        ({"KIT": "a b.json; rm -rf /"}, "--lang|ko|--kit|a b.json; rm -rf /|"),
        ({"MIN_SCORE": "60", "FAIL": "false"}, "--lang|ko|--min-score|60|--no-fail|"),
    ],
)
def test_inputs_become_options(asked, given, options):
    """Inputs reach grader as they are, whatever a shell would make of them."""
    environment = {"KIT": "", "MIN_SCORE": "", "FAIL": "true", "LANGUAGE_OF_REPORTS": "ko", **given}

    assert f"grader|ci|{options}\n" == asked(step("Check the notebook"), **environment)


def test_action_installs(asked):
    """What is installed is what the workflow names; further words come before it."""
    said = asked(
        step("Install grader"), GRADER="git+https://x/y@v1", PIP_ARGUMENTS="--extra-index-url https://z"
    )

    assert "|--extra-index-url|https://z|git+https://x/y@v1|" in said


def test_what_was_installed_is_kept_whatever_the_score():
    """A job that fails saves no cache by itself: every push would install anew until one passes."""
    steps = [it.get("name") or it["uses"].partition("@")[0] for it in parsed(ACTION)["runs"]["steps"]]
    install = steps.index("Install grader")

    assert ["actions/cache/save", "Check the notebook"] == steps[install + 1 : install + 3]
    assert "always" == parsed(GITLAB)["grader"]["cache"]["when"]


def test_gitlab_installs_once(asked, tmp_path):
    """The environment is made where there is none of the same make, and kept otherwise."""
    job = parsed(GITLAB)
    script = "\n".join(job["grader"]["script"])
    given = {"GRADER": "https://x/grader.whl"} | dict.fromkeys(
        ("GRADER_KIT", "GRADER_PACKAGES", "GRADER_PIP_ARGUMENTS"), ""
    )
    first, second = asked(script, **given), asked(script, **given)
    third = asked(script, **given | {"GRADER": "https://x/other.whl"})

    assert (True, False, True) == tuple("pip|install|" in said for said in (first, second, third))
    assert second.endswith("grader|ci|--kit||\n")
    assert job["grader"]["artifacts"]["reports"]["junit"] == "grader-report/junit.xml"


def test_settings_template():
    """The file that tells what may stand in grader.toml holds, with every line in it read, just that."""
    text = (CI / "grader.toml").read_text(encoding="utf-8")
    keys = tomllib.loads("\n".join(line.removeprefix("# ") for line in text.splitlines()[2:]))

    assert set(Settings.__dataclass_fields__) == set(keys)
    assert "steps" == Settings.read(CI).assignment
