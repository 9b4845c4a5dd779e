"""Bases of the first thresholds in Chinese and English: both stand in one text, a stroke between them.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

DEFAULT = ("缺省值,县里可以修改", "default the county may change")
BASES = {
    "sign_in.max_failures": ("GB/T 22239-2019 8.1.4.1 要求有上限;5 次是缺省值,县里可以修改",
                             "GB/T 22239-2019 8.1.4.1 asks for a limit; 5 is a default the county may change"),
    "sign_in.lock_min": DEFAULT,
    "token.access_min": DEFAULT,
    "token.refresh_days": DEFAULT,
    "request.max_bytes": ("100,000 个顶点的多边形约 4 MB,取其八倍", "a 100,000-vertex polygon is about 4 MB; eight times that"),
    "geometry.max_vertices": ("县界不到 10,000 个顶点,取其十倍", "a county outline has under 10,000; ten times that"),
    "items.default_limit": ("OGC API Features 未作规定;GDAL 每次取 1,000 条", "OGC API Features leaves it free; GDAL asks for 1,000"),
    "items.max_limit": ("OGC 17-069r4 的示例值", "OGC 17-069r4 example value"),
    "tiles.thin_above_rows": ("实测:1,000,000 个点在 5 级的一张图块为 35 MB", "measured: 1,000,000 points give a 35 MB tile at zoom 5"),
    "tiles.thin_below_zoom": ("实测:10 级每张图块 0.23 MB", "measured: 0.23 MB a tile at zoom 10"),
    "analysis.wait_s": ("代理通常在沉默 60 秒后断开连接,取其一半",
                        "proxies commonly end a silent connection after 60 s; half of that"),
    "analysis.most_waiting": ("同时计算两个;取其十倍,以免一个脚本占满队列",
                              "two run at a time; ten times that keeps a script from filling the queue"),
}  # fmt: skip
SET = sa.text("update app.thresholds set basis = :after where key = :key and basis = :before")


def upgrade() -> None:
    """Only what nobody has changed."""
    for key, (zh, en) in BASES.items():
        op.get_bind().execute(SET, {"key": key, "before": en, "after": f"{zh} / {en}"})


def downgrade() -> None:
    for key, (zh, en) in BASES.items():
        op.get_bind().execute(SET, {"key": key, "before": f"{zh} / {en}", "after": en})
