"""Every scale a screen may have, from the smallest window to 4K: each in a process of its own, as Qt reads it once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CASES = [("1", "3840x2160"), ("1.25", "1280x660"), ("1.5", "1280x660"), ("2", "1280x660")]


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("scale", "sizes"), CASES, ids=[f"{scale}x" for scale, _ in CASES])
def test_every_state_fits_at(scale, sizes):
    environment = {**os.environ, "QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.support.scaled", sizes]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=800, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    assert json.loads(ended.stdout.splitlines()[-1]) == []
