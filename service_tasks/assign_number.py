"""Acceptance number and customer file (AK-01, IN-32, IN-57, CL-12)."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Impossible, Outcome, Parameter


def run(call: Call) -> Outcome:
    """``TS-<year>-<number>``: gapless within a year, because a gap would look like a lost case.

    A complaint that already has its number keeps it.
    """
    if call.registers is None:
        raise Impossible("这一步需要登记簿。 / This step needs the registers.")
    known = call.registers.values(["complaint_number", "registered_at", "customer_id"])
    if known["complaint_number"] is not None:
        return Outcome(variables=known)
    year = call.now.year
    number = call.registers.next_number("complaint", year)
    contact = str(call.inputs.get("contact") or "")
    name = str(call.inputs.get("customer_name") or "")
    variables: dict[str, object] = {
        "complaint_number": f"TS-{year}-{number:04d}",
        "registered_at": call.now,
        "customer_id": call.registers.customer_file(contact, name) if contact else None,
    }
    return Outcome(variables=variables)


HANDLER = Handler(
    job_type="assign_number",
    kind="pure",
    title="编号建档 / Number and file",
    description="给受理号，建客户档案。 / Gives the number, opens the customer's file.",
    run=run,
    inputs=(
        Parameter("customer_name", "客户姓名 / Customer's name", kind="text"),
        Parameter("contact", "联系方式 / Contact", kind="text"),
        Parameter("received_at", "收到时间 / Received at", kind="date_time"),
    ),
    outputs=(
        Parameter("complaint_number", "受理号 / Acceptance number", kind="text"),
        Parameter("registered_at", "登记时间 / Registered at", kind="date_time"),
        Parameter("customer_id", "客户档案号 / Customer file", kind="text"),
    ),
)
