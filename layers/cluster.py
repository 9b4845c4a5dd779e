"""A private PostgreSQL cluster: made, started and stopped with the server's own programs, never with SQL on features.

PostgreSQL refuses to run as root, so when we are root everything here runs as the account `postgres` that the system's
package makes. That account must be able to enter the cluster's folder: below a closed one (root's home is 700) it cannot,
and `place_for` then puts the cluster under /var/lib/anlan and leaves a link.
"""

import hashlib
import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from gis.errors import Refusal

ACCOUNT = "postgres"  # Debian's, Fedora's and the official image's name for the unprivileged account
SUPERUSER = "postgres"
OUTSIDE = Path("/var/lib/anlan")  # where a cluster goes when its account cannot enter the checkout
SOCKET_PATH_LIMIT = 107  # bytes, sockaddr_un.sun_path less its closing zero
START_LIMIT_S = 60  # recovery after a power cut replays at most max_wal_size; far below this on any disk
FIRST_PORT = 54329
NO_ACCESS = 4  # pg_ctl status: the data folder cannot be read; it may run all the same
PORTS_TRIED = 200

# Two settings answer measured traps, the rest is the PostgreSQL wiki's usual advice for a shared server on flash.
SETTINGS = {
    "jit": "off",  # compiles for 100 ms plans that run 5 ms
    "max_parallel_workers_per_gather": "0",  # the parallel plan of points x polygons is 5x slower than the serial one
    "random_page_cost": "1.1",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "maintenance_work_mem": "128MB",
    "work_mem": "16MB",
    "max_connections": "60",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "password_encryption": "'scram-sha-256'",
    "logging_collector": "on",  # seven files, one a weekday, each overwritten: the log cannot fill the disk
    "log_filename": "'postgresql-%a.log'",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
}
# A test database may be lost in a power cut; it is made again from nothing.
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class NotReady(Refusal):
    """The machine lacks something that a person must provide first."""

    title_zh: ClassVar[str] = "尚未就绪"
    title_en: ClassVar[str] = "Not ready"


@dataclass(frozen=True)
class Cluster:
    """One cluster. `home` holds data/, the socket and the start log, and belongs to the account that runs it."""

    home: Path
    port: int
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def socket_folder(self) -> Path:
        """Beside the data, or in a short folder when that path is too long for a socket.

        As root that is /run, where nobody else can have put a folder of that name before us.
        """
        here = self.home / "socket"
        if len(os.fsencode(here / f".s.PGSQL.{self.port}")) <= SOCKET_PATH_LIMIT:
            return here
        short = Path("/run") if os.geteuid() == 0 else Path(os.environ.get("XDG_RUNTIME_DIR", "/tmp"))
        return short / f"anlan-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]}"

    def superuser_dsn(self, database: str = "postgres") -> str:
        """Over the socket, whose folder only the account itself (and root) can enter; no password."""
        return f"host={self.socket_folder} port={self.port} user={SUPERUSER} dbname={database}"


def programs(extension: str = "postgis") -> Path:
    """The folder of initdb, pg_ctl and postgres: the newest server on this machine that has the extension.

    Raises NotReady when there is none.
    """
    for folder in _server_folders():
        if extension_version(folder, extension) is not None:
            return folder
    raise NotReady(f"没有找到带 {extension} 的 PostgreSQL 服务器。", f"No PostgreSQL server with {extension} found.")


def _server_folders() -> list[Path]:
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"),
        key=lambda found: float(found.parts[4]) if found.parts[4].replace(".", "").isdigit() else 0.0,
        reverse=True,
    )
    on_path = [Path(found) for found in [shutil.which("pg_ctl")] if found]
    return [found.resolve().parent for found in debian + on_path]


def extension_version(programs_folder: Path, extension: str) -> str | None:
    """The version the server would install, read from its control file; None when it has none."""
    told = subprocess.run([programs_folder / "pg_config", "--sharedir"], capture_output=True, text=True, check=False)
    folders = [Path(told.stdout.strip())] if told.returncode == 0 else []
    # Debian's pg_config belongs to a -dev package and may be absent; its share folder has the same version number.
    folders.append(Path("/usr/share/postgresql") / programs_folder.parent.name)
    for folder in folders:
        control = folder / "extension" / f"{extension}.control"
        if control.is_file():
            found = re.search(r"default_version\s*=\s*'([^']+)'", control.read_text())
            return found.group(1) if found else None
    return None


