"""What the machine must have, and the one clear line when it has not."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from layers.cluster import NotReady, extension_version, is_free, programs


@dataclass(frozen=True)
class Limit:
    """A bound and why it stands where it does."""

    value: float
    basis: str


LIMITS = {
    "free_disk_gb": Limit(2.0, "county 0.3 GB, console packages 0.3 GB, write-ahead log 1 GB, backups"),
}
OLDEST_POSTGIS = (3, 3)  # the oldest we test with: Debian 12 has 3.3, Ubuntu 24.04 has 3.4


@dataclass(frozen=True)
class Package:
    """A system package, the sign that it is there already, and what for."""

    name: str
    program: str | None = None
    file: str | None = None

    def is_there(self) -> bool:
        if self.program is not None:
            return shutil.which(self.program) is not None
        return self.file is not None and any(Path("/").glob(self.file))


TEST_PACKAGES = (
    Package("chromium", program="chromium"),
    Package("fonts-noto-cjk", file="usr/share/fonts/**/NotoSansCJK*"),
    Package("gdal-bin", program="ogrinfo"),
)


def require_disk(folder: Path, needed_gb: float = LIMITS["free_disk_gb"].value) -> None:
    """Raises NotReady when the disk of `folder` has less than `needed_gb` (10⁹ bytes) free."""
    free_gb = shutil.disk_usage(folder).free / 1e9
    if free_gb < needed_gb:
        raise NotReady(
            f"磁盘快满了:{folder} 只剩 {free_gb:.1f} GB,至少需要 {needed_gb:g} GB。请清理后重试。",
            f"Disk nearly full: {free_gb:.1f} GB left at {folder}, {needed_gb:g} GB needed. Free some and run again.",
        )


def require_port(port: int, host: str = "127.0.0.1") -> None:
    """Raises NotReady when somebody listens there, naming the program when the system lets us see it."""
    if is_free(port, host):
        return
    who = port_owner(port)
    by_zh, by_en = (f",占用者为 {who}", f" by {who}") if who else ("", "")
    raise NotReady(
        f"端口 {port} 已被占用{by_zh}。请先停掉它,或换一个端口:./anlan up --port {port + 1}",
        f"Port {port} is taken{by_en}. Stop that program, or choose another port: ./anlan up --port {port + 1}",
    )


def port_owner(port: int) -> str | None:
    """`command (pid 123)` of the process that listens on a TCP port, from /proc; None where that is not readable."""
    inodes = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if table.is_file():
            rows = [line.split() for line in table.read_text().splitlines()[1:]]
            inodes |= {row[9] for row in rows if int(row[1].rpartition(":")[2], 16) == port and row[3] == "0A"}
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link) in wanted:
                command = (link.parents[1] / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                return f"{command.strip()[:80]} (pid {link.parts[2]})"
        except OSError:
            continue  # the process ended, or belongs to somebody else
    return None


def require_postgis(version: str) -> None:
    """Raises NotReady when a PostGIS version such as "3.3.2" is older than the oldest we can use."""
    found = re.match(r"(\d+)\.(\d+)", version)
    oldest = ".".join(str(part) for part in OLDEST_POSTGIS)
    if found is None or (int(found.group(1)), int(found.group(2))) < OLDEST_POSTGIS:
        raise NotReady(
            f"PostGIS {version} 太旧,至少需要 {oldest}。请升级数据库服务器的 PostGIS。",
            f"PostGIS {version} is too old; {oldest} or newer is needed. Upgrade PostGIS on the database server.",
        )


def has_database_server() -> bool:
    """Whether this machine has a PostgreSQL server with PostGIS; raises NotReady when that PostGIS is too old."""
    try:
        folder = programs()
    except NotReady:
        return False
    require_postgis(extension_version(folder, "postgis") or "")
    return True


def install_database_server() -> None:
    """PostgreSQL and PostGIS from the system's packages. Without root or apt raises NotReady with the command."""
    _require_apt(["postgresql", "postgis"], "sudo apt-get install -y postgresql-postgis")
    _apt("update")
    search = ["apt-cache", "search", "--names-only", r"^postgresql-[0-9]+-postgis-3$"]
    listed = subprocess.run(search, capture_output=True, text=True, check=False)
    found = sorted((line.split()[0] for line in listed.stdout.splitlines()), key=lambda name: int(name.split("-")[1]))
    if not found:
        raise NotReady("系统软件源里没有 PostGIS 3。", "The system's package sources have no PostGIS 3.")
    # The package would start a cluster of its own on port 5432; ours is private, so that one is not wanted.
    _apt("install", "postgresql-common")
    _no_main_cluster(Path("/etc/postgresql-common/createcluster.conf"))
    _apt("install", found[-1], found[-1].removesuffix("-postgis-3"))


def install_missing(wanted: tuple[Package, ...]) -> list[str]:
    """Installs those packages that are not there; their names. Raises NotReady with the command when it may not."""
    missing = [package.name for package in wanted if not package.is_there()]
    if missing:
        _require_apt(missing, f"sudo apt-get install -y --no-install-recommends {' '.join(missing)}")
        _apt("update")
        _apt("install", *missing)
    return missing


def _no_main_cluster(path: Path) -> None:
    text = path.read_text() if path.is_file() else ""
    if not re.search(r"^\s*create_main_cluster\s*=", text, re.MULTILINE):
        path.write_text(text.rstrip("\n") + "\ncreate_main_cluster = false\n")


def _require_apt(missing: list[str], command: str) -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        return
    names = "、".join(missing)
    raise NotReady(f"缺少系统软件包 {names}。请运行:{command}", f"Missing system packages. Run: {command}")


def _apt(verb: str, *names: str) -> None:
    options = [] if verb == "update" else ["-y", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold"]
    done = subprocess.run(
        ["apt-get", "-q", verb, *options, *names], capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode != 0:
        said = [line for line in done.stderr.splitlines() if line.startswith("E:")] or done.stderr.splitlines() or [""]
        what = " ".join(names) or verb
        raise NotReady(f"apt-get 无法安装 {what}:{said[0]}", f"apt-get failed on {what}: {said[0]}")
