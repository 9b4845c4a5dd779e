"""Who goes where at least cost: people of many places into shelters with room for so many.

Two plans of the same demand:
- `cheapest_flow`: most people placed, then least cost, places may be split. A minimum-cost flow (Goldberg 1997, J.
  Algorithms 22, 1–29, by OR-Tools): always optimal.
- `kept_together`: as few places split as found, then least cost. The generalised assignment problem (Martello and Toth
  1990, Knapsack Problems, ch. 7) is hard, so the plan is repaired from the flow and improved by moves and swaps; the flow's
  cost stays a proven lower bound. Where the problem is small after fixing by reduced costs, CP-SAT proves or improves it.

Everything is whole numbers: persons, and cost in whole units a person.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis.errors import NoAnswer

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOST_COLUMNS = (
    3000  # choices CP-SAT is given: above that it proves nothing in a second (measured, 500 places × 100 shelters)
)
EFFORT = 0.5  # CP-SAT's deterministic time: the same plan on any machine, about a second of work
NO_WAY = np.inf


class Plan(NamedTuple):
    """amount : (n, m) persons from each place to each shelter. left : (n,) who could not be placed. cost : of those placed.

    bound : no plan that places as many can cost less. is_optimal : proven for what the plan aims at (see its maker).
    """

    amount: Ints
    left: Ints
    cost: int
    bound: int
    is_optimal: bool

    @property
    def split(self) -> Flags:
        """(n,) places whose people go to more than one shelter, or partly nowhere."""
        parts = (self.amount > 0).sum(axis=1) + (self.left > 0)
        return np.asarray(parts > 1)


def cheapest_flow(people: Ints, capacity: Ints, unit_cost: Floats, left_weight: Floats | None = None) -> Plan:
    """Most people placed, then least cost.

    people : (n,). capacity : (m,). unit_cost : (n, m) per person, rounded to whole units, infinite where nobody may go.
    left_weight : (n,) how grave it is to leave somebody of a place behind, 1 if not given: it decides who is left, never how
    many. Raises NoAnswer for numbers below nought.
    """
    _refuse_negative(people, capacity, unit_cost)
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    count, shelters = unit_cost.shape
    allowed = np.isfinite(unit_cost) & (capacity > 0)[None, :] & (people > 0)[:, None]
    i, j = np.nonzero(allowed)
    costs = np.rint(unit_cost[i, j]).astype(np.int64)
    # Dearer than any detour through all shelters, so that nobody is left who could be placed by moving others on.
    dear = int(costs.max(initial=1)) * (min(count, shelters) + 1) + 1
    weight = np.ones(count) if left_weight is None else left_weight
    left_cost = np.rint(dear * np.maximum(weight, 1.0)).astype(np.int64)
    flow = SimpleMinCostFlow()
    placed = flow.add_arcs_with_capacity_and_unit_cost(i, count + j, people[i], costs)
    places = np.arange(count)
    flow.add_arcs_with_capacity_and_unit_cost(
        count + np.arange(shelters), np.full(shelters, count + shelters), capacity, np.zeros(shelters, dtype=np.int64)
    )
    behind = flow.add_arcs_with_capacity_and_unit_cost(places, np.full(count, count + shelters), people, left_cost)
    flow.set_nodes_supplies(places, people)
    flow.set_node_supply(count + shelters, -int(people.sum()))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise NoAnswer(
            f"分配求解失败({status})。请减少数量后重试。",
            f"The allocation could not be solved ({status}). Try with fewer places.",
        )
    amount = np.zeros((count, shelters), dtype=np.int64)
    amount[i, j] = flow.flows(placed)
    cost = int((amount[i, j] * costs).sum())
    return Plan(amount, np.asarray(flow.flows(behind), dtype=np.int64), cost, cost, True)


def _refuse_negative(people: Ints, capacity: Ints, unit_cost: Floats) -> None:
    if (people < 0).any() or (capacity < 0).any() or (unit_cost < 0).any() or np.isnan(unit_cost).any():
        raise NoAnswer(
            "人数、容量和时间不能为负或缺失。请核对数据。", "People, capacity and times cannot be negative or missing. Check the data."
        )  # fmt: skip


# -- together ---------------------------------------------------------------------------------------------------------


def kept_together(people: Ints, capacity: Ints, unit_cost: Floats, left_weight: Floats | None = None) -> Plan:
    """Most people placed, then as few places split as can be found, then least cost.

    Optimal (`is_optimal`) is claimed only where nobody is split and CP-SAT, or the flow itself, has proved the cost least
    among all plans that split nobody.
    """
    flow = cheapest_flow(people, capacity, unit_cost, left_weight)
    if not flow.split.any():
        return flow
    rounded = np.where(np.isfinite(unit_cost), np.rint(unit_cost), np.inf)
    whole_cost = np.where(people[:, None] > 0, rounded * np.maximum(people, 1)[:, None], 0.0).astype(np.float64)
    desk = _Desk(people, capacity, whole_cost, flow)
    desk.place_the_split()
    desk.improve()
    rest = np.flatnonzero(desk.home < 0)
    amount = desk.amount()
    room = capacity - amount.sum(axis=0)
    last = cheapest_flow(people[rest], room, unit_cost[rest], None if left_weight is None else left_weight[rest])
    amount[rest] = last.amount
    left = np.zeros(len(people), dtype=np.int64)
    left[rest] = last.left
    costs = np.where(amount > 0, np.rint(np.where(np.isfinite(unit_cost), unit_cost, 0)), 0).astype(np.int64)
    plan = Plan(amount, left, int((amount * costs).sum()), flow.cost, False)
    if _worth(plan) >= _worth(flow):  # whole places may have taken room that only others could have used
        return flow._replace(is_optimal=False)
    if plan.split.any() or left.any():
        return plan
    return _proved(plan, people, capacity, unit_cost, whole_cost)


def _worth(plan: Plan) -> tuple[int, int, int]:
    """What is kept small, in this order."""
    return int(plan.left.sum()), int(plan.split.sum()), plan.cost


class _Desk:
    """Whole places being moved about. home : (n,) shelter of each, −1 while it has none. room : (m,) what is left."""

    def __init__(self, people: Ints, capacity: Ints, whole_cost: Floats, flow: Plan) -> None:
        self.people, self.whole_cost, self.left = people, whole_cost, flow.left
        self.home = np.where(flow.split | (flow.left > 0) | (people == 0), -1, flow.amount.argmax(axis=1))
        self.room = capacity - self.amount().sum(axis=0)

    def amount(self) -> Ints:
        out = np.zeros(self.whole_cost.shape, dtype=np.int64)
        there = np.flatnonzero(self.home >= 0)
        out[there, self.home[there]] = self.people[there]
        return out

    def place_the_split(self) -> None:
        """The largest first: where there is room, else where one other can be moved on to make room, at least cost.

        Not those of whom some are left: there is no room for them, and to make it would leave somebody who is nearer.
        """
        waiting = np.flatnonzero((self.home < 0) & (self.people > 0) & (self.left == 0))
        for place in waiting[np.argsort(-self.people[waiting], kind="stable")].tolist():
            costs = np.where(self.room >= self.people[place], self.whole_cost[place], np.inf)
            shelter = int(costs.argmin())
            ejected = self._ejection(place)
            if ejected is not None and ejected[0] < costs[shelter]:
                _, other, onward, shelter = ejected
                self._put(other, onward)
            elif not np.isfinite(costs[shelter]):
                continue
            self._put(place, shelter)

    def _ejection(self, place: int) -> tuple[float, int, int, int] | None:
        """(cost, other, where the other goes, where `place` goes) of the cheapest move of one other that makes room."""
        sat = np.flatnonzero(self.home >= 0)
        if not len(sat):
            return None
        at = self.home[sat]
        fits = self.room[at] + self.people[sat] >= self.people[place]
        onward = np.where(self.room[None, :] >= self.people[sat, None], self.whole_cost[sat], np.inf)
        onward[np.arange(len(sat)), at] = np.inf
        goes = onward.argmin(axis=1)
        moved = onward[np.arange(len(sat)), goes] - self.whole_cost[sat, at]
        total = np.where(fits, self.whole_cost[place, at] + moved, np.inf)
        best = int(total.argmin())
        return (
            (float(total[best]), int(sat[best]), int(goes[best]), int(at[best])) if np.isfinite(total[best]) else None
        )

    def _put(self, place: int, shelter: int) -> None:
        if self.home[place] >= 0:
            self.room[self.home[place]] += self.people[place]
        self.home[place] = shelter
        self.room[shelter] -= self.people[place]

    def improve(self) -> None:
        """Moves and swaps as long as one makes the plan cheaper; each step lowers a whole number, so it ends."""
        while self._moved() or self._swapped():
            pass

    def _moved(self) -> bool:
        sat = np.flatnonzero(self.home >= 0)
        if not len(sat):
            return False
        now = self.whole_cost[sat, self.home[sat]]
        gain = np.where(self.room[None, :] >= self.people[sat, None], now[:, None] - self.whole_cost[sat], -np.inf)
        best = np.unravel_index(int(gain.argmax()), gain.shape)
        if gain[best] <= 0:
            return False
        self._put(int(sat[best[0]]), int(best[1]))
        return True

    def _swapped(self) -> bool:
        sat = np.flatnonzero(self.home >= 0)
        if not len(sat):
            return False
        at, size = self.home[sat], self.people[sat]
        there = self.whole_cost[sat][:, at]  # (k, k) cost of each where each other is
        now = np.diag(there)
        gain = now[:, None] + now[None, :] - there - there.T
        space = self.room[at]
        fits = (size[:, None] <= size[None, :] + space[None, :]) & (size[None, :] <= size[:, None] + space[:, None])
        gain = np.where(fits & (at[:, None] != at[None, :]), gain, -np.inf)
        better = np.flatnonzero(np.triu(gain) > 0)
        touched: set[int] = set()  # shelters whose room has changed since `fits` was worked out
        for pair in better[np.argsort(-gain.ravel()[better], kind="stable")].tolist():
            one, other = (int(sat[k]) for k in divmod(pair, len(sat)))
            here, far = int(self.home[one]), int(self.home[other])
            if touched & {here, far}:
                continue
            touched |= {here, far}
            self.room[here] += self.people[one] - self.people[other]
            self.room[far] += self.people[other] - self.people[one]
            self.home[one], self.home[other] = far, here
        return bool(touched)


# -- proof ------------------------------------------------------------------------------------------------------------


def _proved(plan: Plan, people: Ints, capacity: Ints, unit_cost: Floats, whole_cost: Floats) -> Plan:
    """The cheapest plan that splits nobody, if CP-SAT can tell with little effort; else the plan as it is.

    A choice whose reduced cost (against the flow's duals) is above plan − bound cannot be part of a cheaper plan, so it is
    left out without losing the proof.
    """
    gap = plan.cost - plan.bound
    if gap == 0:
        return plan._replace(is_optimal=True)
    flow = cheapest_flow(people, capacity, unit_cost)
    extra = reduced_costs(flow, capacity, unit_cost) * np.maximum(people, 1)[:, None]
    keep = (extra <= gap) | (plan.amount > 0)
    i, j = np.nonzero(keep & np.isfinite(whole_cost) & (people > 0)[:, None])
    if len(i) > MOST_COLUMNS:
        return plan
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen = [model.new_bool_var("") for _ in i]
    costs = whole_cost[i, j].astype(np.int64)
    of_place: Mapping[int, list[int]] = _grouped(i)
    for ours in of_place.values():
        model.add_exactly_one([chosen[k] for k in ours])
    for shelter, ours in _grouped(j).items():
        sizes = people[i[ours]].tolist()
        model.add(cp_model.LinearExpr.weighted_sum([chosen[k] for k in ours], sizes) <= int(capacity[shelter]))
    for k, variable in enumerate(chosen):
        model.add_hint(variable, bool(plan.amount[i[k], j[k]] > 0))
    model.minimize(cp_model.LinearExpr.weighted_sum(chosen, costs.tolist()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = EFFORT
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE) or solver.objective_value > plan.cost:
        return plan
    amount = np.zeros_like(plan.amount)
    taken = np.array([solver.boolean_value(variable) for variable in chosen], dtype=bool)
    amount[i[taken], j[taken]] = people[i[taken]]
    bound = max(plan.bound, int(np.floor(solver.best_objective_bound)))
    return Plan(amount, plan.left, int(costs[taken].sum()), bound, bool(status == cp_model.OPTIMAL))


def _grouped(keys: Ints) -> dict[int, list[int]]:
    """key → positions."""
    groups: dict[int, list[int]] = {}
    for position, key in enumerate(keys.tolist()):
        groups.setdefault(key, []).append(position)
    return groups


def reduced_costs(flow: Plan, capacity: Ints, unit_cost: Floats) -> Floats:
    """(n, m) what it would add to an optimal flow to send one more person that way: ≥ 0, and 0 where the flow sends some.

    Potentials are shortest paths in the residual graph (Bellman–Ford over whole rows and columns): an optimal flow leaves
    no negative cycle, so they settle.
    """
    cost = np.rint(unit_cost)
    used = flow.amount.sum(axis=0)
    place, shelter, sink = np.zeros(len(unit_cost)), np.zeros(unit_cost.shape[1]), 0.0
    while True:
        ahead = np.minimum(shelter, (place[:, None] + cost).min(axis=0, initial=np.inf))
        ahead = np.minimum(ahead, np.where(used > 0, sink, np.inf))
        with np.errstate(invalid="ignore"):
            back = np.where(flow.amount > 0, ahead[None, :] - np.where(np.isfinite(cost), cost, 0.0), np.inf)
        behind = np.minimum(place, back.min(axis=1, initial=np.inf))
        down = min(sink, float(np.where(used < capacity, ahead, np.inf).min(initial=np.inf)))
        if (ahead == shelter).all() and (behind == place).all() and down == sink:
            return np.asarray(cost + place[:, None] - shelter[None, :], dtype=np.float64)
        shelter, place, sink = ahead, behind, down
