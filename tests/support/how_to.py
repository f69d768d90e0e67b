"""Follows a page for developers in a copy of the repository: new files, lines below others, lines instead of others."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
STEP = re.compile(
    r"^\*\*(?:New file: `(?P<new>[^`]+)`"
    r"|In `(?P<old>[^`]+)`, (?P<how>below|below the first|above|instead of) `(?P<line>[^\n]+?)`)\*\*\n\n"
    r"```\w*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Copy:
    """What git knows of this tree, as it stands, somewhere else."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
        for name in filter(None, told.split("\0")):
            if (ROOT / name).is_file() and not name.endswith((".lock", ".icns")):
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, folder / name)

    def follow(self, page: str) -> list[str]:
        """Do what a page says; returns the files it touched."""
        text = (ROOT / "resources" / "manual" / page).read_text(encoding="utf-8")
        steps = list(STEP.finditer(text))
        assert len(steps) == len(re.findall(r"^\*\*(?:New file|In `)", text, re.MULTILINE)), "a step nobody can follow"
        return [self._step(step.groupdict()) for step in steps]

    def _step(self, step: dict[str, str | None]) -> str:
        name = str(step["new"] or step["old"])
        path, text = self.root / name, str(step["text"])
        if step["new"]:
            assert not path.exists(), f"{name} is there already"
            path.write_text(text, encoding="utf-8")
            return name
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        places = [index for index, line in enumerate(lines) if line.strip() == step["line"]]
        how = str(step["how"])
        assert len(places) == 1 or (places and how == "below the first"), f"{len(places)} lines {step['line']!r}"
        start, end = {"above": (0, 0), "instead of": (0, 1)}.get(how, (1, 1))
        lines[places[0] + start : places[0] + end] = [text]
        path.write_text("".join(lines), encoding="utf-8")
        return name

    def run(self, *line: str) -> None:
        """Run a Python module in the copy; fails with what it said."""
        self._python("-m", *line)

    def run_file(self, name: str) -> None:
        """Run a Python file of the copy."""
        self._python(name)

    def _python(self, *line: str) -> None:
        sources = os.pathsep.join([str(self.root), str(self.root / "services")])
        environment = {**os.environ, "PYTHONPATH": sources}
        ended = subprocess.run(
            [sys.executable, *line], cwd=self.root, env=environment, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stdout[-5000:] + ended.stderr[-2000:]

    def pytest(self, *what: str) -> None:
        """Run tests of the copy."""
        self.run("pytest", "-q", "-p", "no:cacheprovider", *what)

    def ruff(self, *names: str) -> None:
        """Hold files to the style of the house."""
        python = sorted({name for name in names if name.endswith(".py")})
        self.run("ruff", "check", "--no-cache", *python)
        self.run("ruff", "format", "--no-cache", "--check", *python)