def _account() -> pwd.struct_passwd | None:
    """The account to become, or None when we are nobody special and simply run as ourselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(ACCOUNT)
    except KeyError as missing:
        raise NotReady(
            f"以 root 运行时需要系统账号 {ACCOUNT} 来运行数据库。请安装系统的 PostgreSQL 软件包。",
            f"As root the database must run as the account {ACCOUNT}, which is missing. Install PostgreSQL.",
        ) from missing


def _run(arguments: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    """Runs a server program as the unprivileged account. Never raises: callers say what failed in their own words."""
    account = _account()
    clean = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C.UTF-8"}
    command = [str(argument) for argument in arguments]
    if account is None:
        return subprocess.run(
            command, capture_output=True, text=True, cwd="/", env=clean, check=False, stdin=subprocess.DEVNULL
        )
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        cwd="/",
        env=clean | {"HOME": account.pw_dir},
        check=False,
        stdin=subprocess.DEVNULL,
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=os.getgrouplist(account.pw_name, account.pw_gid),
    )


def place_for(wanted: Path) -> Path:
    """Where a cluster asked for at `wanted` lives: there, or outside with a link when its account cannot enter."""
    if wanted.is_symlink():
        real = wanted.resolve()
        _give(real)
        return real
    wanted.mkdir(parents=True, exist_ok=True)
    _give(wanted)
    if _run(["test", "-w", wanted]).returncode == 0:
        return wanted
    if any(wanted.iterdir()):
        raise _shut_out(wanted)
    outside = OUTSIDE / f"{wanted.name}-{hashlib.sha256(os.fsencode(wanted)).hexdigest()[:16]}"
    OUTSIDE.mkdir(parents=True, exist_ok=True)
    OUTSIDE.chmod(0o755)  # whatever the umask, the account must pass
    _give(outside)
    wanted.rmdir()
    wanted.symlink_to(outside)
    return outside


def _shut_out(folder: Path) -> NotReady:
    """Somebody closed a parent folder after the database was made there."""
    return NotReady(
        f"账号 {ACCOUNT} 进不了数据库目录 {folder}。请恢复上级目录的通行权限(chmod o+x)。",
        f"The account {ACCOUNT} cannot enter the database's folder {folder}. Give its parents back o+x.",
    )


def _give(folder: Path) -> None:
    """Hands a folder to the cluster's account, closed to everybody else."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    account = _account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)


def make(cluster: Cluster) -> bool:
    """Makes the data folder; False when it is already there. Killed half-way, it starts over the next time.

    Raises NotReady with initdb's own last words.
    """
    if (cluster.data / "PG_VERSION").is_file():
        return False
    unfinished = cluster.home / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    done = _run(
        [
            programs() / "initdb",
            "--pgdata",
            unfinished,
            "--username",
            SUPERUSER,
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--data-checksums",
            "--auth-local=trust",
            "--auth-host=scram-sha-256",
            "--no-instructions",
        ]
    )
    if done.returncode != 0:
        raise NotReady(f"无法建立数据库:{_last_line(done)}", f"initdb failed: {_last_line(done)}")
    unfinished.rename(cluster.data)
    return True


def start(cluster: Cluster) -> bool:
    """Starts it and waits until it answers; False when it already runs. Raises NotReady with the server's reason."""
    if is_answering(cluster):
        return False
    _give(cluster.socket_folder)
    _write_settings(cluster)
    log = cluster.home / "start.log"
    done = _run(
        [
            _own_programs(cluster) / "pg_ctl",
            "start",
            "--pgdata",
            cluster.data,
            "--log",
            log,
            "--wait",
            "--silent",
            f"--timeout={START_LIMIT_S}",
        ]
    )
    if done.returncode != 0:
        reason = _first_fatal(log) or _last_line(done)
        raise NotReady(f"数据库没有启动:{reason}", f"The database did not start: {reason}")
    return True


