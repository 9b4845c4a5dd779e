"""Passwords: Argon2id, always off the event loop, and the rules for a new one."""

import secrets
import unicodedata
from functools import cached_property

import anyio
import anyio.to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from layers.errors import UserRefused

# RFC 9106 §4, second recommended option (64 MiB), which are argon2-cffi's defaults.
HASHER = PasswordHasher()
AT_ONCE = 2  # each verification takes 64 MiB and a core: strangers must not be able to fill the memory

# NIST SP 800-63B-4 §3.1.1.2: at least 15 characters where the password is the only factor, 8 otherwise; at least 64
# must be accepted. A county duty desk types it on a phone, and an account locks after five wrong ones: 10.
SHORTEST, LONGEST = 10, 256
RANDOM_BYTES = 15  # 120 bits, 20 characters


def random_password() -> str:
    """A password nobody chose."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def hashed(password: str) -> str:
    """The Argon2id hash to store. Takes about 50 ms: from the API use `Passwords.hashed`."""
    return HASHER.hash(_plain(password))


def checked(password: str, username: str) -> str:
    """The password if it may be used. Raises UserRefused."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UserRefused(f"密码应为{SHORTEST}至{LONGEST}个字符,现为{len(password)}个。",
                          f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(password)}.")
    if username.casefold() in password.casefold() or len(set(password)) < SHORTEST // 2:
        raise UserRefused("密码太容易猜到:不要包含用户名,不要只用几个字符。",
                          "The password is too easy to guess: leave the user name out, use more different characters.")
    return password


class Passwords:
    """Hashing and verifying in threads, a few at a time."""

    def __init__(self) -> None:
        self._turns = anyio.CapacityLimiter(AT_ONCE)

    @cached_property
    def _nobody(self) -> str:
        """Verified when there is no such user, so that an unknown name takes as long as a wrong password."""
        return HASHER.hash(secrets.token_bytes(RANDOM_BYTES))

    async def hashed(self, password: str) -> str:
        return await anyio.to_thread.run_sync(hashed, password, limiter=self._turns)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether the password belongs to the stored hash; `None` (no such user) takes the same time and is False."""
        return await anyio.to_thread.run_sync(self._matches, stored, password, limiter=self._turns)

    def _matches(self, stored: str | None, password: str) -> bool:
        if len(password) > LONGEST:
            return False
        try:
            HASHER.verify(self._nobody if stored is None else stored, _plain(password))
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None


def outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def _plain(password: str) -> bytes:
    """One form for full-width and half-width characters: Chinese keyboards switch between them unnoticed.

    NFKC as NIST SP 800-63B-4 §3.1.1.2 asks. Half a surrogate pair (possible in JSON) is kept, never an error.
    """
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")
