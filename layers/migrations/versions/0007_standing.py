"""Standing analyses: run again by themselves when their data change, with an alarm and a record of it.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = """
create table app.standing (
  id uuid primary key default gen_random_uuid(),
  process text not null check (process ~ '^[a-z_]{1,40}$'),
  county text not null,
  inputs jsonb not null,
  name text not null check (char_length(name) between 1 and 120),
  owner text not null,
  role text not null,
  scope text not null,
  bureau text,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  accepted jsonb not null,
  accepted_by text not null,
  accepted_at timestamptz not null default clock_timestamp(),
  pending uuid references app.jobs on delete set null,
  job uuid references app.jobs on delete set null,
  versions jsonb not null default '{}',
  checked_at timestamptz,
  found jsonb not null default '[]',
  worse jsonb not null default '[]',
  better jsonb not null default '[]',
  alarm_since timestamptz,
  problem jsonb,
  exercise boolean not null default false
);
comment on table app.standing is 'Analyses that run again by themselves when their data change; kept by layers/standing.py';
create index standing_county on app.standing (county) where ended_at is null;
create table app.standing_events (
  id bigint generated always as identity primary key,
  standing uuid not null references app.standing on delete cascade,
  at timestamptz not null default clock_timestamp(),
  kind text not null check (kind in ('begun', 'alarm', 'better', 'accepted', 'failed', 'works', 'ended')),
  username text,
  rows jsonb not null default '[]',
  job uuid
);
comment on table app.standing_events is 'What a standing analysis found and who took note of it, append-only';
create index standing_events_of on app.standing_events (standing, id desc);
alter table app.jobs add column standing uuid references app.standing on delete cascade;
create index jobs_standing on app.jobs (standing) where standing is not null;
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("alter table app.jobs drop column standing")
    op.execute("drop table app.standing_events, app.standing")
