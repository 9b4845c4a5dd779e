"""The servers measured: the API as production starts it, and tipg from the environment of the peers."""

import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from api.settings import ROOT
from api.setup.server import command_line
from api.users import add_user
from layers.cluster import free_port
from tests.benchmarks.ground import Ground
from tests.benchmarks.progress import BenchFailed
from tests.benchmarks.usage import cpu_ms, memory_mb

WORKERS = 2  # as production on two cores, for ours and for the peer
FIRST_PORT = 18100
START_LIMIT_S = 60
STOP_LIMIT_S = 20
PASSWORD = "only for measuring 1"
USERNAME = "bench"


@dataclass(frozen=True)
class Server:
    """A running server and its worker processes."""

    url: str
    process: int

    def cpu_ms(self) -> float:
        return cpu_ms(self.process)

    def memory_mb(self) -> dict[str, float]:
        return memory_mb(self.process)


@contextlib.contextmanager
def our_api(ground: Ground, var: Path, workers: int = WORKERS) -> Iterator[Server]:
    """The API with production's own command line, on the ground's database."""
    port = free_port(FIRST_PORT)
    environment = {
        "ANLAN_DATABASE_URL": ground.owner_url,
        "ANLAN_OWNER_PASSWORD": ground.keys.owner_password,
        "ANLAN_APP_PASSWORD": ground.keys.app_password,
        "ANLAN_TICKET_KEY": ground.keys.ticket_key,
        "ANLAN_JWT_KEY": ground.keys.jwt_key,
        "ANLAN_VAR": str(var),
    }
    command = command_line("127.0.0.1", port, workers)
    with _running(command, environment, f"http://127.0.0.1:{port}", "/api/health", var / "api.log") as server:
        yield server


@contextlib.contextmanager
def tipg(ground: Ground, var: Path, workers: int = WORKERS) -> Iterator[Server]:
    """tipg on the same tables, with no limit that would make its tiles smaller than ours. It comes as the owner: its
    catalogue needs temporary tables, which our own role may not make.

    Raises BenchFailed when its environment could not be made (no package registry).
    """
    python = os.environ.get("ANLAN_PEERS_PYTHON", "")
    if not Path(python).is_file():
        raise BenchFailed("no environment for the peers (ANLAN_PEERS_PYTHON): no package registry was reached")
    port = free_port(FIRST_PORT + 50)
    environment = {
        "DATABASE_URL": ground.owner_url,
        "TIPG_DB_SCHEMAS": '["layers"]',
        "TIPG_MAX_FEATURES_PER_TILE": "1000000",
        "TIPG_MAX_FEATURES_PER_QUERY": "10000",
    }
    command = [python, "-m", "uvicorn", "tipg.main:app", "--host", "127.0.0.1", "--port", str(port),
               "--workers", str(workers), "--no-access-log"]  # fmt: skip
    with _running(command, environment, f"http://127.0.0.1:{port}", "/healthz", var / "tipg.log") as server:
        yield server


@contextlib.contextmanager
def _running(command: list[str], more: dict[str, str], url: str, health: str, log: Path) -> Iterator[Server]:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | more, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                   start_new_session=True)  # fmt: skip
    try:
        _await(process, url + health, log)
        yield Server(url, process.pid)
    finally:
        _stop(process)


def _await(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until_s = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until_s and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, OSError, BenchFailed):
            fetch(address)
            return
        time.sleep(0.2)
    last = next((line for line in reversed(log.read_text(errors="replace").splitlines()) if line.strip()), "no word")
    raise BenchFailed(f"the server did not start: {last}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the group it leads: its workers too
        process.wait()


def fetch(address: str, headers: dict[str, str] | None = None, data: bytes | None = None) -> tuple[bytes, dict[str, str]]:
    """One answer's body and headers (names in lower case). Raises BenchFailed on any other status than 2xx."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback only, whatever the proxy settings
    try:
        with opener.open(urllib.request.Request(address, data, headers or {}), timeout=60) as answer:
            return answer.read(), {name.lower(): value for name, value in answer.headers.items()}
    except urllib.error.HTTPError as refused:
        raise BenchFailed(f"{address}: {refused.code} {refused.read()[:200]!r}") from refused


def make_user(ground: Ground) -> None:
    """A viewer who may read everything that is open; the database is kept, so he may be there already."""
    import psycopg

    with psycopg.connect(ground.owner_url) as session:
        session.execute("delete from app.refresh_tokens where username = %s", (USERNAME,))
        session.execute("delete from app.users where username = %s", (USERNAME,))
    add_user(ground.owner_url, USERNAME, "viewer", "14", password=PASSWORD)


def sign_in(server: Server) -> str:
    """An Authorization header that is good for the next minutes."""
    body = f"grant_type=password&username={USERNAME}&password={PASSWORD.replace(' ', '+')}".encode()
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer, _ = fetch(f"{server.url}/api/auth/token", kind, body)
    return f"Bearer {json.loads(answer)['access_token']}"
