"""What a policy never uses is told, and only that."""

from __future__ import annotations

import pytest

from runner.definitions.release import Definitions, load_definitions, read_folder
from runner.definitions.shipped import shipped_folder
from runner.manual import Facts, make_manual
from runner.manual.applying import Applying
from tests.conformance.drawing import draw
from tests.definitions.check.procedures import POLICY, procedure

FACTS = Facts("Example", "7", "in force", "d" * 64, "2026-11-20 16:00")
DECIDED = POLICY + "follow_up: {enabled: true}\npenalty: {poor_effect: false}\n"


def defined(condition: str) -> Definitions:
    """start > t > gateway: ``condition`` to a, else to b."""
    text = (
        f"t: user\ng: xor\na: user\nb: user\nstart > t > g\ng [{condition}] > a > end\ng > b > e2"
    )
    files = procedure(draw(text, "main"), processes__policies__own__yaml="")
    return load_definitions({**files, "processes/policies/own.yaml": DECIDED.encode()})


def used(condition: str) -> set[str]:
    definitions = defined(condition)
    applying = Applying(definitions.processes, definitions.policies["own"])
    return {name for name in ("t", "a", "b") if applying.uses("main", name)}


@pytest.mark.parametrize(
    ("condition", "steps"),
    [
        ("policy.follow_up.enabled = true", {"t", "a"}),
        ("policy.penalty.poor_effect = true", {"t", "b"}),
        ("policy.penalty.poor_effect and decision = 1", {"t", "b"}),
        ("policy.follow_up.enabled and decision = 1", {"t", "a", "b"}),
        ("policy.penalty.poor_effect or decision = 1", {"t", "a", "b"}),
        ('decision = "x and policy.penalty.poor_effect"', {"t", "a", "b"}),
        ("decision = 1", {"t", "a", "b"}),
        ("policy.triage.assign_due = null", {"t", "a", "b"}),
        ("policy.penalty.", {"t", "a", "b"}),
    ],
    ids=["true", "false", "false and the case", "true and the case", "false or the case",
         "a text", "the case", "not decided", "not FEEL"],
)  # fmt: skip
def test_only_what_the_policy_alone_rules_out_is_unused(condition: str, steps: set[str]) -> None:
    assert used(condition) == steps


def test_a_diagram_that_only_a_closed_way_calls_is_unused() -> None:
    main = "c: call other\ng: xor\nt: user\nstart > g\ng [policy.penalty.poor_effect] > c > end\n"
    files = {
        **procedure(draw(f"{main}g > t > e2", "main")),
        "processes/other.bpmn": draw("u: user\nstart > u > end", "other").replace(
            b'"main"', b'"other"'
        ),
        "processes/policies/own.yaml": DECIDED.encode(),
    }
    definitions = load_definitions(files)
    applying = Applying(definitions.processes, definitions.policies["own"])
    assert applying.uses("main", "t")
    assert not applying.uses("other")


def test_the_manual_says_so_and_leads_nobody_there() -> None:
    made = make_manual(
        defined("policy.penalty.poor_effect = true"), "own", language="en", facts=FACTS
    )
    steps = {step.id: step for step in made.chapters[0].steps}
    assert not steps["a"].used
    assert steps["b"].used
    assert [way.where for way in steps["t"].ways] == [f"{steps['b'].number} {steps['b'].name}"]


@pytest.mark.parametrize("policy", ["demo-autoparts", "demo-consumer", "demo-ebike"])
def test_the_main_line_of_the_shipped_procedure_applies_to_every_company(policy: str) -> None:
    shipped = load_definitions(read_folder(shipped_folder()))
    applying = Applying(shipped.processes, shipped.policies[policy])
    for process in ("complaint", "intake", "triage", "resolution", "closure", "customer_reply"):
        assert applying.uses(process), process
