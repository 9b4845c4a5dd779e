"""`./anlan test` and `./anlan bench`: a throw-away database, what the browser tests need, then pytest itself."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from api.settings import ROOT, private_url, var_folder
from api.setup import console
from api.setup.database import running_cluster
from api.setup.machine import TEST_PACKAGES, install_missing, require_disk
from api.setup.progress import say, step
from layers.cluster import SUPERUSER, new_password, stop

WORKERS = "2"  # each holds a database and often a browser; more than two starve each other on a small machine


@contextmanager
def throwaway_database(name: str, *, durable: bool) -> Iterator[str]:
    """A running cluster in var/<name>-pg for as long as the block lasts; the superuser's URL."""
    cluster = running_cluster(var_folder() / f"{name}-pg", f"{name}_port", durable=durable)
    password = new_password()
    with psycopg.connect(cluster.superuser_dsn(), autocommit=True) as session:
        session.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(SUPERUSER), sql.Literal(password)))
    try:
        yield private_url(SUPERUSER, password, cluster.port, "postgres")
    finally:
        stop(cluster)  # without a word: pytest's own summary stays the last line


def run_tests(arguments: list[str], *, everything: bool) -> int:
    """Runs pytest on two workers; its exit code, its own summary as the last line of standard output."""
    var_folder().mkdir(parents=True, exist_ok=True)
    require_disk(var_folder())
    _ready_for_a_browser()
    console.division_lists()
    chosen = [] if everything else ["-m", "not slow"]
    command = [sys.executable, "-m", "pytest", "-n", WORKERS, "--dist", "loadfile", *chosen, *arguments]
    with throwaway_database("test", durable=False) as url:
        say("• 测试 Tests")
        return _run(command, ANLAN_TEST_DATABASE_URL=url, PATH=console.node_path())


def _ready_for_a_browser() -> None:
    """Chromium and its like are there, and the console is built from the source as it is."""
    if any(not package.is_there() for package in TEST_PACKAGES):
        with step("安装测试所需的系统软件包", "Installing system packages for the tests") as installing:
            installing.note(" ".join(install_missing(TEST_PACKAGES)))
    console.build()


def run_bench(arguments: list[str]) -> int:
    """Runs the benchmarks on a database with production settings, with the peers in an environment of their own."""
    var_folder().mkdir(parents=True, exist_ok=True)
    require_disk(var_folder())
    if "--console" in arguments:
        _ready_for_a_browser()
        peers = ""  # the console is measured against its own numbers
    else:
        peers = peers_python()
    with throwaway_database("bench", durable=True) as url:
        command = [sys.executable, "-m", "tests.benchmarks.run", *arguments]
        return _run(command, ANLAN_TEST_DATABASE_URL=url, ANLAN_PEERS_PYTHON=peers, PATH=console.node_path())


def peers_python() -> str:
    """Python of the environment that holds the programs we are measured against (requirements-peers.lock)."""
    home, lock = var_folder() / "peers", ROOT / "requirements-peers.lock"
    stamp = home / ".anlan-lock"
    if not stamp.is_file() or stamp.read_bytes() != lock.read_bytes():
        with step("安装对照软件", "Installing the peers to compare with"):
            subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True, capture_output=True)
            subprocess.run(
                [home / "bin" / "python", "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock], check=True
            )
            stamp.write_bytes(lock.read_bytes())
    return str(home / "bin" / "python")


def _run(command: list[str], **extra: str) -> int:
    """Runs to its end even when Ctrl-C reaches both of us, so that the database is stopped afterwards."""
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | extra, stdin=subprocess.DEVNULL)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue
