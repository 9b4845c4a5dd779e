"""Which tiles are asked for: none twice in a round, so that no cache can answer, spread over z10 to z14."""

import numpy as np

ZOOMS = (10, 11, 12, 13, 14)
SEED = 7


def tile_of(lon: np.ndarray, lat: np.ndarray, z: int) -> np.ndarray:
    """(n, 2) column and row of the WebMercatorQuad tile of each place (degrees)."""
    y = (1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2
    return np.stack([np.floor((lon + 180) / 360 * 2**z), np.floor(y * 2**z)], axis=1).astype(np.int64)


def round_of_tiles(points: np.ndarray, each: int, seed: int) -> list[tuple[int, int, int]]:
    """`each` different tiles (z, x, y) of every zoom, all with something in them, in random order."""
    random = np.random.default_rng((SEED, seed))
    chosen: list[tuple[int, int, int]] = []
    for z in ZOOMS:
        there = np.unique(tile_of(points[:, 0], points[:, 1], z), axis=0)
        picked = random.choice(there, min(each, len(there)), replace=False)
        chosen += [(z, int(x), int(y)) for x, y in picked]
    return [chosen[i] for i in random.permutation(len(chosen))]
