"""The workflow and the hooks of commits: they parse, name nothing that moves, and call what is there."""

import re
import shlex
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "bundles.yml"
HOOKS = ROOT / ".pre-commit-config.yaml"


def values(path, key):
    """What each line of a key says: both files keep these on one line."""
    return re.findall(rf"^ *(?:- )?{key}: *(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", [WORKFLOW, HOOKS, ROOT / ".yamllint.yml"], ids=lambda path: path.name)
def test_it_is_yaml(path):
    line = ["yamllint", "--strict", "-c", ROOT / ".yamllint.yml", path]
    told = subprocess.run(line, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it():
    used = values(WORKFLOW, "uses")
    assert len(used) == 9
    assert [
        action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", action)
    ] == []


def test_every_step_runs_a_verb_there_is_on_tests_there_are():
    source = (ROOT / "build" / "dev.py").read_text(encoding="utf-8")
    lines = [shlex.split(line) for line in values(WORKFLOW, "run")]
    assert {line[2] for line in lines} == {"lint", "test", "package"}
    for line in lines:
        assert line[:2] == ["python", "build/dev.py"]
        assert f'"{line[2]}": (' in source
        assert all((ROOT / path).is_dir() for path in line[3:])


def test_all_three_systems_hand_out_what_is_packed():
    text = WORKFLOW.read_text(encoding="utf-8")
    assert [value.split("-")[0] for value in values(WORKFLOW, "runs-on")] == ["ubuntu", "windows", "macos"]
    assert values(WORKFLOW, "if-no-files-found") == ["error"] * 3
    assert text.count("dist/package.json") == 3
    assert "permissions:\n  contents: read\n" in text


def test_secrets_are_named_once_and_read_by_a_script_that_signs():
    signers = "".join((ROOT / "build" / name).read_text() for name in ("macos/sign.sh", "windows/sign.ps1"))
    named = re.findall(r"(\w+): \$\{\{ secrets\.(\w+) \}\}", WORKFLOW.read_text(encoding="utf-8"))
    assert len(named) == 4
    assert all(variable == secret and variable in signers for variable, secret in named)


def test_hooks_are_local_and_call_tools_that_are_pinned():
    assert values(HOOKS, "repo") == ["local"]
    assert set(values(HOOKS, "language")) == {"system"}
    tools = [Path(shlex.split(entry)[0]).name for entry in values(HOOKS, "entry")]
    assert tools == ["ruff", "ruff", "mypy", "lint-imports"]
    dev = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["dev"]
    assert all(any(need.startswith(tool) for need in dev) for tool in ("ruff", "mypy", "import-linter"))
