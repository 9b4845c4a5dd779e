"""The API as a background process: started, found again by its pid file, stopped."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from api.settings import ROOT, read_state, remember, var_folder
from api.setup.console import WEB, fingerprint
from api.setup.machine import require_port
from layers.cluster import NotReady

HEALTH_LIMIT_S = 60  # a cold start without compiled bytecode on a slow disk takes about 15 s
STOP_LIMIT_S = 20  # uvicorn lets running requests end
LOG_LIMIT_MB = 20
HOUSES = ("api", "gis", "layers", "maps", "scenarios")
ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # where to knock when it listens everywhere


def code_mark() -> str:
    """Changes when the code or the built console changes, so that a running API is replaced."""
    code = [path for house in HOUSES for path in (ROOT / house).rglob("*.py") if "node_modules" not in path.parts]
    return fingerprint([*code, *(WEB / "dist").glob("index.html")])


def pid_file() -> Path:
    return var_folder() / "anlan.pid"


def running_pid() -> int | None:
    """The API's process id, if the one in the pid file lives and is ours."""
    try:
        pid = int(pid_file().read_text())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    command = Path(f"/proc/{pid}/cmdline")
    if command.is_file() and b"api.main" not in command.read_bytes():
        return None  # after a reboot the number belongs to somebody else
    return pid


def command_line(host: str, port: int, workers: int) -> list[str]:
    return [
        sys.executable, "-m", "uvicorn", "api.main:create_app", "--factory", "--host", host, "--port", str(port),
        "--workers", str(workers), "--no-server-header", "--no-access-log", "--timeout-graceful-shutdown", "10",
    ]


def health(host: str, port: int) -> dict[str, Any] | None:
    """What /api/health says, or None while nobody answers well."""
    address = f"http://{ANYWHERE.get(host, host)}:{port}/api/health"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # this machine is never behind a proxy
    try:
        with opener.open(address, timeout=5) as answer:
            return dict(json.load(answer))
    except (urllib.error.URLError, OSError, ValueError):
        return None


def start_api(host: str, port: int, workers: int) -> None:
    """Starts the API and waits until it is healthy. Raises NotReady with the log's last line when it dies."""
    require_port(port, host)
    log = var_folder() / "log" / "api.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.is_file() and log.stat().st_size > LOG_LIMIT_MB * 1e6:
        log.replace(log.with_suffix(".log.1"))
    # The child writes its own pid before it becomes the API: if we are killed here, the next start still finds it.
    write_pid_first = ["/bin/sh", "-c", 'echo $$ > "$0" && exec "$@"', str(pid_file())]
    with log.open("ab") as out:
        process = subprocess.Popen(
            [*write_pid_first, *command_line(host, port, workers)], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            start_new_session=True,  # Ctrl-C at this terminal must not reach it
        )
    remember(api={"host": host, "port": port, "code": code_mark()})
    _await_health(process, host, port, log)


def _await_health(process: subprocess.Popen[bytes], host: str, port: int, log: Path) -> None:
    until_s = time.monotonic() + HEALTH_LIMIT_S
    while time.monotonic() < until_s:
        if health(host, port) is not None:
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    last = next((line for line in reversed(log.read_text(errors="replace").splitlines()) if line.strip()), "")
    stop_api()
    raise NotReady(f"服务没有启动:{last} 详见 {log}", f"The API did not start: {last} See {log}")


def run_in_foreground(host: str, port: int, workers: int) -> None:
    """Becomes the API: signals reach it directly, as a container wants it. Does not return."""
    require_port(port, host)
    pid_file().write_text(str(os.getpid()))
    remember(api={"host": host, "port": port, "code": code_mark()})
    os.chdir(ROOT)
    command = command_line(host, port, workers)
    os.execv(command[0], command)


def is_current(host: str, port: int) -> bool:
    """Whether the API of exactly this code already serves there."""
    wanted = {"host": host, "port": port, "code": code_mark()}
    return running_pid() is not None and read_state().get("api") == wanted and health(host, port) is not None


def stop_api() -> bool:
    """Stops it; False when it was not running. Its worker processes end with it; a hung one is killed."""
    pid = running_pid()
    if pid is not None:
        os.kill(pid, signal.SIGTERM)
        if not _ended(pid, STOP_LIMIT_S):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)
            _ended(pid, STOP_LIMIT_S)
    pid_file().unlink(missing_ok=True)
    return pid is not None


def end_orphans() -> bool:
    """Ends worker processes whose main process was killed: they would hold the port and serve old code for ever."""
    if running_pid() is not None or not pid_file().is_file():
        return False
    group = pid_file().read_text().strip()
    orphans = [pid for pid in _members(group) if _works_here(pid)]
    for pid in orphans:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    for pid in orphans:
        if not _ended(pid, STOP_LIMIT_S):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    pid_file().unlink(missing_ok=True)
    return bool(orphans)


def _members(group: str) -> list[int]:
    """Processes of a process group, from field 5 of /proc/PID/stat; zombies are gone already."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, member_of, *_ = stat.read_text().rpartition(")")[2].split()
            if member_of == group and state != "Z":
                found.append(int(stat.parent.name))
    return found


def _works_here(pid: int) -> bool:
    """Whether a process runs in this checkout: after a reboot its number may be somebody else's."""
    with contextlib.suppress(OSError):
        return Path(os.readlink(f"/proc/{pid}/cwd")) == ROOT
    return False


def _ended(pid: int, limit_s: float) -> bool:
    until_s = time.monotonic() + limit_s
    while time.monotonic() < until_s:
        if not _is_alive(pid):
            return True
        time.sleep(0.05)
    return False


def _is_alive(pid: int) -> bool:
    """A zombie is not: it waits for its parent, or for a container's first process, which may never look."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return True
