"""Public data that stand beside the repository and not in it; a test that needs a missing file is skipped."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


def shared(name: str) -> Path:
    """The file or folder of that name, or the test is skipped with the reason."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"public data file {name} is not there")
    return path
