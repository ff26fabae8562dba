"""A scenario is really run, and what does not hold is told with file, line, expected and found."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from runner.definitions.release import load_definitions
from runner.trying import Result, UnusableScenario, load_scenarios
from tests.trying.small import small_files

Play = Callable[..., Result]
PAID = "  - {send: paid, key: '=customer_name'}\n"


def test_a_case_is_done_with_usual_answers_to_its_end(play: Play) -> None:
    result = play(
        "steps:\n"
        "  - task: record\n    after: 10 minutes\n    answers: {customer_name: 李丽}\n"
        "  - {send: paid, key: 李丽}\n"
        "expect:\n"
        "  path: [s, record, grading, approve, paid, e]\n"
        "  not: [remind]\n"
        "  end: e\n"
        "  due: {record: 30 minutes from received_at, late: '2026-03-02 09:30'}\n"
        "  roles: {record: office, approve: [leader, office]}\n"
        "  variables: {customer_name: 李丽, kind: a, amount: null}\n"
        "  decisions: {grade: low}\n"
        "  flows: [p.agreed_to_paid]\n"
        "  times: {record: 1}\n"
        "  in_time: record\n"
        "  mails: none\n"
        "  clauses: ISO 9001:2015 8.2.1\n"
        "  requirements: [IN-26, IN-36, AK-03]\n"
    )
    assert result.problems == []
    assert result.checked > 20
    assert "record by office.1" in result.story[1]


def test_time_passes_and_timers_fire_on_the_way(play: Play) -> None:
    result = play(
        "steps:\n"
        "  - {wait: 1 hour, expect: {open: record, escalated: record}}\n"
        "  - {task: record, after: 2 working days, answers: {customer_name: 李丽}}\n"
        "expect:\n"
        "  path: {in_order: [late, remind, e_late], any_order: [record]}\n"
        "  late: [record]\n"
        "  waiting: approve\n"
        "  end: running\n"
        "  mails:\n"
        "    - {template: late, to: leader.1@example.com, text: 还没有登记, times: 1}\n"
        "  variables: {customer_name: 李丽}\n"
    )
    assert result.problems == []


def test_what_was_done_before_cannot_be_done_by_the_same_person(play: Play) -> None:
    result = play(
        "steps:\n  - {task: record, by: office}\n  - {task: approve, by: office}\n"
        "expect: {end: running}\n"
    )
    assert result.problems == []
    assert [line.split("  ")[1] for line in result.story[1:]] == [
        "record by office.1",
        "approve by office.2",
    ]


def test_a_rejection_goes_round(play: Play) -> None:
    result = play(
        "steps:\n"
        "  - {task: record, answers: {customer_name: 李丽, kind: b, why: 坏了}}\n"
        "  - {task: approve, answers: {decision: rejected}}\n"
        "  - {task: record}\n"
        "expect:\n"
        "  times: {record: 2}\n"
        "  end: running\n"
        "  open: [approve]\n"
        "  decisions: {grade: [high]}\n"
        "  requirements: [TR-01]\n"
    )
    assert result.problems == []


def test_the_case_before_is_there_as_previous(play: Play) -> None:
    result = play(
        "before: first\n"
        "start: {event: s, by: office}\n"
        "steps:\n  - {task: record, answers: {customer_name: '=previous.customer_name'}}\n"
        "expect: {end: running, variables: {customer_name: 李丽}}\n",
        first="others: reach\nsteps:\n  - {task: record, answers: {customer_name: 李丽}}\n",
    )
    assert result.problems == []


def test_rows_of_a_list_are_completed(play: Play) -> None:
    result = play(
        "steps:\n  - {task: record, answers: {parts: [{part: 阀}]}}\n"
        "expect:\n  end: running\n  variables: {parts: [{part: 阀, state: good}]}\n"
    )
    assert result.problems == []


@pytest.mark.parametrize(
    ("expected", "said"),
    [
        ("path: [e]", "9: expect.path.in_order[1]: expected to pass e, passed it not at all"),
        ("path: [record, s]", "passed it only earlier than the element before it"),
        ("not: [record]", "expected not to pass record, did"),
        ("end: e", "expected the case to end at e, found running; open tasks: approve"),
        ("due: {record: 20 minutes from received_at}", "expected 2026-03-02 09:20"),
        ("due: {record: none}", "found 2026-03-02 09:30"),
        ("due: {record: 1 hour from nothing_at}", 'there is no time "nothing_at"'),
        ("roles: {record: leader}", "expected the groups leader, found office"),
        ("mails: [late]", "expected the mail late, found none"),
        ("documents: [letter]", "expected the document letter, found none"),
        ("ledger: {state: open}", "expected a ledger row, found none"),
        ("variables: {customer_nam: x}", 'did you mean "customer_name"?'),
        ("variables: {kind: b}", "expected b, found a"),
        ("variables: {kind: '=value = \"b\"'}", "found False"),
        ("decisions: {grade: high}", "expected high, found [low] by rules low"),
        ("clauses: ISO 9001:2015 9.1", "served: ISO 9001:2015 8.2.1"),
        ("requirements: [TR-01]", "nothing that was passed names TR-01"),
        ("incidents: [no_candidates]", "expected an incident no_candidates, found none"),
        ("waiting: record", "expected exactly record open, found approve"),
        ("not_open: approve", "expected approve not to be open, but it is"),
        ("escalated: record", "expected record to be overdue and escalated"),
        ("late: record", "expected record late; it was due 2026-03-02 09:30"),
        ("times: {record: 2}", "expected to pass record 2 times, found 1"),
        ("flows: [agreed_to_paid]", "flow agreed_to_paid was not taken"),
    ],
)
def test_what_does_not_hold_says_expected_and_found(play: Play, expected: str, said: str) -> None:
    result = play(f"others: reach\nsteps:\n  - {{task: record}}\nexpect:\n  {expected}\n")
    assert len(result.problems) == 1
    assert result.problems[0].startswith("processes/scenarios/one.yaml:")
    assert said in result.problems[0]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("{task: record, by: leader}", "expected leader to do record, but it belongs to office"),
        ("{task: record, answers: {customer_nam: x}}", 'did you mean "customer_name"?'),
        ("{task: record, answers: {why: x}}", 'it is shown when not(kind != "b")'),
        ("{task: record, answers: {kind: c}}", "record.kind"),
        ("{task: record, strict: true}", "record.customer_name"),
        ("{task: record, refused: true}", "expected a refusal, but the form was accepted"),
        ("{task: record, item: 2}", "there are 1 open tasks record, not 2"),
        ("{task: record, at: 2026-03-01 09:00}", "time cannot go back"),
        ("{send: paid, key: nobody}", 'nobody takes the message "paid"'),
        ("{wait: 3 fortnights}", "is no length of time"),
        ("{wait_until: approve}", "approve never comes by itself; open tasks: record"),
        ("{decide: {ack.message: true}}", "nobody asks for the policy value ack.message"),
    ],
)
def test_a_step_that_cannot_be_done_says_why(play: Play, steps: str, said: str) -> None:
    result = play(f"others: leave\nsteps:\n  - {steps}\n")
    assert any(said in problem for problem in result.problems), result.problems
    assert result.problems[0].startswith("processes/scenarios/one.yaml:7: steps[1]")


def test_a_refused_form_can_be_expected(play: Play) -> None:
    result = play(
        "others: leave\n"
        "steps:\n"
        "  - {task: record, answers: {amount: 3}, refused: amount}\n"
        "  - {task: record, strict: true, refused: {customer_name: true, kind: true}}\n"
        "expect: {waiting: record}\n"
    )
    assert result.problems == []


def test_an_end_that_is_never_reached_is_told_with_what_is_open(play: Play) -> None:
    result = play("usual: {decision: rejected}\nexpect: {end: e}\n")
    assert "comes back again and again with the usual answers" in result.problems[0]


def test_a_step_that_is_never_reached_comes_before_what_goes_round(play: Play) -> None:
    result = play("usual: {decision: rejected}\nsteps:\n  - {wait_until: remind}\n")
    said = result.problems[0].split("]", 1)[1]
    assert "remind never comes by itself; nothing else is open. record comes back" in said


def test_what_is_kept_for_a_later_step_is_named_as_what_nobody_answers(play: Play) -> None:
    result = play(
        "usual: {decision: rejected}\nothers: reach\n"
        "steps:\n  - {wait_until: remind}\n  - {task: approve}\n"
    )
    assert "remind never comes by itself; open tasks: approve" in result.problems[0]
    assert "steps further down name approve" in result.problems[0]


def test_an_unknown_channel_is_told_with_the_known_ones() -> None:
    options = [{"label": "电话 / Phone", "value": "phone"}, {"label": "信 / Letter",
                                                            "value": "letter"}]  # fmt: skip
    field = {"type": "select", "id": "c", "key": "channel", "label": "渠道 / Channel",
             "values": options}  # fmt: skip
    form = {"type": "default", "id": "arrival", "executionPlatform": "Camunda Cloud",
            "executionPlatformVersion": "8.9.0", "schemaVersion": 19,
            "components": [field]}  # fmt: skip
    begin = "id: one\ntitle: 一 / One\nprofile: plain\nstart: {event: s, channel: carrier_pigeon}\n"
    files = {
        **small_files(),
        "forms/arrival.form": json.dumps(form).encode(),
        "processes/scenarios/one.yaml": begin.encode(),
    }
    with pytest.raises(UnusableScenario) as refused:
        load_scenarios(files, load_definitions(files))
    assert 'one.yaml:4: There is no channel "carrier_pigeon". There are: letter, ' in str(
        refused.value
    )
    files["processes/scenarios/one.yaml"] = begin.replace("carrier_pigeon", "letter").encode()
    assert [one.id for one in load_scenarios(files, load_definitions(files))] == ["one"]


def test_a_case_that_only_waits_is_told_with_the_message(play: Play) -> None:
    result = play("expect: {end: e}\n")
    assert "waiting for messages: paid" in result.problems[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("step: []\n", 'one.yaml:5: "step" is not a known key. Did you mean "steps"?'),
        ("steps:\n  - {task: recrod}\n", 'one.yaml:6: There is no element "recrod". Did you mean'),
        ("steps:\n  - {send: pai}\n", 'There is no message "pai". Did you mean "paid"?'),
        ("steps:\n  - {task: record, send: paid}\n", "A step does one of"),
        ("steps:\n  - {task: record, by: offce}\n", 'no group "offce". Did you mean "office"?'),
        ("expect: {end: ee}\n", 'There is no element "ee"'),
        ("before: two\n", 'There is no scenario "two"'),
        ("values: {ack.mesage: true}\n", 'no key "ack.mesage". Did you mean "ack.message"?'),
        ("decided: {ack.first_response_due: none}\n", "is stated by the policy plain"),
        ("requirements: [in-5]\n", "requirements[1]"),
    ],
)
def test_what_cannot_be_used_is_told_before_anything_runs(play: Play, text: str, said: str) -> None:
    with pytest.raises(UnusableScenario) as refused:
        play(text)
    assert said in str(refused.value)


ASKING = "start: {event: s, by: office, variables: {ask: true}}\nothers: reach\n"


def test_a_value_the_policy_leaves_open_stops_the_case(play: Play) -> None:
    result = play(ASKING + "steps:\n  - {task: record}\n")
    assert "incident policy_unset at approve" in result.problems[0]
    assert "the policy leaves ack.message open; write it under decided" in result.problems[0]


@pytest.mark.parametrize(
    "text",
    [
        "decided: true\nsteps:\n  - {task: record}\nexpect: {open: approve}\n",
        "decided: {ack.message: false}\nsteps:\n  - {task: record}\nexpect: {open: approve}\n",
        "values: {ack.message: false}\nsteps:\n  - {task: record}\nexpect: {open: approve}\n",
        "steps:\n  - {task: record, expect: {incidents: policy_unset, not_open: approve}}\n"
        "  - {decide: {ack.message: true}}\nexpect: {open: approve}\n",
    ],
)
def test_a_value_left_open_is_decided_for_the_scenario_or_by_its_owner(
    play: Play, text: str
) -> None:
    assert play(ASKING + text).problems == []


def test_what_a_scenario_claims_to_show_is_compared_with_what_it_met(play: Play) -> None:
    result = play("requirements: [IN-26, TR-01]\nothers: reach\nsteps: [{task: record}]\n")
    assert len(result.problems) == 1
    assert (
        "requirements[2]: the case met nothing that names TR-01; it stands at grade.high"
        in (result.problems[0])
    )


def test_a_case_is_cancelled_by_somebody_who_may(play: Play) -> None:
    result = play("steps:\n  - {cancel: 重复登记}\nexpect: {end: cancelled, waiting: none}\n")
    assert result.problems == []


def test_waiting_for_an_element_does_what_stands_in_the_way(play: Play) -> None:
    result = play("steps:\n  - {wait_until: approve}\nexpect: {waiting: approve}\n")
    assert result.problems == []


def test_days_end_with_their_last_day_as_deadlines_do(play: Play) -> None:
    due = "{amount: 7, unit: day, from: received}"
    result = play(
        f"values: {{ack.first_response_due: {due}}}\nothers: leave\n"
        "expect: {due: {record: 7 days from received_at}, waiting: record}\n"
    )
    assert result.problems == []


def test_files_are_sent_under_their_names(play: Play) -> None:
    result = play(
        "others: reach\n"
        "steps:\n  - {task: record, files: {photos: [a.png, b.txt]}}\n"
        "expect: {variables: {photos: '=count(value) = 2'}, documents: none}\n"
    )
    assert result.problems == []


def test_time_goes_to_what_is_due(play: Play) -> None:
    result = play(
        "steps:\n  - {wait_until: late}\n  - {wait_until: 2026-03-02 12:00}\n  - {task: record}\n"
        "expect: {late: record, end: running, path: [record, late, remind, approve]}\n"
    )
    assert result.problems == []
    assert any(line.startswith("2026-03-02 12:00") for line in result.story)
