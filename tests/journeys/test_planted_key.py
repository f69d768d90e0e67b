"""A key planted in a show that is really played: nothing of the evening holds it, in any form it travels in."""

import base64
import json
import os
import signal
import subprocess
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from PIL import Image
from werkzeug import Response

from tests.support.programs import programs
from tests.support.waiting import wait_until
from textcraft_bus.clock import SystemClock
from textcraft_bus.crashes import crash_files
from textcraft_bus.disk.folders import log_folder
from textcraft_bus.processes import command
from textcraft_core.day.report import gather
from textcraft_core.day.report_page import to_html
from textcraft_core.record.journal import Journal
from textcraft_core.show.folder import rehearsals_of
from textcraft_gui.session.which_show import the_show

KEY = "planted-9f3a!7c51~d2e8^b604"
FORMS = {KEY, KEY[::-1], json.dumps(KEY)[1:-1], repr(KEY)[1:-1], quote(KEY), quote(KEY, safe="")} | {
    base64.b64encode(KEY.encode()).decode().rstrip("="),
    base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("="),
}
QUICK = ("--ports", "free", "--rehearsal.tokens-per-s", "400", "--textcraft.cycle-seconds", "0")


def telltale(request):
    """A server that refuses, and repeats in its answer whatever it was told."""
    said = request.headers.get("Authorization", "")
    told = {"error": {"message": f"Incorrect API key provided: {said}", "type": "invalid_request_error", "code": KEY}}
    return Response(json.dumps(told), status=401, content_type="application/json", headers={"x-key": KEY})


def planted(httpserver):
    show = the_show(None)
    httpserver.expect_request("/v1/chat/completions").respond_with_handler(telltale)
    (show.root / ".env").write_text(f"LLM_API_KEY={KEY}\nSOMEBODY_S_OTHER_SECRET={KEY[::-1]}\n")
    (show.root / "core.toml").write_text(
        f'brain = "live"\n[llm]\nbase_url = "{httpserver.url_for("/v1")}"\nmodel = "any"\nmax_retries = 0\n'
        '[textcraft]\nfallback = ["rehearsal"]\n'
    )
    return show


def holders(folder: Path) -> list[str]:
    """Every file that holds the key: as bytes, inside an archive, or in what a picture says of itself."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.name != ".env"):
        texts = [path.read_bytes()]
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                texts += [archive.read(name) for name in archive.namelist()]
        if path.suffix in {".png", ".jpg", ".webp"}:
            with Image.open(path) as picture:
                texts.append(repr((picture.info, dict(picture.getexif()))).encode())
        found += [str(path.relative_to(folder)) for text in texts if any(form.encode() in text for form in FORMS)]
    return found


@pytest.mark.timeout(240)
def test_no_artefact_holds_it(tmp_path, textcraft_home, httpserver, qapp):
    show, shots = planted(httpserver), textcraft_home / "shots"
    with programs(tmp_path) as started:
        refused = started.start("textcraft", "--run", "1", "--quit-when-done", *QUICK)
        assert refused.wait(100) == 1, "a run without an operator ends when its brain refuses"
        assert httpserver.log, "the server was asked"
        assert KEY in httpserver.log[0][0].headers["Authorization"], "with the key"

        more = ("--brain", "rehearsal", "--quit-when-done", "--shots", str(shots))
        batch = started.start("textcraft", "--run", "1", *more, *QUICK)
        assert batch.wait(100) == 0, batch.output
        crashing = started.start("textcraft", "--mode", "edit", *QUICK)
        wait_until(lambda: (log_folder() / "textcraft.log").read_text().count("can be used") == 3, 60, "the console")
        os.kill(crashing.pid, signal.SIGABRT)
        crashing.process.wait(20)
        (textcraft_home / "said").write_text(refused.output + batch.output + crashing.output)
    assert crash_files(log_folder()), "it left its stacks"

    copy = rehearsals_of(show)[-1]  # the one that was refused
    journal = Journal(copy.journal, SystemClock())
    began = datetime.fromtimestamp(0, UTC)
    report = gather(journal, "The show", began, datetime.now(UTC), lambda path: (copy.root / path).read_text())
    (textcraft_home / "report.html").write_text(to_html(report, ZoneInfo("UTC")))
    journal.close()

    bundle = textcraft_home / "bundle.zip"
    line = [*command("textcraft"), "doctor", "--json", "--bundle", str(bundle), "--words"]
    done = subprocess.run(line, capture_output=True, text=True, timeout=100, check=False)
    (textcraft_home / "doctor.txt").write_text(done.stdout + done.stderr)

    assert list(shots.glob("*.png"))
    assert bundle.is_file()
    assert copy.journal.is_file()
    assert holders(textcraft_home) == []


def test_the_search_finds_what_is_there(tmp_path):
    (tmp_path / "log").write_text(f"x {base64.b64encode(KEY.encode()).decode()} y")
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner", f"{KEY} " * 50)
    (tmp_path / ".env").write_text(KEY)
    (tmp_path / "clean").write_text("nothing")
    assert holders(tmp_path) == ["a.zip", "log"]
