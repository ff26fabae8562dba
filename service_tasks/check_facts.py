"""Compares what is known with what the policy makes mandatory (IN-48)."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Impossible, Outcome, Parameter


def run(call: Call) -> Outcome:
    """Lists the mandatory facts that are null, empty text or an empty list."""
    names = call.inputs.get("mandatory")
    if call.registers is None or not isinstance(names, list):
        raise Impossible(
            "需要一份必填信息清单。 / Expected a list of mandatory facts in the input 'mandatory'."
        )
    values = call.registers.values([str(name) for name in names])
    missing = [name for name, value in values.items() if value is None or value in ("", [])]
    return Outcome(variables={"missing_facts": missing})


HANDLER = Handler(
    job_type="check_facts",
    kind="pure",
    title="核对必填信息 / Check facts",
    description="找出缺少的必填信息。 / Finds the mandatory facts that are missing.",
    run=run,
    inputs=(Parameter("mandatory", "必填信息 / Mandatory facts", required=True, kind="list"),),
    outputs=(Parameter("missing_facts", "缺少的信息 / Missing facts", kind="list"),),
)
