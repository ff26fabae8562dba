"""Closes the ledger row when the case is closed (CL-03)."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Impossible, Outcome, Parameter


def run(call: Call) -> Outcome:
    """Writes every mapped input as a column of the case's ledger row; sets ``closed_at``."""
    if call.registers is None:
        raise Impossible("这一步需要台账。 / This step needs the ledger.")
    call.registers.ledger_row({**call.inputs, "closed_at": call.now})
    return Outcome(variables={"closed_at": call.now})


HANDLER = Handler(
    job_type="update_ledger",
    kind="pure",
    title="更新台账 / Update ledger",
    description="在台账写入结案时间与结果。 / Writes the closing time and results to the ledger.",
    run=run,
    outputs=(Parameter("closed_at", "结案时间 / Closed at", kind="date_time"),),
)
