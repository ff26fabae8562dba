"""The same thing sent twice is done once, and the second sender reads who was first."""

from __future__ import annotations

from tests.acceptance.browsing import Page
from tests.acceptance.office import Office
from tests.acceptance.test_authorization import asker


def test_the_same_form_sent_twice_is_one_complaint(office: Office) -> None:
    customer = office.visitor()
    page = customer.page("/complaint")
    typed = [
        ("subject", "product"), ("phenomenon", "it leaks"), ("desired_solution", "repair"),
        ("contact", "li@example.com"),
    ]  # fmt: skip
    first = customer.fill(page, "/complaint", typed)
    again = customer.fill(page, "/complaint", typed)
    assert first.status_code == again.status_code == 303
    assert first.location == again.location
    other = customer.fill(page, "/complaint", [*typed[:1], ("phenomenon", "another"), *typed[2:]])
    assert other.status_code in {409, 422}
    later = customer.fill(customer.page("/complaint"), "/complaint", typed)
    assert later.location != first.location


def test_the_same_call_recorded_twice_is_one_case(office: Office) -> None:
    window = asker(office, "window")
    page = window.page("/register")
    answers = [window.fill(page, "/register", [("channel", "phone")]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].location == answers[1].location


def test_a_finished_task_sent_again_says_who_was_first_and_when(office: Office) -> None:
    task = office.decision()
    leader, colleague = (p for p in office.people if "company_leader" in p.groups)
    path = f"/tasks/{task.id}"
    browsers = [office.visitor(person) for person in (leader, colleague)]
    opened = [(browser, browser.page(path)) for browser in browsers]
    office.do(task, leader)
    when = office.site.local_time(office.clock.now())
    for browser, page in opened:
        answer = browser.fill(page, path, [("decision", "rejected")])
        assert answer.status_code == 409
        text = Page(answer.text).text
        assert leader.display_name in text
        assert when in text
    reopened = office.visitor(colleague).get(path)
    assert (reopened.status_code, reopened.location) == (303, f"/cases/{office.case_id}")
