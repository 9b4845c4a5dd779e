"""The container files, checked without an engine: against the compose schema, by hadolint, and the backup by doing it."""

import os
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import compose_spec
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
COMPOSE = ROOT / "docker-compose.yml"
GIVEN = {"ANLAN_DB_PASSWORD": "d4", "ANLAN_APP_PASSWORD": "a7"}
VARIABLE = re.compile(r"\$\{(\w+)(?::([?-])([^}]*))?\}")


def filled_in(text: str, environment: dict[str, str]) -> str:
    """The file as compose reads it: ${NAME:?why} must be given, ${NAME:-value} has a default."""

    def value(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        if environment.get(name):
            return environment[name]
        if kind == "-":
            return rest
        raise LookupError(f"{name}: {rest}")

    return VARIABLE.sub(value, text)


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(filled_in(COMPOSE.read_text(), GIVEN))
    return dict(loaded["services"])


def test_the_compose_file_keeps_to_the_schema() -> None:
    plain = yaml.safe_dump(yaml.safe_load(filled_in(COMPOSE.read_text(), GIVEN)))  # merge keys resolved, as compose does
    checked = compose_spec.PyCompose.from_yaml(plain)
    assert sorted(checked.service_names()) == ["api", "backup", "db"]


def test_the_schema_check_would_notice_a_wrong_key() -> None:
    with pytest.raises(ValueError, match="healthchek"):
        compose_spec.PyCompose.from_yaml("services:\n  db:\n    image: x\n    healthchek: {}\n")


@pytest.mark.parametrize("forgotten", sorted(GIVEN))
def test_no_password_has_a_default(forgotten: str) -> None:
    given = {name: value for name, value in GIVEN.items() if name != forgotten}
    with pytest.raises(LookupError, match=forgotten):
        filled_in(COMPOSE.read_text(), given)


def test_every_service_is_watched_and_runs_as_an_ordinary_user(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert service["healthcheck"]["test"], name
        assert int(service["user"].partition(":")[0]) > 0, name
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name


def test_images_are_pinned_and_only_the_api_is_reachable_and_only_from_this_machine(services: dict[str, Any]) -> None:
    for name, service in services.items():
        assert re.search(r":\d", service["image"]), name
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name
    assert [name for name, service in services.items() if "ports" in service] == ["api"]


def test_data_lives_in_named_volumes() -> None:
    loaded = yaml.safe_load(filled_in(COMPOSE.read_text(), GIVEN))
    mounted = {mount.partition(":")[0] for service in loaded["services"].values() for mount in service["volumes"]}
    assert set(loaded["volumes"]) == {"database", "state", "backups"} == {m for m in mounted if not m.startswith(".")}


def test_hadolint_accepts_the_dockerfile() -> None:
    hadolint = Path(sysconfig.get_path("scripts")) / "hadolint"
    done = subprocess.run([hadolint, ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_everything_the_image_copies_is_let_through_by_dockerignore() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {Path(name).parts[0] for line in copied for name in line.split()} == allowed


def backup(verb: str, folder: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    url = urlsplit(os.environ["ANLAN_TEST_DATABASE_URL"])
    connection = {"PGHOST": str(url.hostname), "PGPORT": str(url.port), "PGUSER": str(url.username),
                  "PGPASSWORD": url.password or "", "PGDATABASE": "postgres", "BACKUP_FOLDER": str(folder)}
    return subprocess.run(["bash", ROOT / "deploy" / "backup.sh", verb], env=os.environ | connection | extra,
                          capture_output=True, text=True, check=False)


def test_a_backup_is_readable_and_counts_as_fresh(tmp_path: Path) -> None:
    assert backup("check", tmp_path).returncode == 1
    done = backup("once", tmp_path)
    assert done.returncode == 0, done.stderr
    (dump,) = tmp_path.iterdir()
    assert dump.read_bytes().startswith(b"PGDMP")
    assert backup("check", tmp_path).returncode == 0


def test_a_failed_backup_leaves_no_file_and_keeps_the_old_ones(tmp_path: Path) -> None:
    old = tmp_path / "anlan-20200101T000000Z.dump"
    old.write_bytes(b"PGDMP")
    os.utime(old, (0, 0))
    assert backup("once", tmp_path, PGPASSWORD="wrong", PGUSER="nobody").returncode != 0
    assert list(tmp_path.iterdir()) == [old]


def test_copies_past_their_days_are_removed_after_a_good_one(tmp_path: Path) -> None:
    old = tmp_path / "anlan-20200101T000000Z.dump"
    old.write_bytes(b"PGDMP")
    os.utime(old, (0, 0))
    assert backup("once", tmp_path).returncode == 0
    assert not old.exists()
    assert len(list(tmp_path.iterdir())) == 1


def test_the_daily_loop_takes_no_failed_dump_for_a_copy(tmp_path: Path) -> None:
    url = urlsplit(os.environ["ANLAN_TEST_DATABASE_URL"])
    wrong = {"PGHOST": str(url.hostname), "PGPORT": str(url.port), "PGUSER": "nobody", "PGPASSWORD": "wrong",
             "PGDATABASE": "postgres", "BACKUP_FOLDER": str(tmp_path)}
    command = ["bash", ROOT / "deploy" / "backup.sh", "daily"]
    with subprocess.Popen(command, env=os.environ | wrong, stderr=subprocess.PIPE, text=True) as loop:
        assert loop.stderr is not None
        assert "nobody" in loop.stderr.readline()  # pg_dump's refusal: the first round is over
        loop.terminate()
        assert loop.wait() == 0
    assert list(tmp_path.iterdir()) == []
