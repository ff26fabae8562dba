"""Tells another system of the company what happened, by the name an operator gave it."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Impossible, Outcome, Parameter
from service_tasks.outside import connected


def run(call: Call) -> Outcome:
    """One call per job: a repetition carries the same key. The header ``connection`` names the
    system. Where this site has none of the name it is skipped, and ``webhook_state`` says so."""
    name = call.headers.get("connection", "")
    content = call.inputs.get("content")
    if not name:
        raise Impossible("缺少任务头“connection”。 / The task header 'connection' is missing.")
    if not isinstance(content, dict):
        raise Impossible(
            "输入“content”应为一组值（context）。 / The input 'content' should be a context."
        )
    system = connected(call, name)
    if system is None:
        return Outcome(variables={"webhook_state": "not_connected", "webhook_answer": {}})
    answer = system.post(name, content, call.idempotency_key)
    return Outcome(variables={"webhook_state": "posted", "webhook_answer": dict(answer)})


HANDLER = Handler(
    job_type="call_webhook",
    kind="external",
    title="通知其他系统 / Tell another system",
    description="把内容交给运维连接好的系统，同一任务只生效一次。 / "
    "Hands content to a system the operator has connected; one job has its effect once.",
    run=run,
    inputs=(Parameter("content", "内容 / Content", required=True, kind="context"),),
    outputs=(
        Parameter(
            "webhook_state", "posted 或 not_connected / posted or not_connected", True, "text"
        ),
        Parameter("webhook_answer", "回答 / Answer", True, "context"),
    ),
)
