"""A job as OGC API Processes tells it (statusInfo, OGC 18-062r2 §7.12)."""

from typing import Any, Final

from fastapi import Request

from api.routers.ogc.links import JSON, OGC_REL, base, link

WORDS: Final = {
    "accepted": ("排队中", "Waiting"),
    "running": ("计算中", "Running"),
    "successful": ("已完成", "Done"),
    "failed": ("未得出结果", "Ended without a result"),
    "dismissed": ("已取消", "Cancelled"),
}


def job_told(request: Request, job: dict[str, Any]) -> dict[str, Any]:
    """statusInfo, with what the console needs beside it: inputs, owner, whether it is kept, its problem."""
    at = f"{base(request)}/jobs/{job['id']}"
    zh, en = WORDS[job["status"]]
    if job["status"] == "running" and job["doing_zh"]:
        zh, en = job["doing_zh"], job["doing_en"]
    if job["problem"] is not None:
        zh, en = job["problem"]["zh"], job["problem"]["en"]
    links = [link(at, "self", JSON, "状态 Status")]
    if job["status"] == "successful":
        links.append(link(f"{at}/results", f"{OGC_REL}results", JSON, "结果 Results"))
    return {
        "jobID": str(job["id"]),
        "processID": job["process"],
        "type": "process",
        "status": job["status"],
        "message": f"{zh} {en}",
        "created": job["created_at"],
        "started": job["started_at"],
        "finished": job["finished_at"],
        "updated": job["finished_at"] or job["started_at"] or job["created_at"],
        "progress": round(100 * job["progress"]),
        "links": links,
        "x-message": {"zh": zh, "en": en},
        "x-county": job["county"],
        "x-inputs": job["inputs"],
        "x-owner": job["owner"],
        "x-mine": job["mine"],
        "x-name": job["name"],
        "x-kept": job["kept"],
        "x-standing": job["standing"] and str(job["standing"]),
        "x-result-bytes": job["result_bytes"],
    }
