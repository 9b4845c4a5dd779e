"""Schemas, people, audit, versions: what every layer stands on.

Revision ID: 0001
Revises:
"""

from alembic import op

revision = "0001"
down_revision = None

FOUNDATION = """
create schema layers;
create schema history;
create schema app;

create table app.secrets (name text primary key, value text not null);
create table app.applied (target text primary key, mark text not null);

create table app.users (
  username text primary key check (username ~ '^[a-z0-9][a-z0-9_.-]{0,62}$'),
  name text not null,
  password_hash text not null,
  role text not null check (role in
    ('viewer', 'village', 'township', 'bureau', 'duty', 'commander', 'director', 'admin')),
  scope text not null check (scope ~ '^[0-9]{0,12}$'),
  bureau text,
  failures integer not null default 0,
  locked_until timestamptz,
  disabled boolean not null default false,
  must_change boolean not null default false,
  created_at timestamptz not null default now(),
  last_sign_in_at timestamptz,
  check (role <> 'bureau' or bureau is not null)
);

create table app.refresh_tokens (
  token_hash bytea primary key,
  family uuid not null,
  username text not null references app.users on delete cascade,
  issued_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  revoked_at timestamptz
);
create index on app.refresh_tokens (family);
create index on app.refresh_tokens (username);

create table app.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  username text not null,
  role text not null,
  action text not null,
  layer text,
  feature_id bigint,
  version integer,
  fields text[],
  detail jsonb,
  address text
);
create index on app.audit (at desc);
create index on app.audit (username, at desc);
create index on app.audit (layer, feature_id);

create table app.layer_versions (
  layer text primary key,
  version bigint not null default 1,
  rows bigint not null default 0,
  exercise_rows bigint not null default 0,
  changed_at timestamptz not null default now()
);

create table app.counties (
  code text primary key check (code ~ '^[0-9]{6}$'),
  name text not null,
  en text not null,
  metric_epsg integer not null,
  centre_lon double precision not null,
  centre_lat double precision not null,
  sources jsonb not null default '[]',
  exercise boolean not null default false,
  dem_path text,
  loaded_at timestamptz not null default now()
);

create table app.thresholds (
  key text not null,
  value jsonb not null,
  unit text not null,
  zh text not null,
  en text not null,
  basis text not null,
  valid_from date not null default current_date,
  valid_to date,
  changed_by text not null default 'anlan',
  primary key (key, valid_from)
);

create table app.idempotency (
  username text not null,
  key text not null check (length(key) between 1 and 255),
  method text not null,
  path text not null,
  body_hash bytea not null,
  status integer,
  headers jsonb,
  body bytea,
  created_at timestamptz not null default now(),
  primary key (username, key)
);

insert into app.thresholds (key, value, unit, zh, en, basis, valid_from) values
  ('sign_in.max_failures', '5', 'times', '连续输错密码几次后锁定', 'Wrong passwords before an account is locked',
   'GB/T 22239-2019 8.1.4.1 asks for a limit; 5 is a default the county may change', '2026-01-01'),
  ('sign_in.lock_min', '15', 'min', '锁定时长', 'How long an account stays locked', 'default the county may change', '2026-01-01'),
  ('token.access_min', '15', 'min', '访问令牌有效期', 'Life of an access token', 'default the county may change', '2026-01-01'),
  ('token.refresh_days', '7', 'd', '免登录时长', 'Days a sign-in can be renewed', 'default the county may change', '2026-01-01'),
  ('request.max_bytes', '33554432', 'byte', '单次请求最大字节数', 'Largest request body',
   'a 100,000-vertex polygon is about 4 MB; eight times that', '2026-01-01'),
  ('geometry.max_vertices', '100000', 'vertex', '单个图形最多顶点数', 'Most vertices in one geometry',
   'a county outline has under 10,000; ten times that', '2026-01-01'),
  ('items.default_limit', '100', 'row', '每页默认条数', 'Features a page has by default',
   'OGC API Features leaves it free; GDAL asks for 1,000', '2026-01-01'),
  ('items.max_limit', '10000', 'row', '每页最多条数', 'Most features a page can have', 'OGC 17-069r4 example value', '2026-01-01'),
  ('tiles.thin_above_rows', '20000', 'row', '超过多少行的图层在小比例尺聚合显示', 'Layers with more rows are aggregated on overview tiles',
   'measured: 1,000,000 points give a 35 MB tile at zoom 5', '2026-01-01'),
  ('tiles.thin_below_zoom', '10', 'zoom', '小于此级别聚合显示', 'Overview tiles are aggregated below this zoom',
   'measured: 0.23 MB a tile at zoom 10', '2026-01-01');
"""


def upgrade() -> None:
    for statement in FOUNDATION.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    for schema in ("layers", "history", "app"):
        op.execute(f"drop schema {schema} cascade")