def stop(cluster: Cluster) -> bool:
    """Stops it, ending open connections; False when it was not running."""
    if not is_running(cluster):
        return False
    pg_ctl = _own_programs(cluster) / "pg_ctl"
    done = _run([pg_ctl, "stop", "--pgdata", cluster.data, "--mode=fast", "--wait", "--silent"])
    if done.returncode != 0:
        raise NotReady(f"数据库没有停止:{_last_line(done)}", f"The database did not stop: {_last_line(done)}")
    return True


def is_answering(cluster: Cluster) -> bool:
    """Whether it runs and takes connections soon. A killed server is still listed for a moment, then gone."""
    if not is_running(cluster):
        return False
    pg_isready = _own_programs(cluster) / "pg_isready"
    until_s = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until_s:
        port = running_port(cluster) or cluster.port
        if _run([pg_isready, "--quiet", "--host=127.0.0.1", f"--port={port}"]).returncode == 0:
            return True
        if not is_running(cluster):
            return False
        time.sleep(0.1)
    return False


def is_running(cluster: Cluster) -> bool:
    """Whether the server of this data folder runs, whatever its port. Raises NotReady where its account cannot look."""
    if not (cluster.data / "PG_VERSION").is_file():
        return False
    told = _run([_own_programs(cluster) / "pg_ctl", "status", "--pgdata", cluster.data]).returncode
    if told == NO_ACCESS:
        raise _shut_out(cluster.data)
    return told == 0


def running_port(cluster: Cluster) -> int | None:
    """The port of the running server, from line 4 of its postmaster.pid."""
    try:
        return int((cluster.data / "postmaster.pid").read_text().splitlines()[3])
    except (OSError, IndexError, ValueError):
        return None


def free_port(first: int = FIRST_PORT) -> int:
    """The first port from `first` on that nobody listens on."""
    for port in range(first, first + PORTS_TRIED):
        if is_free(port):
            return port
    last = first + PORTS_TRIED - 1
    raise NotReady(f"端口 {first}–{last} 都被占用。", f"Ports {first} to {last} are all busy.")


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def new_password() -> str:
    """Random, of characters that need no quoting in a URL or in SQL."""
    return secrets.token_urlsafe(24)


def _own_programs(cluster: Cluster) -> Path:
    """Programs of the version that made the data: after a system upgrade the newest server cannot read it."""
    version = (cluster.data / "PG_VERSION").read_text().strip()
    for folder in _server_folders():
        told = _run([folder / "postgres", "--version"]).stdout
        if re.search(rf"\b{re.escape(version)}(\.|\b)", told):
            return folder
    raise NotReady(
        f"数据由 PostgreSQL {version} 建立,而这台机器上已没有该版本。请重新安装 postgresql-{version}。",
        f"The data was made by PostgreSQL {version}, which is no longer on this machine. Install postgresql-{version}.",
    )


def _write_settings(cluster: Cluster) -> None:
    """Our settings in one included file, rewritten at each start; the server's own files stay as initdb made them."""
    chosen = (
        SETTINGS
        | ({} if cluster.durable else THROWAWAY_SETTINGS)
        | {
            "port": str(cluster.port),
            "listen_addresses": "'127.0.0.1'",
            "unix_socket_directories": f"'{cluster.socket_folder}'",
            "unix_socket_permissions": "0700",
        }
    )
    (cluster.data / "anlan.conf").write_text("".join(f"{name} = {value}\n" for name, value in chosen.items()))
    (cluster.data / "anlan.conf").chmod(0o644)
    main = cluster.data / "postgresql.conf"
    if "include_if_exists = 'anlan.conf'" not in main.read_text():
        with main.open("a") as more:
            more.write("\ninclude_if_exists = 'anlan.conf'\n")


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in (done.stderr + "\n" + done.stdout).splitlines() if line.strip()]
    return lines[-1].strip() if lines else f"exit code {done.returncode}"


def _first_fatal(log: Path) -> str | None:
    """The newest FATAL line of the start log: the server's own reason."""
    if not log.is_file():
        return None
    found = [line for line in log.read_text(errors="replace").splitlines() if "FATAL:" in line]
    return found[-1].split("FATAL:")[1].strip() if found else None
