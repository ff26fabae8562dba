"""Looks up in the production records which lots were made and where they went (EV-03, EV-10)."""

from __future__ import annotations

from service_tasks.contract import Call, Handler, Impossible, Outcome, Parameter, Value
from service_tasks.outside import connected

MOST_LOTS = 50


def run(call: Call) -> Outcome:
    """The records of each lot. A site without the connection ``lots`` answers ``not_connected``,
    so that the diagram can ask a person: an empty list would read as "nothing was delivered"."""
    lots = call.inputs.get("lots")
    lots = [lots] if isinstance(lots, str) else lots
    if not isinstance(lots, list) or not all(isinstance(lot, str) and lot for lot in lots):
        raise Impossible(
            "输入“lots”应为批次清单。 / The input 'lots' should be a list of lot numbers."
        )
    if len(lots) > MOST_LOTS:
        raise Impossible(
            f"一次最多查 {MOST_LOTS} 个批次，这里有 {len(lots)} 个。 / "
            f"At most {MOST_LOTS} lots at once; there are {len(lots)}."
        )
    system = connected(call, "lots")
    if system is None:
        return Outcome(variables={"lot_trace": "not_connected", "lot_records": []})
    records: list[Value] = []
    for lot in dict.fromkeys(lots):
        records.extend(system.look_up("lots", {"lot": lot}))
    return Outcome(
        variables={"lot_trace": "found" if records else "not_found", "lot_records": records}
    )


HANDLER = Handler(
    job_type="trace_lot",
    kind="external",
    title="追溯批次 / Trace lots",
    description="从生产记录查批次的生产与去向。 / "
    "Finds in the production records when and how lots were made and where they went.",
    run=run,
    inputs=(Parameter("lots", "批次 / Lots", required=True, kind="list"),),
    outputs=(
        Parameter(
            "lot_trace",
            "found、not_found 或 not_connected / found, not_found or not_connected",
            True,
            "text",
        ),
        Parameter("lot_records", "生产记录 / Production records", True, "list"),
    ),
)
