from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from runner.definitions.policies import load_policies
from runner.definitions.schemas import POLICY_SCHEMA, read_schema
from runner.feel import Unset, UnsetValue

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = read_schema({}, POLICY_SCHEMA)[0]
# Without the rule that a base policy states every key, to keep the examples short.
SCHEMA = {key: value for key, value in SHIPPED.items() if key != "then"}


def load(**texts: str):  # type: ignore[no-untyped-def]
    files = {f"processes/policies/{name}.yaml": text.encode() for name, text in texts.items()}
    return load_policies(files, SCHEMA)


BASE = "id: base\nname: 基础 / Base\n"


def test_the_three_states_of_a_value() -> None:
    policies, findings = load(
        base=BASE + "triage: {due: none, assign_due: unset}\n"
        "intake: {register_due: immediate, handover_due: {amount: 2, unit: working_day}}\n"
        "resolution: {due: {general: {amount: 1.5, unit: hour, from: received}}}\n"
    )
    assert findings == []
    values = policies["base"].values
    assert values["triage"]["due"] is None
    undecided = values["triage"]["assign_due"]
    assert undecided == Unset("triage.assign_due")
    with pytest.raises(UnsetValue, match=r"triage\.assign_due"):
        bool(undecided)
    assert values["intake"]["register_due"] == {"amount": 0, "unit": "minute", "from": "now"}
    assert values["intake"]["handover_due"]["from"] == "now"
    amount = values["resolution"]["due"]["general"]["amount"]
    assert (type(amount), amount) == (Decimal, Decimal("1.5"))


def test_a_key_nobody_wrote_is_undecided_never_null() -> None:
    policies, _ = load(base=BASE)
    policy = policies["base"]
    assert policy.values["follow_up"]["due"] == Unset("follow_up.due")
    assert "follow_up.due" in policy.unset


def test_a_time_without_a_start_is_undecided_and_keeps_how_long() -> None:
    """From when a stated limit counts may be for the owner to say."""
    policies, findings = load(
        base=BASE + "resolution: {due: {simple: {amount: 3, unit: working_day, from: unset}}}\n"
    )
    assert findings == []
    policy = policies["base"]
    assert policy.values["resolution"]["due"]["simple"] == Unset("resolution.due.simple")
    assert policy.half_decided["resolution.due.simple"]["amount"] == 3
    assert ("resolution.due.simple", "unset") not in policy.clocks


def test_every_class_without_an_entry_has_that_of_all_the_others() -> None:
    policies, _ = load(base=BASE + "resolution: {due: {simple: none}}\n")
    assert policies["base"].values["resolution"]["due"] == {
        "simple": None,
        "all": Unset("resolution.due.all"),
    }


def test_what_an_item_of_a_list_may_leave_out_is_not_undecided() -> None:
    policies, findings = load(
        base=BASE + "duties: [{id: a, title: 会 / A, kind: check, cycle: unset, group: [x]}]\n"
    )
    assert findings == []
    assert policies["base"].values["duties"][0]["begins"] is None
    assert [path for path in policies["base"].unset if path.startswith("duties")] == [
        "duties[1].cycle"
    ]


def test_none_is_an_option_where_the_key_is_a_choice() -> None:
    policies, _ = load(base=BASE + "team: {meeting: none}\nrecall: {trigger: none}\n")
    assert policies["base"].values["team"]["meeting"] == "none"
    assert policies["base"].values["recall"]["trigger"] == "none"


def test_a_company_policy_replaces_key_by_key_and_lists_and_times_whole() -> None:
    policies, findings = load(
        base=BASE + "intake: {readback: true, mandatory_fields: [a, b]}\n"
        "triage: {due: {amount: 1, unit: hour, from: received, certainty: stated}}\n",
        own="id: own\nextends: base\nname: 公司 / Company\nintake: {mandatory_fields: [c]}\n"
        "triage: {due: {amount: 2, unit: day}}\n",
    )
    assert findings == []
    own = policies["own"]
    assert own.lineage == ("own", "base")
    assert own.values["intake"]["readback"] is True
    assert own.values["intake"]["mandatory_fields"] == ["c"]
    assert own.values["triage"]["due"] == {"amount": 2, "unit": "day", "from": "now"}
    assert own.digest != policies["base"].digest


