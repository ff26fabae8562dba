"""The table of case outlines (``case_pages``). Part of ``tables``."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, LargeBinary, String, Table

from runner.store.columns import metadata

# What pages show of a long case's past, added up to an event, so that no page reads it whole. No
# row for a case with few events. Can be made again from the events; holds ids and counts only.
case_outlines = Table(
    "case_outlines",
    metadata,
    Column("root_id", ForeignKey("cases.id"), primary_key=True),
    Column("part", String(64), primary_key=True),  # a process instance, or "" for the case
    Column("number", Integer, nullable=False),  # the last event that is in it
    Column("data", LargeBinary, nullable=False),  # JSON
)
