"""A briefing page: what it shows, in which language, and that it asks nothing of anybody."""

import re
from datetime import UTC, datetime
from typing import Any

from maps.briefing import ROWS_SHOWN, Leaflet, Made, Section, page

AT = datetime(2026, 7, 1, 18, 30, tzinfo=UTC)
LEAFLET = Leaflet("window.L = {}", ".leaflet-pane { z-index: 400 }")
TOWN = {"type": "Feature", "properties": {"name": "城关镇"},
        "geometry": {"type": "Polygon", "coordinates": [[[111, 36], [111.2, 36], [111.2, 36.2], [111, 36]]]}}  # fmt: skip
OUTLINES = {"141033": {"type": "FeatureCollection", "features": [TOWN]}}


def column(name: str, zh: str, unit: str = "") -> dict[str, str]:
    return {"name": name, "zh": zh, "en": f"{name} in English", "unit": unit}


def document(rows: int = 2, *, exercise: bool = False, name: str = "演练队") -> dict[str, Any]:
    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [111.1 + n / 1000, 36.1]},
         "properties": {"name": f"{name}{n}", "why": {"zh": "近", "en": "near"}, "minutes": n + 0.5, "layer": "rescue_teams", "id": str(n)}}
        for n in range(rows)
    ]  # fmt: skip
    columns = [column("name", "名称"), column("why", "原因"), column("minutes", "用时", "min"),
               column("layer", "图层"), column("id", "标识")]  # fmt: skip
    teams = {"name": "teams", "title": {"zh": "队伍", "en": "Teams"}, "columns": columns,
             "features": {"type": "FeatureCollection", "features": features}}  # fmt: skip
    return {
        "process": "nearest", "title": {"zh": "最近队伍", "en": "Nearest team"}, "exercise": exercise,
        "notes": [{"zh": "按现状", "en": "As it stands"}],
        "figures": [{"title": {"zh": "入选", "en": "Chosen"}, "value": rows, "unit": "支", "list": "teams", "column": None}],
        "lists": [teams],
        "provenance": {
            "program": "anlan 1", "county": {"code": "141033", "name": "蒲县"}, "metric_crs": "EPSG:4546",
            "inputs": {"k": rows}, "limits": {},
            "layers": {"rescue_teams": {"version": 7, "rows": 18}}, "source": "definition", "validity": {"zh": "估算", "en": "An estimate"},
        },
    }  # fmt: skip


def made(answer: dict[str, Any], lang: Any = "zh", *, drawn_with: Leaflet | None = LEAFLET, name: str | None = None) -> str:
    return page([Section(answer, name, "duty", AT)], Made("duty", AT, lang), OUTLINES, drawn_with)


def test_no_script_style_or_picture_comes_from_elsewhere() -> None:
    html = made(document())
    assert re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)\s*=", html) == []
    assert re.findall(r"url\(|@import", html) == []
    assert html.count("window.L = {}") == 1


def test_the_time_is_the_countys_and_the_exercise_is_marked_everywhere() -> None:
    assert "2026-07-02 02:30" in made(document())
    assert "演练" not in made(document(name="队"))
    played = made(document(exercise=True))
    assert played.count("【演练】") >= 3  # in the browser's tab, over the page, over the answer


def test_each_reader_gets_the_words_of_one_language_and_no_ids() -> None:
    chinese, english = (made(document(), lang) for lang in ("zh", "en"))
    assert "<th>原因</th>" in chinese
    assert "<td>近</td>" in chinese
    assert "<td>near</td>" in english
    assert "近" not in english.replace("最近", "")
    assert "<td>rescue_teams</td>" not in chinese + english


def test_what_people_wrote_is_text_and_never_a_tag() -> None:
    html = made(document(name="<img src=x onerror=alert(1)>"), name="</h2><script>alert(2)</script>")
    assert "<img" not in html
    assert "alert(2)</script>" not in html


def test_a_long_list_is_cut_and_says_so() -> None:
    html = made(document(rows=ROWS_SHOWN + 13))
    assert f"共 {ROWS_SHOWN + 13} 行,列前 {ROWS_SHOWN} 行" in html
    assert html.count("<tr><td>") == ROWS_SHOWN
    assert f"<b>{ROWS_SHOWN + 13}</b>" in html


def test_without_the_console_there_is_no_map_and_that_is_said() -> None:
    html = made(document(), drawn_with=None)
    assert "地图略" in html
    assert 'class="map"' not in html
    assert "<td>演练队0</td>" in html
