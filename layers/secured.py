"""What follows from a definition without being a column: checks, comments, indexes, history, row policies, triggers.

Applied again after each `alembic upgrade`; each piece is compared with what the database has and rewritten only where it
differs, so a changed rule takes one scan of one table and an unchanged one takes nothing.

Row policies (design §4): every signed-in role reads a layer (policy `true`: a condition there would switch PostGIS's
spatial index off, since `&&` is not leakproof); writes and restricted fields are decided by the ticket (sql/functions.sql).
Every call on the ticket is `(select …)`, so that it runs once a statement and not once a row.
"""

import hashlib
from importlib.resources import files

import psycopg
from psycopg import sql

from layers import name_index
from layers.described import Column, columns_of
from layers.errors import DatabaseTooOld
from layers.fields import Check, Layer
from layers.filters import check_sql
from layers.registry import LAYERS
from layers.tables import open_columns, restricted_columns

APP_ROLE = "anlan_app"
OLDEST_POSTGIS = (3, 3)  # st_asmvt's feature id and st_asgeojson(record) are older; 3.3 is what the tests run on

Connection = psycopg.Connection[tuple[object, ...]]


def apply(connection: Connection, ticket_key: str) -> None:
    """Bring checks, policies, triggers and history tables in line with the definitions. One transaction, owner's rights."""
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(hashtext('anlan.secured'))")
        connection.execute(files("layers.sql").joinpath("functions.sql").read_text("utf-8"))
        connection.execute(
            "insert into app.secrets values ('ticket_key', %s) on conflict (name) do update set value = excluded.value",
            (ticket_key,),
        )
        name_index.fill_pinyin(connection)
        for layer in LAYERS.values():
            _history_tables(connection, layer)
            _checks(connection, layer)
            _indexes(connection, layer)
            _apply_once(
                connection, f"layers.{layer.name}", _comments(layer) + _triggers(connection, layer) + _policies(layer)
            )
            _apply_once(
                connection,
                f"names.{layer.name}",
                name_index.index_statements(layer) + name_index.refill_statements(layer),
            )
            connection.execute(
                "insert into app.layer_versions (layer) values (%s) on conflict do nothing", (layer.name,)
            )
        connection.execute(files("layers.sql").joinpath("grants.sql").read_text("utf-8"))


def require_postgis(connection: Connection) -> None:
    """Raises DatabaseTooOld with what was found and what is needed."""
    row = connection.execute(
        "select coalesce((select extversion from pg_extension where extname = 'postgis'),"
        " (select default_version from pg_available_extensions where name = 'postgis'))"
    ).fetchone()
    found = str(row[0]) if row and row[0] else ""
    if not found or tuple(int(part) for part in found.split(".")[:2]) < OLDEST_POSTGIS:
        need = ".".join(map(str, OLDEST_POSTGIS))
        raise DatabaseTooOld(
            f"数据库的 PostGIS 为 {found or '未安装'},需要 {need} 或更新:请升级后再试。",
            f"The database has PostGIS {found or 'not installed'}; {need} or newer is needed. Upgrade it and try again.",
        )


# -- checks ---------------------------------------------------------------------------------------------------------


def check_rules(layer: Layer) -> dict[str, str]:
    """Constraint name -> SQL, for single fields (limits, code lists) and for rules over several. Restricted fields apart."""
    rules = _field_rules(open_columns(layer)) | {"ck_geom": "st_isvalid(geom) and not st_isempty(geom)"}
    return rules | {
        constraint_name(check): check_sql(layer, check) for check in layer.checks if check.severity == "error"
    }


def constraint_name(check: Check) -> str:
    return f"rule_{check.name}"


def _field_rules(columns: tuple[Column, ...]) -> dict[str, str]:
    rules = {f"ck_{column.name}": field_rule(column) for column in columns}
    return {name: rule for name, rule in rules.items() if rule}


def field_rule(column: Column) -> str:
    """The CHECK of one field: ge, gt, le, lt, lengths, pattern, code list, shape. '' where nothing limits it."""
    if column.words.computed:
        return ""
    name, many = _name(column.name), column.kind == "array"
    measure = "cardinality" if many else "char_length"
    signs = {
        "ge": (name, ">="),
        "gt": (name, ">"),
        "le": (name, "<="),
        "lt": (name, "<"),
        "min_length": (f"{measure}({name})", ">="),
        "max_length": (f"{measure}({name})", "<="),
    }
    rules = [
        f"{what} {sign} {column.limit(limit)}"
        for limit, (what, sign) in signs.items()
        if column.limit(limit) is not None
    ]
    if column.limit("pattern"):
        rules.append(f"{name} ~ {_literal(column.limit('pattern'))}")
    if column.codes is not None:
        codes = ", ".join(_literal(code.value) for code in column.codes)
        rules.append(f"{name} <@ array[{codes}]::text[]" if many else f"{name} in ({codes})")
    if column.geometry:
        rules.append(f"st_isvalid({name}) and not st_isempty({name})")
    return " and ".join(f"({rule})" for rule in rules)


