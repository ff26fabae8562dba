"""Pages of a long case read what they show; nothing of its past is out of reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from benchmarks.measuring import counting
from runner.engine.people import open_session
from runner.engine.user_tasks import complete_user_task
from runner.store import case_pages, case_pages_outline
from runner.store.case_messages import messages_of_cases
from runner.store.case_pages import keep_outline, read_past, read_path
from runner.store.case_pages_outline import Outline, Path, by_instance
from runner.web.app import create_app
from runner.web.visit import SESSION_COOKIE
from tests.definitions.diagrams import diagram, extended, line, node
from tests.engine.conftest import House
from tests.engine.test_pausing import answer, ask, waiting

BLOCK, SHORT, LONG = 30, 6, 40
FORM = (
    b'{"type": "default", "id": "f", "components": '
    b'[{"type": "textfield", "key": "note", "label": "Note"}]}'
)
ROUND = diagram(
    node("startEvent", "s")
    + node("exclusiveGateway", "back")
    + node(
        "userTask",
        "again",
        extended(
            "<zeebe:userTask />",
            '<zeebe:formDefinition formId="f" />',
            '<zeebe:assignmentDefinition candidateGroups="office" />',
        ),
    )
    + line("s", "back", "again", "back")
)


@dataclass
class Counted:
    opened: int = 0
    headers: int = 0
    statements: int = 0


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_pages_outline, "BLOCK", BLOCK)
    monkeypatch.setattr(case_pages, "BLOCK", BLOCK)


@pytest.fixture
def client(house: House, small_blocks: None) -> FlaskClient:
    house.site.default_policy = "plain"
    house.release(ROUND, f__form=FORM)
    client = create_app(house.site).test_client()
    client.set_cookie(SESSION_COOKIE, open_session(house.site, person=house.ann))
    return client


def run(house: House, steps: int) -> str:
    case = house.start().case_id
    for number in range(steps):
        task = house.tasks(case)["again"]
        note = {"note": f"this is what was found in round {number}"}
        complete_user_task(house.site, actor=house.ann, task_id=task, submission=note)
    return case


@contextmanager
def reading(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    """Counts the events whose values are opened, the headers that are added up, the statements."""
    found = Counted()

    def opened(*given: object) -> object:
        found.opened += 1
        return recorded(*given)  # type: ignore[arg-type]

    def header(*given: object) -> object:
        found.headers += 1
        return plain(*given)  # type: ignore[arg-type]

    recorded, plain = case_pages.recorded, case_pages.Header
    with monkeypatch.context() as patch, counting(house.site.database.engine) as counted:
        patch.setattr(case_pages, "recorded", opened)
        patch.setattr(case_pages, "Header", header)
        yield found
    found.statements = counted.statements


SHOWN = {"overview": 40, "log": 101, "data": 20, "task": 6}


def test_a_page_reads_no_more_of_a_long_case(
    house: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [run(house, steps) for steps in (SHORT, LONG)]
    for tab in ("overview", "tasks", "data", "files", "mails", "log", "task"):
        read: list[Counted] = []
        for case in cases:
            task = house.tasks(case)["again"]
            address = f"/tasks/{task}" if tab == "task" else f"/cases/{case}?tab={tab}"
            client.get(address)  # compiles what every page shares
            with reading(house, monkeypatch) as counted:
                assert client.get(address).status_code == 200
            read.append(counted)
        short, long = read
        assert long.statements <= short.statements + 2, tab
        assert long.headers <= BLOCK, tab
        assert long.opened <= SHOWN.get(tab, 0), tab


def test_the_outline_is_what_all_events_add_up_to(house: House, client: FlaskClient) -> None:
    case = run(house, LONG)
    with house.site.database.read() as connection:
        past = read_past(connection, case)
        path = read_path(connection, past, case)
        headers = case_pages.headers_of_kinds(connection, case, *past.outline.kinds)
    whole, way = Outline(), Path()
    for event in headers:
        whole.add(event)
    for _instance, event in by_instance(headers):
        way.add(event)
    assert len(past.later) < len(headers) / 4
    assert (past.outline, path) == (whole, way)
    assert path.taken["again"] == LONG
    assert past.outline.active == {case: {"again": 1}}


_ROW = re.compile(r'<td class="n">(\d+)</td>')
_LINK = re.compile(r'href="([^"]+[?&;](before|after)=\d+)"')


def walk(client: FlaskClient, address: str, way: str) -> list[int]:
    """The event numbers of every page that links of one kind lead to."""
    found: list[int] = []
    while address:
        page = client.get(address).text
        found += [int(number) for number in _ROW.findall(page)]
        links = [link for link, kind in _LINK.findall(page) if kind == way]
        address = links[0].replace("&amp;", "&") if links else ""
    return found


@pytest.mark.parametrize("kind", ["", "user_task_completed", "case_started", "no_such_kind"])
def test_every_event_is_on_some_page_of_the_log(
    house: House, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("runner.web.case_log.LOG_PAGE", 13)
    case = run(house, LONG)
    types = [kind] if kind in {"user_task_completed", "case_started"} else []
    expected = [event.number for event in house.events(case, *types)]
    address = f"/cases/{case}?tab=log&kind={kind}"
    assert walk(client, address, "before") == expected[::-1]
    back = walk(client, f"{address}&after=1", "after")
    assert sorted(back) == [number for number in expected if number > 1]


def test_the_timeline_goes_back_to_the_first_event(house: House, client: FlaskClient) -> None:
    case = run(house, LONG)
    address, told = f"/cases/{case}", []
    for _page in range(LONG):
        page = client.get(address).text
        told += re.findall(r"in round (\d+)</div>", page)
        links = [link for link, kind in _LINK.findall(page.replace("#timeline", ""))]
        if not links:
            break
        address = links[0].replace("&amp;", "&")
    assert [int(number) for number in told] == list(reversed(range(LONG)))
    assert "提出投诉，开始处理" in page


def test_messages_of_a_long_case_are_known_without_its_past(
    house: House, client: FlaskClient
) -> None:
    house.release(waiting())
    case = house.start({"reference": "K1"}).case_id
    ask(house, case)
    answer(house)
    with house.site.database.write() as connection:
        plainly = messages_of_cases(connection, [case])
        keep_outline(connection, case, 0, BLOCK)
        with counting(house.site.database.engine) as counted:
            assert messages_of_cases(connection, [case]) == plainly
        outline = read_past(connection, case).outline
    assert [(m.name, m.taken) for m in plainly] == [("reply", True)]
    assert outline.messages == [["reply", True, "system"]]
    assert counted.statements == 2
