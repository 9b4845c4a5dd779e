"""The county steps: how a pack's elevation model is kept."""

from pathlib import Path

import numpy as np
import psycopg
import pytest
import rasterio
from rasterio.transform import from_origin

from api.settings import Settings
from api.setup.county import load_pack
from layers.errors import BadPack

PACK = """
code = "141031"
name = "隰县"
en = "Xi County"
metric_epsg = 4546
centre = [110.94, 36.69]
[[sources]]
key = "srtm"
name = "SRTM"
licence = "public domain"
attribution = "SRTM (NASA)"
url = "https://www.earthdata.nasa.gov"
[[sources]]
key = "other"
name = "Other"
licence = "public domain"
attribution = "Other"
url = "https://example.org"
[dem]
file = "heights.tif"
source = "srtm"
"""
CELLS = 1200  # more than one overview


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack of nothing but an elevation model with a hole; the var folder is beside it."""
    monkeypatch.setenv("ANLAN_VAR", str(tmp_path / "var"))
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "county.toml").write_text(PACK, encoding="utf-8")
    heights = np.random.default_rng(1).normal(1200, 50, (CELLS, CELLS)).astype(np.float32)
    heights[:40, :40] = -32768
    with rasterio.open(folder / "heights.tif", "w", driver="GTiff", width=CELLS, height=CELLS, count=1, dtype="float32",
                       crs="EPSG:4490", transform=from_origin(110.8, 36.8, 0.0003, 0.0003), nodata=-32768) as out:  # fmt: skip
        out.write(heights, 1)
    return folder


def test_the_model_is_copied_whole_with_overviews_and_named_below_the_var_folder(
    pack: Path, tmp_path: Path, settings: Settings
) -> None:
    load_pack(settings.owner_url, pack)
    with psycopg.connect(settings.owner_url) as connection:
        stored, sources = connection.execute("select dem_path, sources from app.counties where code = '141031'").fetchall()[0]
    assert stored == "counties/141031/surveyed.tif"
    assert [source["attribution"] for source in sources if source.get("elevation")] == ["SRTM (NASA)"]
    with rasterio.open(pack / "heights.tif") as given, rasterio.open(tmp_path / "var" / stored) as kept:
        assert (given.read(1) == kept.read(1)).all()
        assert (kept.crs, kept.transform, kept.nodata) == (given.crs, given.transform, given.nodata)
        assert kept.overviews(1) == [2, 4]


@pytest.mark.parametrize("kept_bytes", [8, 2_000_000])
def test_a_model_cut_short_is_refused_and_the_old_one_stays(
    pack: Path, tmp_path: Path, settings: Settings, kept_bytes: int
) -> None:
    load_pack(settings.owner_url, pack)
    (pack / "heights.tif").write_bytes((pack / "heights.tif").read_bytes()[:kept_bytes])
    with pytest.raises(BadPack) as refused:
        load_pack(settings.owner_url, pack)
    assert "heights.tif" in refused.value.zh
    assert str(tmp_path) not in refused.value.zh
    with rasterio.open(tmp_path / "var" / "counties" / "141031" / "surveyed.tif") as kept:
        assert kept.width == CELLS
