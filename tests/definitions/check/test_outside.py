"""What comes from outside is not blamed: results of external workers, counts of many instances."""

from __future__ import annotations

from collections.abc import Mapping

from runner.definitions.check import check
from tests.conformance.drawing import draw
from tests.definitions.check.procedures import form, procedure

LATER = "g: xor\nt > g\ng [paid = 1] > a > end\ng > b > end2"


def severities(text: str) -> dict[str, str]:
    found = check(procedure(draw(text, "main")))
    return {f.element_id: f.severity for f in found if f.rule == "unknown_variable"}


def judged(text: str, forms: Mapping[str, bytes] | None = None) -> set[str]:
    """How bad it is in a folder with these forms alone."""
    files = {k: v for k, v in procedure(draw(text, "main")).items() if not k.startswith("forms/")}
    found = check({**files, **(forms or {})})
    return {f.severity for f in found if f.rule == "unknown_variable"}


def test_a_variable_that_only_an_external_worker_can_bring_is_a_warning() -> None:
    assert severities(f"t: service erp-pay\nstart > t\n{LATER}") == {"g_to_a": "warning"}
    assert severities(f"t: user\nstart > t\n{LATER}") == {"g_to_a": "error"}


def test_a_variable_that_only_a_message_can_bring_is_a_warning() -> None:
    for text in (
        "t: receive M",
        "t: catch message M",
        "t: user\nm: beside t message M\nm > e",
        "t: user\nstart: start message M",
    ):
        assert judged(f"{text}\nstart > t\n{LATER}") == {"warning"}
    assert judged(f"t: user\nstart > t\n{LATER}") == {"error"}


def test_a_folder_that_has_a_form_for_what_messages_bring_is_believed() -> None:
    waits = f"t: receive M\nstart > t\n{LATER}"
    assert judged(waits, {"forms/sent.form": form("sent", "amount")}) == {"error"}
    assert judged(waits, {"forms/sent.form": form("sent", "paid", "key")}) == set()


def test_a_completion_condition_counts_the_instances() -> None:
    counts = "numberOfCompletedInstances + numberOfActiveInstances >= numberOfInstances - 1"
    assert severities(f"t: user | each [1,2] as item; until {counts}\nstart > t > end") == {}
    assert severities(f"t: user\ng: xor\nstart > t > g\ng [{counts}] > a > end\ng > end2") != {}
