"""The demonstration really runs: the stories reach the steps they claim, and every chain holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from runner.clock import SetClock
from runner.demo import fill, first_moment
from runner.demo.simulation import Simulation
from runner.demo.stories import load_stories
from runner.engine.checkpoints import origin, public_key
from runner.engine.instances import access_digest
from runner.engine.people import demo_people
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site, open_site
from runner.merkle import tree_root
from runner.notes import open_note
from runner.settings import Settings
from runner.store.checkpoints import latest_checkpoint, leaf_hashes, unindexed_events
from runner.store.event_log import read_chain
from runner.store.tables import complaints, incidents, mails, user_tasks
from tests.invariants import check_all

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
CHOSEN = (
    "short-shot",
    "short-shot-again",
    "seal-scratch",
    "installer-withdrawn",
    "controller-water",
    "frame-crack",
    "frame-rust",
    "plug-heat-2",
    "kettle-refund",
    "missed-call-1",
    "duplicate",
    "bad-mail",
    "filter-new",
)


@dataclass(frozen=True)
class Filled:
    """A small demonstration: its site, and what became of each story."""

    site: Site
    simulation: Simulation

    def variables(self, story: str) -> Mapping[str, object]:
        with self.site.database.read() as connection:
            return read_case_variables(self.site, connection, self.case(story))

    def case(self, story: str) -> str:
        return self.simulation.cases[story].case_id

    def open_elements(self, story: str) -> set[str]:
        query = select(user_tasks.c.element_id).where(
            user_tasks.c.root_id == self.case(story), user_tasks.c.state == "created"
        )
        return set(self._scalars(query))

    def state(self, story: str) -> str:
        return str(self._scalars(select(complaints.c.state).where(
            complaints.c.id == self.case(story)
        ))[0])  # fmt: skip

    def _scalars(self, query: object) -> list[str]:
        with self.site.database.read() as connection:
            return list(connection.execute(query).scalars())  # type: ignore[call-overload]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    settings = Settings(data_dir=tmp_path_factory.mktemp("demo"), demo=True, site_name="demo")
    site = open_site(settings, SetClock(first_moment(NOW)))
    stories = [story for story in load_stories() if story.id in CHOSEN]
    steps: list[tuple[int, int, str]] = []
    simulation = fill(
        site, settings, now=NOW, progress=lambda *step: steps.append(step), stories=stories
    )
    assert steps[-1][:2] == (len(stories), len(stories))
    return Filled(site, simulation)


def test_every_chain_verifies(filled: Filled) -> None:
    with filled.site.database.read() as connection:
        duty = 1  # beside the complaints one periodic duty
        assert check_all(connection, filled.site) == len(filled.simulation.cases) + duty


def test_every_case_says_that_it_is_simulated(filled: Filled) -> None:
    with filled.site.database.read() as connection:
        for running in filled.simulation.cases.values():
            first = next(iter(read_chain(connection, running.case_id, filled.site.vault)))
            assert first.type == "case_started"
            assert first.header["facts"]["simulated"] is True  # type: ignore[index]


def test_ends_with_a_checkpoint_over_everything_under_the_demo_key(filled: Filled) -> None:
    assert origin(filled.site) == "ombud/demo/demo"
    with filled.site.database.read() as connection:
        row = latest_checkpoint(connection)
        assert row is not None
        signed = open_note(row.note, public_key(filled.site))
        assert (signed.size, signed.root) == (row.tree_size, tree_root(leaf_hashes(connection)))
        assert not unindexed_events(connection, everything=True)


def test_the_five_why_example_is_a_closed_case_with_both_chains(filled: Filled) -> None:
    found = filled.variables("short-shot")
    why = found["why_occurrence"]
    assert isinstance(why, list)
    assert [len(why), len(found["why_escape"])] == [5, 5]  # type: ignore[arg-type]
    assert "回料带有灰尘" in str(why[4])
    assert "粉碎房的防尘措施失效" in str(why[4])
    assert filled.state("short-shot") == "closed"


def test_a_recurrence_names_the_case_it_follows(filled: Filled) -> None:
    first = filled.variables("short-shot")["complaint_number"]
    assert filled.variables("short-shot-again")["previous_complaint"] == first


@pytest.mark.parametrize(
    ("story", "element"),
    [
        ("seal-scratch", "analyse_cause"),
        ("frame-crack", "decide_application"),
        ("plug-heat-2", "take_first_measure"),
        ("short-shot-again", "gather_evidence"),
        ("filter-new", "complete_facts"),
    ],
)
def test_a_story_rests_where_it_says(filled: Filled, story: str, element: str) -> None:
    assert element in filled.open_elements(story)


def test_a_late_measure_was_escalated_and_is_still_to_be_done(filled: Filled) -> None:
    query = select(user_tasks.c.escalated_at).where(
        user_tasks.c.root_id == filled.case("plug-heat-2"),
        user_tasks.c.element_id == "take_first_measure",
    )
    assert filled._scalars(query)[0] is not None


def test_outcomes(filled: Filled) -> None:
    assert filled.variables("controller-water")["leader_decision"] == "rejected"
    assert filled.variables("kettle-refund")["major_result"] == "done"
    assert filled.variables("frame-rust")["not_pursued_code"] == "too_late"
    assert filled.variables("installer-withdrawn")["withdrawn_at"] is not None
    assert filled.state("duplicate") == "cancelled"
    assert filled.variables("missed-call-1")["request_kind"] == "none"


def test_a_mail_without_a_server_waits_and_a_dead_server_is_an_incident(filled: Filled) -> None:
    assert set(filled._scalars(select(mails.c.state))) == {"waiting"}
    query = select(incidents.c.element_id).where(incidents.c.state == "open")
    assert filled._scalars(query) == ["send_acknowledgement"]


def test_the_acknowledgement_gives_the_private_link_and_calls_nobody_a_dash(
    filled: Filled,
) -> None:
    query = select(mails.c.root_id, mails.c.body).where(mails.c.body.contains("/c/"))
    with filled.site.database.read() as connection:
        written = connection.execute(query).all()
        digests = dict(
            connection.execute(select(complaints.c.id, complaints.c.access_digest)).all()
        )
    assert written
    for case_id, body in written:
        link = next(line for line in body.splitlines() if "/c/" in line)
        assert link.startswith(filled.site.public_url)
        assert access_digest(link.rpartition("/c/")[2]) == digests[case_id]
        assert "—" not in body


def test_people_are_offered_on_the_sign_in_page_without_passwords(filled: Filled) -> None:
    people = demo_people(filled.site)
    groups = set().union(*(person.groups for person in people))
    assert {"administrator", "compliance", "process_owner", "company_leader"} <= groups
    assert {"zh", "en"} == {person.language for person in people}
    assert all(str(person.email).endswith("@example.com") for person in people)


def test_time_stands_at_the_end(filled: Filled) -> None:
    assert filled.site.clock.now() == NOW