def test_the_digest_is_that_of_the_meaning_not_of_the_text() -> None:
    one, _ = load(base=BASE + "triage: {due: {amount: 1, unit: hour}}\n")
    two, _ = load(base=BASE + "# note\ntriage:\n  due:\n    unit: hour\n    amount: 1\n")
    three, _ = load(base=BASE + "triage: {due: {amount: 2, unit: hour}}\n")
    assert one["base"].digest == two["base"].digest != three["base"].digest


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (BASE + "triage: {dues: unset}\n", '"triage.dues" is not a known key. Did you mean "due"?'),
        (BASE + "triage: {due: 24h}\n", '"triage.due" is "24h"; expected {amount, unit'),
        (
            BASE + "triage: {due: {amount: -1, unit: hour}}\n",
            '"triage.due.amount" is -1; expected at least 0',
        ),
        (
            BASE + "triage: {due: {amount: 1, unit: hours}}\n",
            '"triage.due.unit" is "hours"; expected one of minute, hour,',
        ),
        (BASE + "triage: {due: {amount: 1}}\n", '"triage.due.unit" is missing'),
        (BASE + "triage: {due: {amount: 1, unit: day, form: now}}\n", 'Did you mean "from"?'),
        (BASE + "parties: {model: many}\n", "expected one of two_party, three_party"),
        (BASE + "intake: {readback: maybe}\n", "expected one of true, false, unset"),
        (BASE + "approval: {payment: []}\n", '"approval.payment" is []; expected something'),
        (BASE + "major: {approver: {refund: []}}\n", '"major.approver.refund" is []'),
        (BASE + "roles: {window: []}\n", '"roles.window" is []; expected something'),
        ("id: base\n", '"name" is missing'),
        (BASE + "extends: other\n", '"other", which does not exist'),
        (BASE + "extends: base\n", "circle: base → base"),
        ("id: else\nname: x\n", 'expected the file name "base"'),
    ],
)
def test_errors_name_key_value_and_expectation(text: str, part: str) -> None:
    policies, findings = load(base=text)
    assert any(part in finding.en for finding in findings), [f.en for f in findings]
    assert all(finding.severity == "error" and finding.zh for finding in findings)
    assert "base" not in policies


def test_a_base_policy_that_leaves_a_key_out_is_refused() -> None:
    policies, findings = load_policies({"processes/policies/base.yaml": BASE.encode()}, SHIPPED)
    assert policies == {}
    assert '"triage" is missing.' in [finding.en for finding in findings]


def test_what_may_be_nobody_may_be_an_empty_list() -> None:
    policies, findings = load(base=BASE + "approval: {reply: []}\nroles: {action_planner: []}\n")
    assert findings == []
    assert policies["base"].values["approval"]["reply"] == []


def test_policies_that_extend_each_other_in_a_circle_are_refused() -> None:
    policies, findings = load(a="id: a\nname: a\nextends: b\n", b="id: b\nname: b\nextends: a\n")
    assert policies == {}
    assert len(findings) == 2
    assert "circle" in findings[0].en


def test_the_shipped_policies_are_valid_and_the_companies_decided_everything() -> None:
    folder = ROOT / "processes" / "policies"
    files = {f"processes/policies/{path.name}": path.read_bytes() for path in folder.glob("*.yaml")}
    policies, findings = load_policies(files, SHIPPED)
    assert findings == []
    assert policies["demo-consumer"].unset == ()
    assert policies["demo-ebike"].unset == ()
    assert policies["demo-autoparts"].unset == ()
    assert policies["consumer-3track"].unset
