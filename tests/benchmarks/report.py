"""The report: one table for people, one JSON file for comparing runs."""

import json
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Bar:
    """A speed to reach: at least `limit`, or at most where `most`; and where it is written."""

    limit: float
    basis: str
    most: bool = False

    def met(self, value: float) -> bool:
        return value <= self.limit if self.most else value >= self.limit

    def __str__(self) -> str:
        return f"{'≤' if self.most else '≥'} {self.limit:,g}"


@dataclass(frozen=True)
class Result:
    """One row. `ratio` is ours to the peer's; `value` is ours as a number. A row without figures says why in `note`."""

    work: str
    ours: str = ""
    peer: str = ""
    theirs: str = ""
    ratio: float | None = None
    bar: Bar | None = None
    value: float = 0.0
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Whether the bar is met; None where there is none or no figure."""
        if self.bar is None or not self.ours:
            return None
        return self.bar.met(self.value if self.ratio is None else self.ratio)


HEADS = ("work", "ours", "peer", "peer's", "ratio", "bar", "met", "note")
RIGHT = ("ours", "peer's", "ratio", "bar")


def _cells(result: Result) -> tuple[str, ...]:
    met = {None: "", True: "yes", False: "NO"}[result.met]
    ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
    return result.work, result.ours, result.peer, result.theirs, ratio, str(result.bar or ""), met, result.note


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def table(results: list[Result]) -> str:
    """The rows as aligned text, and one plain sentence about the bars."""
    lines = [HEADS, *map(_cells, results)]
    widths = [max(_width(line[at]) for line in lines) for at in range(len(HEADS))]

    def padded(text: str, at: int) -> str:
        room = " " * (widths[at] - _width(text))
        return room + text if HEADS[at] in RIGHT else text + room

    shown = ["  ".join(padded(text, at) for at, text in enumerate(line)).rstrip() for line in lines]
    rule = "  ".join("-" * width for width in widths)
    return "\n".join([shown[0], rule, *shown[1:], "", verdict(results)])


def verdict(results: list[Result]) -> str:
    missed = [result.work.strip() for result in results if result.met is False]
    unmeasured = [result.work.strip() for result in results if not result.ours]
    parts = [f"{len(missed)} bar(s) MISSED: {'; '.join(missed)}." if missed else "Every measured bar is met."]
    if unmeasured:
        parts.append(f"Not measured: {'; '.join(unmeasured)}.")
    return " ".join(parts)


def write(results: list[Result], path: Path, about: dict[str, Any]) -> None:
    rows = [asdict(result) | {"met": result.met} for result in results]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(about | {"results": rows}, ensure_ascii=False, indent=1) + "\n")
