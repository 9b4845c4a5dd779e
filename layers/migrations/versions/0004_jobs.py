"""Analyses that were asked for: the queue, what came out, what is kept.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = """
create table app.jobs (
  id uuid primary key default gen_random_uuid(),
  process text not null check (process ~ '^[a-z_]{1,40}$'),
  county text not null,
  inputs jsonb not null check (octet_length(inputs::text) <= 33554432),
  mode text not null check (mode in ('sync', 'async')),
  owner text not null,
  role text not null,
  scope text not null,
  bureau text,
  key text check (length(key) between 1 and 255),
  status text not null default 'accepted'
    check (status in ('accepted', 'running', 'successful', 'failed', 'dismissed')),
  progress real not null default 0 check (progress between 0 and 1),
  doing_zh text not null default '',
  doing_en text not null default '',
  worker integer,
  tries integer not null default 0,
  created_at timestamptz not null default clock_timestamp(),
  started_at timestamptz,
  finished_at timestamptz,
  problem jsonb,
  result bytea,
  name text check (char_length(name) between 1 and 120),
  kept boolean not null default false,
  unique (owner, key)
);
comment on table app.jobs is 'Analyses asked for, by whom, and their results (gzip of JSON); kept by layers/jobs.py';
create index jobs_waiting on app.jobs (created_at) where status in ('accepted', 'running');
create index jobs_owner on app.jobs (owner, created_at desc);
insert into app.thresholds (key, value, unit, zh, en, basis, valid_from) values
  ('analysis.wait_s', '30', 's', '等待分析结果多久后转为后台任务', 'How long a call waits for an analysis before it becomes a job',
   'proxies commonly end a silent connection after 60 s; half of that', '2026-01-01'),
  ('analysis.most_waiting', '20', 'job', '每人同时排队和计算的分析上限', 'Most analyses of one person that wait or run',
   'two run at a time; ten times that keeps a script from filling the queue', '2026-01-01');

create index jobs_kept on app.jobs (county, created_at desc) where kept;
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("drop table app.jobs")
    op.execute("delete from app.thresholds where key in ('analysis.wait_s', 'analysis.most_waiting')")
