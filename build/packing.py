"""What `dev.py package` does before it tries the bundle: builds it, adds what its system expects, packs, measures.

Below dist/: `textcraft/` (on macOS `TextCraft.app` too), the archive that is handed out, and `package.json`, which the
bench reads.
"""

import gzip
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import tomllib
import zlib
from collections import Counter
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
DIST: Final = ROOT / "dist"
FOLDER: Final = DIST / "textcraft"
APP: Final = DIST / "TextCraft.app"
TOLD: Final = DIST / "package.json"
LEVEL: Final = 9
LINUX_SIZES: Final = (16, 24, 32, 48, 64, 128, 256, 512)
SHOWN: Final = 15
SIGNERS: Final = {
    "win32": ("TEXTCRAFT_SIGN_THUMBPRINT", ["powershell", "-File", "build/windows/sign.ps1"]),
    "darwin": ("TEXTCRAFT_SIGN_IDENTITY", ["sh", "build/macos/sign.sh"]),
}


def main() -> int:
    """Build, pack and measure; the exit code is that of the build."""
    began = time.monotonic()
    shutil.rmtree(DIST, ignore_errors=True)
    if code := build():
        return code
    if sys.platform == "linux":
        add_desktop(FOLDER / "share")
    if code := sign():
        return code
    built = time.monotonic()
    archive = pack()
    told = {
        "commit": commit(),
        "version": tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"],
        "archive": archive.name,
        "disk_mb": round(disk_bytes(APP if sys.platform == "darwin" else FOLDER) / 2**20, 1),
        "packed_mb": round(archive.stat().st_size / 1e6, 1),
        "build_seconds": round(built - began, 1),
        "pack_seconds": round(time.monotonic() - built, 1),
        "by_package": by_package(FOLDER),
    }
    TOLD.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write("\n".join(lines(told)) + "\n")
    return 0


def build() -> int:
    """Run PyInstaller in a folder of its own; its default would be this one."""
    spec = str(ROOT / "build" / "textcraft.spec")
    with tempfile.TemporaryDirectory() as work:
        line = [sys.executable, "-m", "PyInstaller", spec, "--noconfirm", "--log-level", "ERROR"]
        return subprocess.run([*line, "--workpath", work, "--distpath", str(DIST)], cwd=ROOT, check=False).returncode


def sign() -> int:
    """Sign where a certificate is named in the environment. Not run yet: none was there."""
    certificate, line = SIGNERS.get(sys.platform, ("", []))
    if not os.environ.get(certificate):
        return 0
    return subprocess.run(line, cwd=ROOT, check=False).returncode


def add_desktop(share: Path) -> None:
    """Put the menu entry and its icons where a prefix such as ~/.local has them."""
    applications, icons = share / "applications", share / "icons" / "hicolor"
    applications.mkdir(parents=True)
    shutil.copy(ROOT / "build" / "linux" / "textcraft.desktop", applications)
    drawn = ROOT / "build" / "icons"
    for size in LINUX_SIZES:
        place = icons / f"{size}x{size}" / "apps"
        place.mkdir(parents=True)
        shutil.copy(drawn / f"textcraft-{size}.png", place / "textcraft.png")
    (icons / "scalable" / "apps").mkdir(parents=True)
    shutil.copy(drawn / "textcraft.svg", icons / "scalable" / "apps")


def pack() -> Path:
    """Write the archive its system opens by itself; return where."""
    name = DIST / f"textcraft-{sys.platform}-{platform.machine().lower()}"
    if sys.platform == "win32":
        return Path(shutil.make_archive(str(name), "zip", DIST, FOLDER.name))
    if sys.platform == "darwin":  # an app is links and signatures, which Apple's own program keeps
        subprocess.run(["ditto", "-c", "-k", "--keepParent", str(APP), f"{name}.zip"], check=True)
        return name.with_name(name.name + ".zip")
    path = name.with_name(name.name + ".tar.gz")
    with gzip.GzipFile(path, "wb", LEVEL, mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        tar.add(FOLDER, FOLDER.name, filter=_nobodys)
    return path


def _nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Whoever built it owns nothing where it is unpacked."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry


def disk_bytes(folder: Path) -> int:
    """What a folder takes on disk, in whole blocks; a file with several names counts once, as `du` has it."""
    files = {(stat.st_dev, stat.st_ino): stat for stat in (path.lstat() for path in folder.rglob("*"))}
    return sum(getattr(stat, "st_blocks", stat.st_size // 512 + 1) * 512 for stat in files.values())


def by_package(folder: Path) -> dict[str, list[float]]:
    """Return what each part takes in MB, on disk and packed, the largest first.

    `the programs` are our four in one file, with every module of Python that is in the bundle.
    """
    disk: Counter[str] = Counter()
    packed: Counter[str] = Counter()
    seen: set[int] = set()
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or (path.stat().st_ino and path.stat().st_ino in seen):
            continue
        seen.add(path.stat().st_ino)
        data = path.read_bytes()
        part = _part(path.relative_to(folder))
        disk[part] += len(data)
        packed[part] += len(zlib.compress(data))
    return {part: [round(disk[part] / 1e6, 2), round(size / 1e6, 2)] for part, size in packed.most_common()}


def _part(path: Path) -> str:
    if len(path.parts) == 1:
        return "the programs"
    return path.parts[1] if len(path.parts) > 2 else "single libraries"


def lines(told: dict[str, object]) -> list[str]:
    """Return what is printed of the measures."""
    parts = told["by_package"]
    assert isinstance(parts, dict)  # noqa: S101 - told by main alone
    shown = [f"  {size[0]:7.1f} {size[1]:7.1f}  {part}" for part, size in list(parts.items())[:SHOWN]]
    return [
        f"dev.py: {told['archive']}: {told['disk_mb']} MB on disk, {told['packed_mb']} MB packed (gzip -{LEVEL}), "
        f"{told['build_seconds']} s to build, {told['pack_seconds']} s to pack",
        "dev.py: the largest parts, MB on disk and packed:",
        *shown,
    ]


def commit() -> str:
    """Return the commit this was built from, with a + where the tree had changes."""
    line = ["git", "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude", "*"]
    told = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip() or "unknown"


if __name__ == "__main__":
    sys.exit(main())
