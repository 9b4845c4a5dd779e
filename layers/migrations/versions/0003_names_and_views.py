"""What search reads (names, pinyin) and what people save (views, layer groups).

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"

TABLES = """
create table app.pinyin (
  char text primary key,
  syllable text not null,
  initial text not null
);
comment on table app.pinyin is 'One reading a character, without tone: filled by layers/name_index.py';

create table app.names (
  layer text not null,
  id bigint not null,
  code text not null,
  name text not null,
  admin_code text not null,
  status text not null,
  exercise boolean not null,
  aliases text[] not null,
  persons text[] not null,
  latin text not null,
  initials text not null,
  grams text[] not null,
  geom geometry(Point, 4490) not null,
  primary key (layer, id)
);
comment on table app.names is 'What every feature is called, for search; kept by the triggers of layers/name_index.py';
create index names_name on app.names (lower(name) text_pattern_ops);
create index names_code on app.names (lower(code) text_pattern_ops);
create index names_latin on app.names (latin text_pattern_ops);
create index names_initials on app.names (initials text_pattern_ops);
create index names_grams on app.names using gin (grams);
create index names_latin_parts on app.names using gin (latin gin_trgm_ops);

create table app.views (
  id bigint generated always as identity primary key,
  owner text not null,
  name text not null check (char_length(name) between 1 and 120),
  kind text not null check (kind in ('view', 'group')),
  state jsonb not null check (jsonb_typeof(state) = 'object' and octet_length(state::text) <= 262144),
  shared boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index views_owner on app.views (owner);
create index views_shared on app.views (shared) where shared;
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("drop table app.views, app.names, app.pinyin")
