"""A count on each user that grows when his rights change: access tokens carry it, an older one is no longer believed.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("alter table app.users add column rights integer not null default 0")
    op.execute("comment on column app.users.rights is 'Grows when role, area, bureau or the account itself changes'")


def downgrade() -> None:
    op.execute("drop trigger if exists rights_count on app.users")
    op.execute("drop trigger if exists rights_told on app.users")
    op.execute("drop function if exists app.count_rights(), app.tell_rights()")
    op.execute("alter table app.users drop column rights")
