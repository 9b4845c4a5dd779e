"""Settings by concern. The sole reader of the environment (ANLAN_*), of var/secrets.json and of var/state.json.

The environment wins over the files: a server sets variables, a first start on a laptop needs none.

| variable | meaning | default |
|---|---|---|
| ANLAN_DATABASE_URL | owner's URL of an existing PostgreSQL; then no private cluster is made | none |
| ANLAN_APP_PASSWORD | password of the role `anlan_app`, under which the API reads and writes | var/secrets.json |
| ANLAN_TICKET_KEY, ANLAN_JWT_KEY | keys of database ticket and bearer tokens, hexadecimal | var/secrets.json |
| ANLAN_HOST, ANLAN_PORT, ANLAN_WORKERS | where and with how many processes the API serves | 127.0.0.1, 8000, 2 |
| ANLAN_ANALYST | whether each API process starts an analyst beside it (api/analyst.py); `false` where they run elsewhere | true |
| ANLAN_TIANDITU_KEY | key of the base maps of Tianditu (天地图), given to signed-in consoles; none: they are not offered | none |
| ANLAN_VAR | folder of everything that is not code | var/ beside the code |
"""

import json
import os
import secrets
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import BaseModel, Field
from pydantic_settings import (
    BaseSettings,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

ROOT = Path(__file__).resolve().parent.parent
OWNER_ROLE = "anlan_owner"
APP_ROLE = "anlan_app"
DATABASE = "anlan"
KEY_BYTES = 32  # SHA-256's own length: a longer HMAC key adds nothing (RFC 2104 §3)


class Place(BaseSettings):
    """The folder of everything that is not code."""

    model_config = SettingsConfigDict(env_prefix="ANLAN_", env_ignore_empty=True)

    var: Path = ROOT / "var"


class Secrets(BaseSettings):
    """Passwords and keys, from the environment or from var/secrets.json (mode 600)."""

    model_config = SettingsConfigDict(env_prefix="ANLAN_", env_ignore_empty=True, extra="ignore")

    owner_password: str
    app_password: str
    ticket_key: str = Field(min_length=2 * KEY_BYTES, pattern=r"^[0-9a-f]+$")
    jwt_key: str = Field(min_length=2 * KEY_BYTES, pattern=r"^[0-9a-f]+$")

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource, dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, JsonConfigSettingsSource(settings_cls, secrets_file())


class Server(BaseSettings):
    """Where the API serves, and which database it was told to use."""

    model_config = SettingsConfigDict(env_prefix="ANLAN_", env_ignore_empty=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=2, ge=1, le=64)
    analyst: bool = True
    database_url: str | None = None
    tianditu_key: str | None = Field(default=None, pattern=r"^[0-9A-Za-z]{1,64}$")


class Settings(BaseModel):
    """All an API process needs to know. Hand it to `create_app`; tests make their own."""

    owner_url: str
    app_url: str
    ticket_key: str
    jwt_key: str
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    var: Path
    analyst: bool = False
    tianditu_key: str | None = None


def program_version() -> str:
    """The version in pyproject.toml, its only place."""
    return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])


def var_folder() -> Path:
    return Place().var.resolve()


def secrets_file() -> Path:
    return var_folder() / "secrets.json"


def ensure_secrets() -> Secrets:
    """The secrets, made at random on the first call. A value that is there is never replaced."""
    path = secrets_file()
    kept: dict[str, str] = json.loads(path.read_text()) if path.is_file() else {}
    made = {
        "owner_password": secrets.token_urlsafe(24),
        "app_password": secrets.token_urlsafe(24),
        "ticket_key": secrets.token_hex(KEY_BYTES),
        "jwt_key": secrets.token_hex(KEY_BYTES),
    }
    if made.keys() - kept.keys():
        write_private(path, made | kept)
    return Secrets()  # type: ignore[call-arg]


def read_state() -> dict[str, Any]:
    """What earlier starts left to know: the database's port, the API's port and code, the finished steps."""
    path = var_folder() / "state.json"
    return dict(json.loads(path.read_text())) if path.is_file() else {}


def remember(**facts: Any) -> None:
    """Adds to the state. Written beside and renamed, so a kill leaves the old or the new file, never half of one."""
    write_private(var_folder() / "state.json", read_state() | facts)


def write_private(path: Path, content: dict[str, Any]) -> None:
    """A JSON file that only its owner reads, from its first byte on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(content, out, ensure_ascii=False, indent=1)
    beside.replace(path)


def private_url(role: str, password: str, port: int, database: str = DATABASE) -> str:
    """URL of a role of the private cluster."""
    return f"postgresql://{role}:{quote(password, safe='')}@127.0.0.1:{port}/{database}"


def as_role(url: str, role: str, password: str) -> str:
    """The same server and database, another role."""
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{address}"))


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """Settings of this process. Needs `ensure_secrets` to have run once (`./anlan up` does)."""
    server, kept = Server(), Secrets()  # type: ignore[call-arg]
    owner_url = server.database_url or private_url(OWNER_ROLE, kept.owner_password, int(read_state()["database_port"]))
    return Settings(
        owner_url=owner_url, app_url=as_role(owner_url, APP_ROLE, kept.app_password), ticket_key=kept.ticket_key,
        jwt_key=kept.jwt_key, host=server.host, port=server.port, workers=server.workers, var=var_folder(),
        analyst=server.analyst, tianditu_key=server.tianditu_key,
    )