def _checks(connection: Connection, layer: Layer) -> None:
    _sync_checks(connection, layer.name, check_rules(layer))
    if restricted_columns(layer):
        _sync_checks(connection, f"{layer.name}_restricted", _field_rules(restricted_columns(layer)))


def _sync_checks(connection: Connection, table: str, wanted: dict[str, str]) -> None:
    """The hash of each rule is in the constraint's comment: PostgreSQL rewrites the rule's own text."""
    rows = connection.execute(
        "select conname, obj_description(oid, 'pg_constraint') from pg_constraint"
        " where contype = 'c' and conrelid = %s::regclass",
        (f"layers.{table}",),
    ).fetchall()
    present = {str(name): str(mark) for name, mark in rows}
    marks = {name: hashlib.sha256(rule.encode()).hexdigest()[:16] for name, rule in wanted.items()}
    target = sql.Identifier("layers", table)
    for name in present:
        if present[name] != marks.get(name):
            connection.execute(sql.SQL("alter table {} drop constraint {}").format(target, sql.Identifier(name)))
    for name, rule in wanted.items():
        if present.get(name) != marks[name]:
            connection.execute(
                sql.SQL("alter table {} add constraint {} check ({})").format(
                    target, sql.Identifier(name), sql.SQL(rule)
                )
            )
            connection.execute(
                sql.SQL("comment on constraint {} on {} is {}").format(
                    sql.Identifier(name), target, sql.Literal(marks[name])
                )
            )


# -- history --------------------------------------------------------------------------------------------------------


def _history_tables(connection: Connection, layer: Layer) -> None:
    """`history.<table>`: superseded versions and tombstones, with the same columns; `op` is what ended the version.

    A tombstone (`op = 'deleted'`) has an empty period, so no moment shows it. Columns that a migration adds are added.
    """
    for table in _tables(layer):
        connection.execute(
            sql.SQL("create table if not exists {} (like {} including comments)").format(
                sql.Identifier("history", table), sql.Identifier("layers", table)
            )
        )
        for column, kind in connection.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = %s::regclass"
            " and attnum > 0 and not attisdropped",
            (f"layers.{table}",),
        ).fetchall():
            connection.execute(
                sql.SQL("alter table {} add column if not exists {} {}").format(
                    sql.Identifier("history", table), sql.Identifier(str(column)), sql.SQL(str(kind))
                )
            )
        connection.execute(
            sql.SQL(
                "alter table {} add column if not exists valid_to timestamptz, add column if not exists op text"
            ).format(sql.Identifier("history", table))
        )


def _tables(layer: Layer) -> list[str]:
    return [layer.name, f"{layer.name}_restricted"] if restricted_columns(layer) else [layer.name]


def _indexes(connection: Connection, layer: Layer) -> None:
    name = layer.name
    wanted = [
        f"create index if not exists {name}_geom on layers.{name} using gist (geom)",
        f"create unique index if not exists {name}_code on layers.{name} (code)",
        f"create index if not exists {name}_admin_code on layers.{name} (admin_code text_pattern_ops)",
        f"create index if not exists {name}_updated_at on layers.{name} (updated_at)",
        f"create index if not exists {name}_geom on history.{name} using gist (geom)",
        f"create index if not exists {name}_versions on history.{name} (id, version)",
    ]
    if restricted_columns(layer):
        wanted.append(
            f"create index if not exists {name}_restricted_versions on history.{name}_restricted (id, updated_at)"
        )
        wanted += [  # search by telephone number; btree, because only `=` is leakproof under a row policy
            f"create index if not exists {name}_{phone} on layers.{name}_restricted ({phone}) where {phone} is not null"
            for phone in (column.name for column in restricted_columns(layer)) if phone.endswith("phone")
        ]
    for statement in wanted:
        connection.execute(statement)


# -- comments, triggers, policies -----------------------------------------------------------------------------------


def _apply_once(connection: Connection, target: str, statements: list[str]) -> None:
    """Run them all when their text differs from what was last run here."""
    mark = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    row = connection.execute("select mark from app.applied where target = %s", (target,)).fetchone()
    if row and row[0] == mark:
        return
    for statement in statements:
        connection.execute(statement)
    connection.execute(
        "insert into app.applied values (%s, %s) on conflict (target) do update set mark = excluded.mark",
        (target, mark),
    )


def _comments(layer: Layer) -> list[str]:
    comments = [
        f"comment on table layers.{layer.name} is {_literal(f'{layer.zh} {layer.en}. {layer.help_en}'.strip())}"
    ]
    for column in (*open_columns(layer), columns_of(layer)["geom"]):
        unit = f" ({column.words.unit})" if column.words.unit else ""
        comments.append(
            f"comment on column layers.{layer.name}.{_name(column.name)} is "
            + _literal(f"{column.words.zh} {column.words.en}{unit}")
        )
    return comments


