"""Allocation and supply against linear programming, brute force and cases that can be worked out by hand."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gis.allocation import cheapest_flow, kept_together, reduced_costs
from gis.errors import NoAnswer
from gis.siting import least_cost, most_covered
from gis.supply import earliest


def random_case(seed: int, places: int, shelters: int, room: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    people = rng.integers(0, 60, places)
    share = rng.random(shelters) + 0.05
    capacity = np.floor(share / share.sum() * people.sum() * room).astype(np.int64)
    cost = rng.integers(1, 500, (places, shelters)).astype(float)
    cost[rng.random(cost.shape) < 0.2] = np.inf
    return people, capacity, cost


def programmed(people: np.ndarray, capacity: np.ndarray, cost: np.ndarray) -> tuple[float, float]:
    """(placed, cost) by two linear programmes: most placed, then least cost with as many placed."""
    i, j = np.nonzero(np.isfinite(cost))
    rows = np.zeros((len(people) + len(capacity), len(i)))
    rows[i, np.arange(len(i))] = 1
    rows[len(people) + j, np.arange(len(i))] = 1
    limit = np.concatenate([people, capacity])
    if not len(i):
        return 0.0, 0.0
    placed = -linprog(-np.ones(len(i)), A_ub=rows, b_ub=limit).fun
    return placed, linprog(cost[i, j], A_ub=rows, b_ub=limit, A_eq=np.ones((1, len(i))), b_eq=[placed]).fun


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 100_000), places=st.integers(1, 8), shelters=st.integers(1, 6), room=st.sampled_from([0.5, 1.0, 1.3, 3.0]))
def test_the_flow_places_as_many_at_the_same_cost_as_linear_programming(seed: int, places: int, shelters: int, room: float) -> None:
    people, capacity, cost = random_case(seed, places, shelters, room)
    plan = cheapest_flow(people, capacity, cost)
    placed, least = programmed(people, capacity, cost)
    assert plan.amount.sum() == pytest.approx(placed, abs=1e-6)
    assert plan.cost == pytest.approx(least, abs=1e-4)
    assert (plan.amount.sum(axis=1) + plan.left == people).all()
    assert (plan.amount.sum(axis=0) <= capacity).all()
    assert not plan.amount[~np.isfinite(cost)].any()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000), room=st.sampled_from([0.7, 1.05, 1.3, 2.0]))
def test_keeping_together_places_as_many_and_claims_the_optimum_only_where_brute_force_agrees(seed: int, room: float) -> None:
    people, capacity, cost = random_case(seed, 5, 3, room)
    flow, plan = cheapest_flow(people, capacity, cost), kept_together(people, capacity, cost)
    assert plan.left.sum() == flow.left.sum()
    assert (plan.amount.sum(axis=1) + plan.left == people).all()
    assert (plan.amount.sum(axis=0) <= capacity).all()
    assert plan.split.sum() <= flow.split.sum()
    if plan.is_optimal:
        whole = np.inf
        for homes in product(range(3), repeat=5):
            load = np.bincount(homes, weights=people, minlength=3)
            chosen = cost[np.arange(5), homes]
            if (load <= capacity).all() and np.isfinite(chosen[people > 0]).all():
                whole = min(whole, float((np.where(people > 0, chosen, 0) * people).sum()))
        assert plan.split.any() or plan.left.any() or plan.cost == whole


def test_a_place_is_kept_together_by_moving_another_on() -> None:
    """60 and 50 into 60 and 100: the flow splits the first; whole, the first takes the near shelter and the second moves on."""
    people, capacity = np.array([60, 50]), np.array([60, 100])
    cost = np.array([[10.0, 100.0], [1.0, 20.0]])
    plan = kept_together(people, capacity, cost)
    assert plan.amount.tolist() == [[60, 0], [0, 50]]
    assert (plan.split.any(), plan.is_optimal) == (False, True)


def test_a_place_too_large_for_any_shelter_is_split() -> None:
    plan = kept_together(np.array([100]), np.array([60, 60]), np.array([[1.0, 2.0]]))
    assert plan.amount.tolist() == [[60, 40]]
    assert plan.split.tolist() == [True]


def test_reduced_costs_are_never_negative_and_nought_where_somebody_goes() -> None:
    for seed in range(20):
        people, capacity, cost = random_case(seed, 8, 5, 1.2)
        plan = cheapest_flow(people, capacity, cost)
        if plan.left.any():
            continue
        extra = reduced_costs(plan, capacity, cost)
        assert extra.min() >= 0
        assert not extra[plan.amount > 0].any()


def test_no_shelter_no_people_and_no_room_are_answered_and_negative_numbers_refused() -> None:
    nobody, nowhere = np.zeros(0, dtype=np.int64), np.zeros((1, 0))
    assert cheapest_flow(np.array([5]), nobody, nowhere).left.tolist() == [5]
    assert kept_together(np.array([5, 0]), np.array([0]), np.ones((2, 1))).left.tolist() == [5, 0]
    assert cheapest_flow(nobody, np.array([3]), np.zeros((0, 1))).cost == 0
    for people, capacity, cost in ((-1, 1, 1.0), (1, -1, 1.0), (1, 1, -1.0), (1, 1, np.nan)):
        with pytest.raises(NoAnswer):
            cheapest_flow(np.array([people]), np.array([capacity]), np.array([[cost]]))


# Supply


def goods(need: list[float], stock: list[float], minutes: list[list[float]]) -> tuple[list[list[float]], list[float], list[float]]:
    at = np.array(minutes)
    found = earliest(np.array(need), np.array(stock), at, np.ones(at.shape, dtype=bool), divisible=True)
    assert found.is_optimal
    return found.amount.tolist(), found.short.tolist(), found.minutes.tolist()


def test_all_is_there_as_early_as_can_be_and_then_from_the_fewest_sources() -> None:
    assert goods([10], [10, 6, 6], [[60], [20], [30]]) == ([[0], [6], [4]], [0], [30])  # two by 30 min, not one by 60
    assert goods([10], [10, 6, 6], [[30], [20], [30]]) == ([[10], [0], [0]], [0], [30])


def test_what_is_lacking_stays_short_and_the_first_line_is_served_first() -> None:
    assert goods([5, 5], [7], [[10, 10]]) == ([[5, 2]], [0, 3], [10, 10])
    assert goods([5], [0], [[10]])[1] == [5]
    amount, short, minutes = goods([5], [9], [[np.inf]])
    assert (amount, short) == ([[0]], [5])
    assert np.isnan(minutes).all()


def test_parts_of_a_unit_are_counted() -> None:
    assert goods([1.5], [0.75, 2], [[1], [2]]) == ([[0], [1.5]], [0], [2])


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_the_earliest_moment_is_the_one_brute_force_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    stock, minutes, need = rng.integers(0, 8, 5).astype(float), rng.integers(1, 60, 5).astype(float), float(rng.integers(1, 20))
    amount, short, at = goods([need], stock.tolist(), minutes[:, None].tolist())
    reachable = min(need, stock.sum())
    assert short[0] == need - reachable
    if reachable:
        assert at[0] == min(t for t in minutes if stock[minutes <= t].sum() >= reachable)
        fewest = min(bin(k).count("1") for k in range(32) if sum(stock[b] for b in range(5) if k >> b & 1 and minutes[b] <= at[0])
                     >= reachable)  # fmt: skip
        assert sum(one[0] > 0 for one in amount) == fewest


def test_a_team_goes_to_one_line_only() -> None:
    able = np.array([[True, True], [True, False]])
    found = earliest(np.array([1.0, 1.0]), np.ones(2), np.array([[5.0, 5.0], [9.0, 1.0]]), able, divisible=False)
    assert found.amount.tolist() == [[1, 0], [0, 0]]  # the first line is served first, the second has nobody left
    assert found.short.tolist() == [0, 1]


@pytest.mark.parametrize(("need", "stock"), [(0.0, 1.0), (-1.0, 1.0), (np.inf, 1.0), (1.0, -1.0), (1.0, np.nan)])
def test_absurd_demand_and_stock_are_refused(need: float, stock: float) -> None:
    with pytest.raises(NoAnswer):
        goods([need], [stock], [[1.0]])


# Siting


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 100_000), count=st.integers(1, 3))
def test_new_sites_are_the_best_of_all_choices(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    cost, weight, now = rng.integers(1, 60, (7, 5)).astype(float), rng.integers(0, 50, 7).astype(float), rng.integers(10, 60, 7) * 1.0
    cost[rng.random(cost.shape) < 0.2] = np.inf
    best_cover = best_saving = 0.0
    for sites in product(range(5), repeat=count):
        after = np.minimum(now, cost[:, list(sites)].min(axis=1))
        best_cover = max(best_cover, float(weight[(now > 20) & (after <= 20)].sum()))
        best_saving = max(best_saving, float((weight * (now - after)).sum()))
    cover, saving = most_covered(cost, weight, now, 20.0, count), least_cost(cost, weight, now, count)
    assert (cover.is_optimal, saving.is_optimal) == (True, True)
    assert cover.gain == pytest.approx(best_cover)
    assert saving.gain == pytest.approx(best_saving)
    for found, best in ((cover, best_cover), (saving, best_saving)):
        after = np.minimum(now, cost[:, found.chosen].min(axis=1, initial=np.inf))
        gain = weight[(now > 20) & (after <= 20)].sum() if found is cover else (weight * (now - after)).sum()
        assert gain == pytest.approx(best)
        assert len(found.chosen) <= count


def test_where_nothing_helps_no_site_is_proposed() -> None:
    assert most_covered(np.full((2, 2), np.inf), np.ones(2), np.full(2, 99.0), 10.0, 1).chosen.tolist() == []
    assert least_cost(np.full((2, 2), 50.0), np.ones(2), np.full(2, 40.0), 2).chosen.tolist() == []
