"""Documents are revisions: numbered, never overwritten, in the log, shown to whom they are for."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from runner.documents.making import make_document
from runner.documents.producing import produce
from runner.engine.access import SYSTEM, Person
from runner.engine.attachments import read_attachment
from runner.engine.documents import StaleRevision, add_document
from runner.engine.erasure import erase_person
from runner.engine.handlers import load_handlers
from runner.engine.instances import cancel_case
from runner.errors import InvalidInput, NotAllowed, NotFound
from runner.evidence import verify
from runner.evidence.export import export_evidence
from runner.settings import Settings
from runner.store.documents import documents_of_case
from runner.store.keys import Erased
from runner.worker.loop import Worker
from tests.documents.conftest import KIND, SHIPPED, Office, open_office, producing, start_case
from tests.documents.sample import VARIABLES
from tests.engine.conftest import House
from tests.invariants import check_case


def make(office: Office, kind: str = "reply_letter", **more: object) -> str:
    return make_document(
        office.house.site, actor=office.house.owner, case=office.case_id, kind=kind,
        **more,  # type: ignore[arg-type]
    )[0]  # fmt: skip


def revisions(office: Office) -> list[tuple[str, int, str]]:
    with office.house.site.database.read() as connection:
        lines = documents_of_case(connection, office.case_id)
    return [(d.document.kind, d.document.revision, d.document.language) for d in lines]


def test_making_again_adds_a_revision(office: Office) -> None:
    first, second = make(office), make(office, language="en")
    assert revisions(office) == [("reply_letter", 2, "en"), ("reply_letter", 1, "zh")]
    site, owner = office.house.site, office.house.owner
    old = read_attachment(site, actor=owner, attachment_id=first)
    new = read_attachment(site, actor=owner, attachment_id=second)
    assert old[0].name.endswith("-r1.pdf")
    assert new[0].name.endswith("-r2.pdf")
    assert old[1] != new[1]
    with site.database.read() as connection:
        check_case(connection, site, office.case_id)


def test_each_revision_is_an_event_with_its_digest(office: Office) -> None:
    made = make(office)
    (event,) = office.house.events(office.case_id, "document_produced")
    facts = event.header["facts"]
    assert isinstance(facts, dict)
    assert facts == {
        "kind": "reply_letter", "revision": "1", "language": "zh", "attachment": made,
    }  # fmt: skip
    _, data = read_attachment(office.house.site, actor=office.house.owner, attachment_id=made)
    assert event.values is not None
    assert event.values["content.sha256"] == hashlib.sha256(data).hexdigest()


def test_the_database_refuses_to_change_a_revision(office: Office) -> None:
    make(office)
    for statement in (
        "UPDATE document_revisions SET revision = 9",
        "DELETE FROM document_revisions",
    ):
        with (
            pytest.raises(DBAPIError, match="append-only"),
            office.house.site.database.write() as connection,
        ):
            connection.execute(text(statement))


def test_two_who_produce_at_once_get_two_revisions(office: Office) -> None:
    """What was typeset as revision 1 is not kept as 2: it would say something false."""
    house = office.house
    late = produce(house.site, office.case_id, "reply_letter")
    make(office)
    with pytest.raises(StaleRevision, match="the next is 2"):
        add_document(house.site, actor=house.owner, case_id=office.case_id, made=late)
    make(office)
    assert [revision for _, revision, _ in revisions(office)] == [2, 1]


def test_restricted_documents_open_for_their_groups_only(office: Office) -> None:
    house = office.house
    head = house.person("mei", "after_sales_head")
    owner_with_case = replace(head, groups=head.groups | {"process_owner"})
    made = make_document(house.site, actor=owner_with_case, case=office.case_id, kind="circular")[0]
    assert read_attachment(house.site, actor=owner_with_case, attachment_id=made)[1]
    with pytest.raises(NotAllowed):
        read_attachment(house.site, actor=house.owner, attachment_id=made)
    with pytest.raises(NotAllowed):
        make(office, "circular")
    refused = house.events(office.case_id, "command_refused")
    assert [event.header["facts"]["command"] for event in refused] == ["add_document"]  # type: ignore[index]


def test_the_evidence_does_not_hand_out_what_is_for_other_groups(office: Office) -> None:
    house = office.house

    def export(actor: Person) -> bytes:
        return export_evidence(house.site, actor=actor, case=office.case_id, language="en").data

    assert export(house.owner)
    answers = {"responsible_person": "张三", "complaint_number": "TS-2026-0002"}
    office = start_case(house, VARIABLES | answers)
    assert export(replace(house.owner, groups=house.owner.groups | {"hr"}))
    with pytest.raises(NotAllowed, match="compliance"):
        export(house.owner)
    make_document(house.site, actor=SYSTEM, case=office.case_id, kind="circular")
    with pytest.raises(NotAllowed, match="after_sales_head"):
        export(replace(house.owner, groups=frozenset({"process_owner", "quality_manager"})))
    assert export(replace(house.owner, groups=frozenset({"process_owner", "compliance"})))
    refused = house.events(office.case_id, "command_refused")
    assert {e.header["facts"]["command"] for e in refused} == {"export_evidence"}  # type: ignore[index]


@pytest.mark.parametrize("kind", ["reply_letter", "unheard_of"])
def test_who_may_not_see_the_case_learns_nothing(office: Office, kind: str) -> None:
    stranger = office.house.person("stranger", "finance")
    with pytest.raises(NotFound):
        make_document(office.house.site, actor=stranger, case=office.case_id, kind=kind)


def test_what_cannot_be_produced_is_refused_and_leaves_nothing(office: Office) -> None:
    with pytest.raises(InvalidInput, match="no kind of document"):
        make(office, "unheard_of")
    assert revisions(office) == []


def test_erased_people_have_no_new_documents(office: Office) -> None:
    made = make(office)
    house = office.house
    cancel_case(house.site, actor=SYSTEM, case_id=office.case_id, reason="test")
    erase_person(house.site, actor=SYSTEM, case_id=office.case_id)
    with pytest.raises(Erased):
        make(office)
    with pytest.raises(Erased):
        read_attachment(house.site, actor=house.owner, attachment_id=made)


def worker_office(make_house: Callable[..., House], kind: object, **more: bytes) -> Office:
    """A case whose first step produces the document that ``wanted_kind`` names."""
    diagram = {"processes/d0.bpmn": producing(KIND)}
    files = {name.replace("__", "/"): data for name, data in more.items()}
    house = make_house(load_handlers())
    return open_office(house, {**VARIABLES, "wanted_kind": kind}, {**diagram, **files})


def run_worker(house: House) -> None:
    Worker(house.site, Settings()).work_off()


def test_a_service_task_produces_once_and_the_case_goes_on(
    make_house: Callable[..., House],
) -> None:
    office = worker_office(make_house, "eight_d_report")
    run_worker(office.house)
    assert revisions(office) == [("eight_d_report", 1, "both")]
    (event,) = office.house.events(office.case_id, "document_produced")
    assert event.header["element"] == "t"
    assert "case_completed" in office.house.types(office.case_id)
    run_worker(office.house)
    assert len(revisions(office)) == 1
    with office.house.site.database.read() as connection:
        check_case(connection, office.house.site, office.case_id)


def test_an_unknown_kind_raises_an_incident(make_house: Callable[..., House]) -> None:
    office = worker_office(make_house, "eight_d_reprt")
    run_worker(office.house)
    (event,) = office.house.events(office.case_id, "job_attempt_failed")
    assert event.values is not None
    assert "eight_d_report" in str(event.values["error.text"])
    assert "incident_raised" in office.house.types(office.case_id)


def test_a_broken_layout_raises_an_incident(make_house: Callable[..., House]) -> None:
    broken = {"processes__templates__documents__letter.typ": b"#nothing("}
    office = worker_office(make_house, "reply_letter", **broken)
    run_worker(office.house)
    (event,) = office.house.events(office.case_id, "job_attempt_failed")
    assert event.values is not None
    assert "letter.typ:1" in str(event.values["error.text"])


def test_cases_follow_the_documents_of_their_own_release(office: Office) -> None:
    house = office.house
    title = SHIPPED["processes/templates/documents/reply_letter.yaml"].replace(
        "投诉处理结果答复".encode(), "新的答复".encode()
    )
    later = open_office(
        house, VARIABLES | {"complaint_number": "TS-2"},
        {"processes/templates/documents/reply_letter.yaml": title},
    )  # fmt: skip
    assert produce(house.site, later.case_id, "reply_letter").name.startswith("TS-2-新的答复")
    assert "投诉处理结果答复" in produce(house.site, office.case_id, "reply_letter").name
    assert start_case(house, VARIABLES | {"complaint_number": "TS-3"}).case_id


def test_where_cases_are_only_tried_documents_are_filled_and_not_typeset(office: Office) -> None:
    office.house.site.typesets = False
    made = produce(office.house.site, office.case_id, "eight_d_report")
    told = json.loads(made.data)
    assert told["title"] == "8D 报告 / 8D report"
    assert made.document is not None


def test_the_evidence_pack_holds_every_revision_and_verifies(
    office: Office, tmp_path: Path
) -> None:
    made = [make(office), make(office, "case_record")]
    pack = export_evidence(office.house.site, actor=SYSTEM, case=office.case_id, language="en")
    path = tmp_path / pack.name
    path.write_bytes(pack.data)
    with zipfile.ZipFile(path) as archive:
        assert {f"attachments/{attachment}" for attachment in made} <= set(archive.namelist())
        assert "produced TS-2026-0001" in archive.read("report.html").decode()
    said: list[str] = []
    assert verify.verify(path, pack.public_key, said.append), "\n".join(said)