def _triggers(connection: Connection, layer: Layer) -> list[str]:
    statements: list[str] = []
    for table in _tables(layer):
        columns = [
            str(row[0])
            for row in connection.execute(
                "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
                " order by attnum",
                (f"layers.{table}",),
            ).fetchall()
        ]
        statements += _history_trigger(table, columns)
    name = layer.name
    statements += [
        f"create or replace trigger a_stamp before insert or update on layers.{name} for each row execute function app.stamp()",
        f"create or replace trigger b_number before insert on layers.{name} for each row when (new.version <> 1)"
        " execute function app.number_first_version()",
        f"create or replace trigger z_note_insert after insert on layers.{name} referencing new table as fresh"
        " for each statement execute function app.note_insert()",
        f"create or replace trigger z_note_update after update on layers.{name} referencing new table as fresh old table as gone"
        " for each statement execute function app.note_update()",
        f"create or replace trigger z_note_delete after delete on layers.{name} referencing old table as gone"
        " for each statement execute function app.note_delete()",
    ]
    if restricted_columns(layer):
        statements += [
            f"create or replace trigger a_stamp before insert or update on layers.{name}_restricted"
            " for each row execute function app.stamp_restricted()",
            f"create or replace trigger follow after update of admin_code on layers.{name} for each row"
            " when (old.admin_code is distinct from new.admin_code) execute function app.follow_scope()",
        ]
    return statements


def _history_trigger(table: str, columns: list[str]) -> list[str]:
    listed = ", ".join(map(_name, columns))
    old = ", ".join(f"old.{_name(column)}" for column in columns)
    buried = {"version": "old.version + 1", "updated_at": "now_at", "updated_by": "app.author()"}
    tombstone = ", ".join(buried.get(column, f"old.{_name(column)}") for column in columns)
    return [
        f"""create or replace function history.keep_{table}() returns trigger language plpgsql security definer
set search_path = pg_catalog, public as $$
declare
  now_at timestamptz;
begin
  if tg_op = 'UPDATE' then
    insert into history.{table} ({listed}, valid_to, op) values ({old}, new.updated_at, 'updated');
    return null;
  end if;
  now_at := greatest(clock_timestamp(), old.updated_at + interval '1 microsecond');
  insert into history.{table} ({listed}, valid_to, op) values ({old}, now_at, 'removed'), ({tombstone}, now_at, 'deleted');
  return null;
end $$""",
        f"create or replace trigger keep after update or delete on layers.{table}"
        f" for each row execute function history.keep_{table}()",
    ]


def _policies(layer: Layer) -> list[str]:
    name, writers = layer.name, _literal("{" + ",".join(layer.writers) + "}")
    inside = "admin_code like (select app.scope_pattern())"
    writes = f"(select app.may_write({writers}::text[], {_literal(layer.bureau)})) and {inside}"
    honest = (
        f"(verify <> 'verified' or (select app.may_verify({_literal(layer.bureau)})))"
        " and (source = 'exercise' or (select app.role()) <> 'director')"
    )
    played = "(source = 'exercise' or (select app.role()) <> 'director')"
    statements = [
        *_fresh_policies(
            f"layers.{name}",
            {
                "read": "for select using (true)",
                "add": f"for insert with check ({writes} and {honest})",
                "change": f"for update using ({writes} and {played}) with check ({writes} and {honest})",
                "remove": f"for delete using ({writes} and {played})",
            },
        ),
        *_fresh_policies(f"history.{name}", {"read": "for select using (true)"}),
    ]
    if restricted_columns(layer):
        side = f"{name}_restricted"
        look = f"(select app.may_look({_literal(layer.bureau)})) and {inside}"
        feature = f"exists (select 1 from layers.{name} f where f.id = {side}.id"
        exercise = f"((select app.role()) <> 'director' or {feature} and f.source = 'exercise'))"
        own = f"{writes} and {exercise}"
        fits = f"{own} and {feature} and f.admin_code = {side}.admin_code)"
        statements += [
            *_fresh_policies(
                f"layers.{side}",
                {
                    "read": f"for select using ({look} or ({own}))",
                    "add": f"for insert with check ({fits})",
                    "change": f"for update using ({own}) with check ({fits})",
                    "remove": f"for delete using ({own})",
                },
            ),
            *_fresh_policies(f"history.{name}_restricted", {"read": f"for select using ({look})"}),
        ]
    return statements


def _fresh_policies(table: str, policies: dict[str, str]) -> list[str]:
    statements = [f"alter table {table} enable row level security"]
    for name, rule in policies.items():
        command, _, rest = rule.partition(" ")  # "for select using (…)": the role goes between
        kind, _, condition = rest.partition(" ")
        statements += [
            f"drop policy if exists {name} on {table}",
            f"create policy {name} on {table} {command} {kind} to {APP_ROLE} {condition}",
        ]
    return statements


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
