"""Where a few more sites help most: exact solutions of two classic models, with the sites there are already counted in.

- Maximal covering (Church and ReVelle 1974, Papers of the RSA 32, 101–118): most weight within reach.
- p-median (ReVelle and Swain 1970, Geographical Analysis 2, 30–42): least weight × cost.

Only what a new site makes better enters the model: places already covered, and pairs no better than what a place has now,
cannot change the answer. That keeps a county's model small, and HiGHS (by scipy) proves the optimum in seconds. spopt writes
the same models for CBC, but took 26 s to import and 300 s for a p-median of 300 × 300 (measured): tests compare with brute
force.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from gis.errors import NoAnswer

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SECONDS = 60.0  # after that the best plan so far is given, and said not to be proven
GAP = 1e-9


class Sites(NamedTuple):
    """chosen : columns of the candidates, ascending. gain : weight newly covered, or weight × cost saved. is_optimal : proven."""

    chosen: Ints
    gain: float
    is_optimal: bool


def most_covered(cost: Floats, weight: Floats, now: Floats, within: float, count: int) -> Sites:
    """cost : (n, c) from each candidate to each of n places, infinite where there is no way. weight : (n,) ≥ 0. now : (n,) cost
    of the sites there are. within : a place is covered up to this cost, the limit included. count : how many more sites."""
    open_ = now > within
    covers = (cost <= within) & open_[:, None] & (weight > 0)[:, None]
    i, j = np.nonzero(covers)
    places, row = np.unique(i, return_inverse=True)
    candidates, column = np.unique(j, return_inverse=True)
    y, z = len(candidates), len(places)
    # z_i ≤ Σ_j y_j over those that cover i
    cover = coo_array((np.concatenate([np.full(len(i), -1.0), np.ones(z)]),
                       (np.concatenate([row, np.arange(z)]), np.concatenate([column, y + np.arange(z)]))), shape=(z, y + z))  # fmt: skip
    found = _solved(np.concatenate([np.zeros(y), -weight[places]]), cover, np.zeros(z), y, candidates, count)
    return _without_idle(found, np.where(covers, weight[:, None], 0.0))


def least_cost(cost: Floats, weight: Floats, now: Floats, count: int) -> Sites:
    """As above; now : (n,) finite cost of each place with the sites there are (a place that none reaches: the worst cost that
    is to count)."""
    saves = np.where(np.isfinite(cost), now[:, None] - cost, 0.0) * weight[:, None]
    i, j = np.nonzero(saves > 0)
    if count == 1 and len(i):  # one site: each is simply tried
        total = np.where(saves > 0, saves, 0.0).sum(axis=0)
        return Sites(np.array([int(total.argmax())]), float(total.max()), True)
    places, row = np.unique(i, return_inverse=True)
    candidates, column = np.unique(j, return_inverse=True)
    y, x = len(candidates), len(i)
    pairs = np.arange(x)
    # x_ij ≤ y_j for each pair, Σ_j x_ij ≤ 1 for each place
    rows = np.concatenate([pairs, pairs, x + row])
    columns = np.concatenate([y + pairs, column, y + pairs])
    values = np.concatenate([np.ones(x), np.full(x, -1.0), np.ones(x)])
    limits = coo_array((values, (rows, columns)), shape=(x + len(places), y + x))
    upper = np.concatenate([np.zeros(x), np.ones(len(places))])
    found = _solved(np.concatenate([np.zeros(y), -saves[i, j]]), limits, upper, y, candidates, count)
    return _without_idle(found, np.maximum(saves, 0.0))


def _solved(aim: Floats, limits: coo_array, upper: Floats, y: int, candidates: Ints, count: int) -> Sites:
    """Least aim with at most `count` of the first y variables at 1; the others follow continuously between 0 and 1."""
    if count < 1:
        raise NoAnswer("至少要新增1处。", "At least one more site is needed.")
    if not y:
        return Sites(np.zeros(0, dtype=np.int64), 0.0, True)
    number = coo_array((np.ones(y), (np.zeros(y, dtype=np.int64), np.arange(y))), shape=(1, len(aim)))
    scale = float(np.abs(aim).max()) or 1.0
    found = milp(
        aim / scale,
        constraints=[LinearConstraint(limits.tocsr(), -np.inf, upper), LinearConstraint(number.tocsr(), 0, count)],
        integrality=np.concatenate([np.ones(y), np.zeros(len(aim) - y)]),
        bounds=Bounds(0, 1),
        options={"time_limit": SECONDS, "mip_rel_gap": GAP},
    )
    if found.x is None:
        raise NoAnswer("选址求解未完成。请减少候选点。", "The siting could not be solved. Give fewer candidates.")
    chosen = candidates[found.x[:y] > 0.5]  # noqa: PLR2004 - a whole number but for rounding
    return Sites(np.sort(chosen), -float(found.fun) * scale, bool(found.status == 0))


def _without_idle(found: Sites, gains: Floats) -> Sites:
    """Without sites that add nothing to the others. gains : (n, c) what each candidate alone would bring each place."""
    kept = found.chosen.tolist()
    for site in found.chosen.tolist():
        others = [one for one in kept if one != site]
        if gains[:, others].max(axis=1, initial=0.0).sum() >= gains[:, kept].max(axis=1, initial=0.0).sum():
            kept = others
    return found._replace(chosen=np.array(kept, dtype=np.int64))
