"""Every layer definition keeps the house rules, and grades follow the tables of the domain reference."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import cql2
import psycopg
import pytest
from psycopg import sql

from layers.common import BUREAUS, PHONE, Common
from layers.described import Column, columns_of
from layers.errors import BadDefinition, LayerNotFound
from layers.fields import Check, CodeList, Layer, Legend, words_of
from layers.registry import GROUPS, LAYERS, checked_layers, code_list_of, layer_named, needs, words

COLLECTIONS = """counties townships villages households roads crossings rivers mines washeries spoil_heaps tailings_ponds
chemical_sites geohazards risk_zones fire_zones fire_facilities flood_spots flash_flood_zones river_sections reservoirs
check_dams rescue_teams depots shelters stations schools hospitals care_homes scenic_spots worksites""".split()
REFERENCE = ["faults", "earthquakes"]

DANGER_COLOURS = {"#E60012", "#F39800", "#FFD800", "#0068B7"}  # domain §7.2: kept for grades of danger
GRADED = {"geohazards", "risk_zones", "fire_zones", "flash_flood_zones", "tailings_ponds", "chemical_sites"}
CQL2_OPERATORS = {"=", "<>", "<", "<=", ">", ">=", "and", "or", "not", "+", "-", "*", "/", "in", "like", "isNull", "between"}
LONGEST_CHECK = 58  # `rule_` and the name fit into PostgreSQL's 63
LARGEST_INTEGER = 2**31 - 1  # whole numbers are 32 bit in the tables
SQL_TYPES = {"text": "text", "integer": "integer", "number": "double precision", "boolean": "boolean"}

every_layer = pytest.mark.parametrize("layer", LAYERS.values(), ids=list(LAYERS))


def filled_in(layer: Layer) -> Iterator[Column]:
    """Columns with a definition: all but the database's own and the feature's shape."""
    return (column for column in columns_of(layer).values() if column.info is not None)


def parts(tree: Any) -> Iterator[dict[str, Any]]:
    """Every node of a CQL2 JSON tree."""
    if isinstance(tree, dict):
        yield tree
        for argument in tree.get("args", []):
            yield from parts(argument)
    elif isinstance(tree, list):
        for item in tree:
            yield from parts(item)


def properties_of(check: Check) -> set[str]:
    return {node["property"] for node in parts(cql2.parse_text(check.rule).to_json()) if "property" in node}


def test_every_collection_of_the_design_is_there_and_nothing_else() -> None:
    assert sorted(LAYERS) == sorted(COLLECTIONS + REFERENCE)


def test_layers_are_drawn_areas_first_and_points_last() -> None:
    kinds = [layer.geometry for layer in LAYERS.values()]
    assert kinds == sorted(kinds, key=("MultiPolygon", "LineString", "Point").index)


def test_every_glyph_is_one_character_of_its_own() -> None:
    glyphs = [layer.legend.glyph for layer in LAYERS.values()]
    assert all(re.fullmatch(r"[\u4e00-\u9fff]", glyph) for glyph in glyphs)
    assert len(set(glyphs)) == len(glyphs)


@every_layer
def test_a_layer_says_itself_in_both_languages(layer: Layer) -> None:
    assert all((layer.zh, layer.en, layer.help_zh, layer.help_en, layer.source))
    assert layer.bureau in BUREAUS
    assert layer.group in GROUPS
    said = [*words(layer).values(), *layer.checks]
    assert all(item.zh and item.en for item in said)
    assert all(bool(item.help_zh) == bool(item.help_en) for item in words(layer).values())


@every_layer
def test_every_code_has_a_chinese_and_an_english_label(layer: Layer) -> None:
    lists = [layer.status, *(column.codes for column in filled_in(layer) if column.codes is not None)]
    for codes in lists:
        assert all(code.zh and code.en for code in codes)
        assert len({code.zh for code in codes}) == len(codes)


@every_layer
def test_legends_colour_every_value_and_keep_danger_colours_for_danger(layer: Layer) -> None:
    colours = {*layer.legend.colours.values(), layer.legend.colour}
    assert all(re.fullmatch(r"#[0-9a-fA-F]{6}", colour) for colour in colours)
    if layer.legend.by is not None:
        codes = code_list_of(layer, layer.legend.by)
        assert codes is not None
        assert set(layer.legend.colours) == set(layer.legend.worst_first) == {str(code.value) for code in codes}
    assert bool({colour.upper() for colour in colours} & DANGER_COLOURS) == (layer.name in GRADED)


@every_layer
def test_phones_are_restricted_and_look_like_phones(layer: Layer) -> None:
    for column in filled_in(layer):
        is_phone = column.name.endswith("phone")
        assert (column.limit("pattern") == PHONE) == is_phone, column.name
        assert column.words.restricted or not is_phone, column.name


def test_people_and_mine_workings_are_restricted() -> None:
    hidden = {name for name, said in words(LAYERS["households"]).items() if said.restricted}
    assert {"head", "members", "phone", "weak_kinds"} <= hidden
    hidden = {name for name, said in words(LAYERS["mines"]).items() if said.restricted}
    assert {"workings", "goaf", "goaf_water", "main_shaft", "aux_shaft", "air_shaft"} <= hidden


@every_layer
def test_references_name_real_layers(layer: Layer) -> None:
    assert {said.ref for said in words(layer).values() if said.ref is not None} <= set(LAYERS)


@every_layer
def test_numbers_have_two_limits_and_texts_a_longest(layer: Layer) -> None:
    for column in filled_in(layer):
        if column.kind in ("integer", "number") and not column.words.computed:
            assert column.limit("ge") is not None, column.name
            assert column.limit("le") is not None, column.name
            assert column.limit("le") <= LARGEST_INTEGER or column.kind == "number", column.name
        if column.kind == "text" and column.codes is None and not column.words.computed:
            assert column.limit("max_length") or column.limit("pattern"), column.name


@every_layer
def test_a_row_with_nothing_filled_in_can_be_stored_while_it_is_pending(layer: Layer) -> None:
    empty = layer.row()
    assert layer.row.model_validate(empty.model_dump()) == empty


@every_layer
def test_examples_of_the_template_are_valid(layer: Layer) -> None:
    examples = {column.name: column.words.example for column in filled_in(layer) if column.words.example is not None}
    layer.row.model_validate({name: value for name, value in examples.items() if name in layer.row.model_fields})


@every_layer
def test_checks_are_cql2_over_real_properties_within_the_agreed_subset(layer: Layer) -> None:
    names = [check.name for check in layer.checks]
    assert len(set(names)) == len(names)
    for check in layer.checks:
        tree = cql2.parse_text(check.rule).to_json()
        assert {node["op"] for node in parts(tree) if "op" in node} <= CQL2_OPERATORS, check.name
        assert properties_of(check) <= set(words(layer)) | {"status"}, check.name
        assert len(check.name) <= LONGEST_CHECK


@every_layer
def test_checks_that_bind_the_table_stay_inside_it(layer: Layer) -> None:
    apart = {name for name, said in words(layer).items() if said.restricted}
    for check in layer.checks:
        if check.severity == "error":
            assert not properties_of(check) & apart, check.name


@every_layer
def test_words_in_quotes_in_a_check_are_values_of_a_code_list(layer: Layer) -> None:
    lists = [code_list_of(layer, name) for name in (*words(layer), "status")]
    known = {str(code.value) for codes in lists if codes is not None for code in codes}
    for check in layer.checks:
        assert set(re.findall(r"'([^']*)'", check.rule)) <= known, check.name


@every_layer
def test_computed_columns_read_their_own_row_only(layer: Layer) -> None:
    own = {column.name for column in filled_in(layer) if not column.words.restricted and not column.words.computed}
    keywords = {"case", "when", "then", "else", "end", "is", "null", "and", "or", "left", "floor", "integer"}
    for column in filled_in(layer):
        if column.words.computed:
            bare = re.sub(r"'[^']*'", "", column.words.computed)
            named = set(re.findall(r"\b[a-z_][a-z0-9_]*\b", bare)) - keywords
            assert named, column.name
            assert named <= own, column.name
            assert column.words.need == ""


def test_what_a_layer_waives_is_not_needed_to_publish_it() -> None:
    assert {needs(LAYERS["faults"])[name] for name in ("duty_person", "duty_phone", "coord_raw")} == {""}
    assert {needs(LAYERS["geohazards"])[name] for name in ("duty_person", "duty_phone", "coord_raw")} == {"R"}
    assert all(set(layer.waives) <= set(Common.model_fields) for layer in LAYERS.values())


def test_boundaries_and_reference_layers_are_written_by_the_administrator_only() -> None:
    assert {name for name, layer in LAYERS.items() if layer.writers == ("admin",)} == {
        "counties", "townships", "faults", "earthquakes"}  # fmt: skip


# -- small JSON objects ---------------------------------------------------------------------------------------------


def test_equipment_with_a_wrong_quantity_is_refused_under_its_code() -> None:
    row = LAYERS["rescue_teams"].row
    row.model_validate({"equipment": {"2030199": {"name": "潜水泵", "qty": 4}}})
    with pytest.raises(ValueError, match="2030199: qty"):
        row.model_validate({"equipment": {"2030199": {"name": "潜水泵", "qty": -1}}})


def test_an_object_with_too_many_entries_is_refused() -> None:
    with pytest.raises(ValueError, match="501 entries"):
        LAYERS["depots"].row.model_validate({"stock": {str(n): {"name": "棉被", "unit": "床", "qty": 1} for n in range(501)}})


# -- the registry ---------------------------------------------------------------------------------------------------


def test_an_unknown_layer_is_refused_by_name() -> None:
    with pytest.raises(LayerNotFound, match="volcanoes"):
        layer_named("volcanoes")


def test_two_layers_of_one_name_are_refused() -> None:
    with pytest.raises(BadDefinition, match="another definition"):
        checked_layers([LAYERS["shelters"], LAYERS["shelters"]])


def test_a_reference_to_an_unknown_layer_is_refused() -> None:
    with pytest.raises(BadDefinition, match="refers to an unknown layer"):
        checked_layers([LAYERS["washeries"]])


def test_a_legend_that_misses_a_value_is_refused() -> None:
    gap = replace(LAYERS["shelters"], legend=Legend(glyph="避", by="status", colours={"open": "#0550ae"}))
    with pytest.raises(BadDefinition, match="full"):
        checked_layers([gap])


def test_a_legend_by_a_field_without_a_code_list_is_refused() -> None:
    with pytest.raises(BadDefinition, match="no code list"):
        checked_layers([replace(LAYERS["shelters"], legend=Legend(glyph="避", by="capacity"))])


def test_an_unknown_bureau_is_refused() -> None:
    with pytest.raises(BadDefinition, match="BUREAUS"):
        checked_layers([replace(LAYERS["shelters"], bureau="post office")])


# -- computed columns, in a real PostgreSQL -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def connection(database_url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with psycopg.connect(database_url, autocommit=True) as opened:
        yield opened


@pytest.fixture
def computed(connection: psycopg.Connection[tuple[Any, ...]]) -> Callable[..., Any]:
    """`computed("geohazards", "danger_grade_computed", threat_people=99)`: what the database writes into that column."""

    def value(layer: str, name: str, **values: Any) -> Any:
        columns = columns_of(LAYERS[layer])
        expression = columns[name].words.computed
        assert expression is not None
        read = [column for column in columns if re.search(rf"\b{column}\b", re.sub(r"'[^']*'", "", expression))]
        assert set(values) <= set(read)
        declared = [sql.SQL(f"{column} {SQL_TYPES[columns[column].kind]}") for column in read]
        kind = SQL_TYPES[columns[name].kind]
        made = sql.SQL(f"answer {kind} generated always as ({expression}) stored")
        connection.execute("drop table if exists pg_temp.computed")
        connection.execute(sql.SQL("create temp table computed ({})").format(sql.SQL(", ").join([*declared, made])))
        row = connection.execute(
            sql.SQL("insert into computed ({}) values ({}) returning answer").format(
                sql.SQL(", ").join(map(sql.Identifier, read)), sql.SQL(", ").join([sql.Placeholder()] * len(read))
            ),
            [values.get(column) for column in read],
        ).fetchone()
        assert row is not None
        return row[0]

    return value


@pytest.mark.parametrize(
    ("people", "assets_10k_yuan", "grade"),
    [
        (0, 0, "small"), (99, 499.9, "small"),
        (100, 0, "medium"), (0, 500, "medium"), (499, 4_999.9, "medium"),
        (500, 0, "large"), (0, 5_000, "large"), (999, 9_999.9, "large"),
        (1_000, 0, "extra_large"), (0, 10_000, "extra_large"), (5, 10_000, "extra_large"), (1_000, 1, "extra_large"),
        (99, None, "small"), (None, 5_000, "large"), (None, None, None),
    ],
)  # fmt: skip
def test_the_danger_grade_is_the_worse_of_people_and_assets(
    computed: Callable[..., Any], people: int | None, assets_10k_yuan: float | None, grade: str | None
) -> None:
    """Domain §2.5: 100, 500, 1 000 people; 5, 50, 100 million yuan, which are 500, 5 000, 10 000 × 10⁴ yuan."""
    answer = computed("geohazards", "danger_grade_computed", threat_people=people, threat_assets=assets_10k_yuan)
    assert answer == grade


@pytest.mark.parametrize(
    ("kind", "size", "scale"),
    [
        ("landslide", 99_999, "small"), ("landslide", 100_000, "medium"), ("landslide", 1e6, "large"),
        ("landslide", 1e7, "extra_large"), ("collapse", 9_999, "small"), ("collapse", 10_000, "medium"),
        ("collapse", 100_000, "large"), ("collapse", 1e6, "extra_large"), ("debris_flow", 19_999, "small"),
        ("debris_flow", 20_000, "medium"), ("debris_flow", 200_000, "large"), ("debris_flow", 500_000, "extra_large"),
        ("ground_collapse", 0.09, "small"), ("ground_collapse", 0.1, "medium"), ("ground_collapse", 1, "large"),
        ("ground_collapse", 10, "extra_large"), ("ground_fissure", 500, None), ("landslide", None, None),
    ],
)  # fmt: skip
def test_the_scale_of_a_geohazard_follows_its_type(
    computed: Callable[..., Any], kind: str, size: float | None, scale: str | None
) -> None:
    """Domain §4.1: slides 10/100/1000, collapses 1/10/100, flows 2/20/50 × 10⁴ m³; ground collapse 0.1/1/10 km²."""
    assert computed("geohazards", "scale_computed", hazard_type=kind, size=size) == scale


@pytest.mark.parametrize(
    ("volume", "height", "grade"),
    [(50_000, 10, "1"), (10, 200, "1"), (10_000, 10, "2"), (10, 100, "2"), (1_000, 10, "3"), (10, 60, "3"),
     (100, 10, "4"), (10, 30, "4"), (99, 29, "5"), (None, None, None)],
)  # fmt: skip
def test_the_grade_of_a_tailings_pond_is_the_worse_of_volume_and_height(
    computed: Callable[..., Any], volume: float | None, height: float | None, grade: str | None
) -> None:
    """Domain §4.2."""
    assert computed("tailings_ponds", "grade_computed", volume=volume, height_m=height) == grade


@pytest.mark.parametrize(("r", "level"), [(100, "1"), (99.9, "2"), (50, "2"), (10, "3"), (9.9, "4"), (None, None)])
def test_the_level_of_a_major_hazard_follows_its_r_value(
    computed: Callable[..., Any], r: float | None, level: str | None
) -> None:
    """Domain §4.3, GB 18218-2018."""
    assert computed("chemical_sites", "major_hazard_computed", r_value=r) == level


@pytest.mark.parametrize(
    ("years", "grade"),
    [(5, "very_high"), (5.1, "high"), (20, "high"), (21, "danger"), (100, "danger"), (101, None), (None, None)],
)
def test_the_grade_of_a_flash_flood_zone_follows_the_return_period(
    computed: Callable[..., Any], years: float | None, grade: str | None
) -> None:
    """Domain §4.5: up to 5, 20, 100 years."""
    assert computed("flash_flood_zones", "grade_computed", return_period_yr=years) == grade


@pytest.mark.parametrize(
    ("capacity", "grade"),
    [(10_000, "large"), (9_999, "medium"), (1_000, "medium"), (100, "small1"), (10, "small2"), (9, None), (None, None)],
)
def test_the_class_of_a_reservoir_follows_its_capacity(
    computed: Callable[..., Any], capacity: float | None, grade: str | None
) -> None:
    """SL 252-2017, in 10⁴ m³."""
    assert computed("reservoirs", "class_computed", capacity=capacity) == grade


@pytest.mark.parametrize(
    ("area", "duration", "places"),
    [(900, "emergency", 900), (901, "short", 450), (900, "long", 200), (100, None, None), (None, "short", None)],
)
def test_a_shelter_holds_what_its_area_allows_rounded_down(
    computed: Callable[..., Any], area: float | None, duration: str | None, places: int | None
) -> None:
    """Domain §4.8: 1.0, 2.0, 4.5 m² a person."""
    assert computed("shelters", "capacity_by_area", area_m2=area, duration_class=duration) == places


def test_a_unified_code_of_another_county_is_noticed(computed: Callable[..., Any]) -> None:
    def fits(code: str) -> Any:
        return computed("geohazards", "unified_code_fits", unified_code=code, admin_code="141033100")

    assert fits("141033010001") is True
    assert fits("141034010001") is False


def test_no_column_is_a_reserved_word_of_sql(connection: psycopg.Connection[tuple[Any, ...]]) -> None:
    rows = connection.execute("select word from pg_get_keywords() where catcode in ('R', 'T')").fetchall()
    reserved = {str(row[0]) for row in rows}
    assert not {(layer.name, name) for layer in LAYERS.values() for name in words(layer) if name in reserved}


def test_small_json_entries_are_described_in_both_languages() -> None:
    for layer in LAYERS.values():
        for column in filled_in(layer):
            if column.kind == "object":
                assert column.words.entry is not None, column.name
                said = [words_of(info) for info in column.words.entry.model_fields.values()]
                assert all(item.zh and item.en for item in said)
                json.dumps(column.words.example)


def test_a_code_list_member_is_its_code_as_text() -> None:
    status: type[CodeList] = LAYERS["mines"].status
    assert status("producing") == "producing"
    assert status("producing").zh == "生产"
