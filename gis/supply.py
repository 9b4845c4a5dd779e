"""Who sends what where: sources with so much, lines of demand in order of importance, earliest arrival.

For each line in the order given: first as much as can be sent, then the earliest moment at which all of it is there. When
that is settled for every line, the fewest loads, then the least amount × minutes. Solved exactly by CP-SAT (OR-Tools), one
aim after another, each kept while the next is sought.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis.errors import NoAnswer

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

EFFORT = 4.0  # CP-SAT's deterministic time for one aim: the same plan on any machine
PARTS = 1000  # amounts that are not whole are counted in thousandths
SECONDS_PER_MIN = 60.0


class Loads(NamedTuple):
    """amount : (r, l) from each source to each line. short : (l,) what is lacking. minutes : (l,) until all that is sent is
    there, NaN where nothing is. is_optimal : every aim was proven."""

    amount: Floats
    short: Floats
    minutes: Floats
    is_optimal: bool


def earliest(need: Floats, stock: Floats, minutes: Floats, usable: NDArray[np.bool_], *, divisible: bool) -> Loads:
    """need : (l,) > 0. stock : (r,) of each source, for all lines together. minutes : (r, l) until a load is there, infinite
    where there is no way. usable : (r, l) whether a source has what the line wants.

    divisible : goods, of which each source sends as much as it likes; else teams, each of which goes whole to one line.
    Raises NoAnswer for numbers below nought or absurdly large.
    """
    if (need <= 0).any() or not np.isfinite(need).all() or (stock < 0).any() or np.isnan(stock).any():
        raise NoAnswer("需求应大于0,库存不能为负。", "Demand must be above nought and stock not below it.")
    whole = all(np.equal(np.mod(values, 1), 0).all() for values in (need, stock))
    parts = 1 if whole else PARTS
    wanted = np.ceil(need * parts - 1e-6).astype(np.int64)
    # More than is wanted in all need not be counted: keeps the numbers small.
    held = np.floor(np.minimum(stock, need.sum() + 1) * parts + 1e-6).astype(np.int64)
    if not divisible:
        held = np.floor(stock + 1e-6).astype(np.int64) * parts
    open_ = usable & np.isfinite(minutes) & (held > 0)[:, None]
    model = _Model(
        wanted, held, np.rint(np.where(open_, minutes, 0) * SECONDS_PER_MIN).astype(np.int64), open_, divisible
    )
    amount = model.solved() / parts
    short = np.maximum(need - amount.sum(axis=0), 0.0)
    latest = np.where(amount > 0, minutes, -np.inf).max(axis=0, initial=-np.inf)
    return Loads(amount, np.round(short, 6), np.where(np.isfinite(latest), latest, np.nan), model.is_optimal)


class _Model:
    """wanted : (l,), held : (r,) whole amounts. seconds, open_ : (r, l)."""

    def __init__(self, wanted: Ints, held: Ints, seconds: Ints, open_: NDArray[np.bool_], divisible: bool) -> None:
        from ortools.sat.python import cp_model

        self._cp: Any = cp_model
        self.model: Any = cp_model.CpModel()
        self.is_optimal = True
        self.wanted, self.shape = wanted, open_.shape
        self.pairs = [(int(r), int(line)) for r, line in zip(*np.nonzero(open_), strict=True)]
        self.sent: dict[tuple[int, int], Any] = {}
        self.used: dict[tuple[int, int], Any] = {}
        self.seconds = seconds
        for pair in self.pairs:
            most = int(held[pair[0]])
            self.used[pair] = self.model.new_bool_var("")
            if divisible:
                top = min(most, int(wanted[pair[1]]))
                self.sent[pair] = self.model.new_int_var(0, top, "")
                self.model.add(self.sent[pair] <= top * self.used[pair])
            else:
                self.sent[pair] = most * self.used[pair]
        for r in range(self.shape[0]):
            ours = [pair for pair in self.pairs if pair[0] == r]
            if divisible and len(ours) > 1:
                self.model.add(sum(self.sent[pair] for pair in ours) <= int(held[r]))
            elif len(ours) > 1:
                self.model.add_at_most_one([self.used[pair] for pair in ours])

    def solved(self) -> Ints:
        """(r, l) amounts."""
        amount = np.zeros(self.shape, dtype=np.int64)
        if not self.pairs:
            return amount
        for line in range(self.shape[1]):
            ours = [pair for pair in self.pairs if pair[1] == line]
            if ours:
                self._settle(line, ours)
        loads = sum(self.used[pair] for pair in self.pairs)
        self.model.add(loads <= self._least(loads))
        effort = sum(int(self.seconds[pair]) * self.sent[pair] for pair in self.pairs)
        self._least(effort)
        for pair in self.pairs:
            amount[pair] = self._value(self.sent[pair])
        return amount

    def _settle(self, line: int, ours: list[tuple[int, int]]) -> None:
        """As much as can be sent, then as early as can be."""
        want = int(self.wanted[line])
        short = self.model.new_int_var(0, want, "")
        self.model.add(sum(self.sent[pair] for pair in ours) + short >= want)
        self.model.add(short <= self._least(short))
        latest = self.model.new_int_var(0, max(int(self.seconds[pair]) for pair in ours), "")
        for pair in ours:
            self.model.add(latest >= int(self.seconds[pair]) * self.used[pair])
        self.model.add(latest <= self._least(latest))

    def _least(self, aim: Any) -> int:
        """The least value of an aim; the solution stays as a hint for the next."""
        self.model.minimize(aim)
        solver = self._cp.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_deterministic_time = EFFORT
        status = solver.solve(self.model)
        if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            raise NoAnswer("调度求解未完成。请减少需求行数。", "The dispatch could not be solved. Give fewer lines.")
        self.is_optimal &= status == self._cp.OPTIMAL
        self._value = solver.value
        self.model.clear_hints()
        for pair in self.pairs:
            self.model.add_hint(self.used[pair], solver.value(self.used[pair]))
        return int(solver.value(aim))
