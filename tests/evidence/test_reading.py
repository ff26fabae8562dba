"""What a pack may hold: only what its checkpoint covers, from events that say where it is from."""

from __future__ import annotations

import io
import zipfile

import pytest

from runner.engine.access import SYSTEM
from runner.engine.attachments import add_attachment
from runner.engine.checkpoints import make_checkpoint
from runner.evidence import verify
from runner.evidence.reading import read_case
from tests.definitions.diagrams import simple, user_task
from tests.engine.conftest import House, house, make_house

__all__ = ["house", "make_house"]


def add(house: House, case: str, name: str) -> str:
    return add_attachment(
        house.site, actor=SYSTEM, case_id=case, name=name, media_type="text/plain", data=b"x"
    )


def test_what_came_after_the_checkpoint_is_not_evidence_yet(house: House) -> None:
    house.release(simple(user_task("t", form="")))
    case = house.start().case_id
    first = add(house, case, "first.txt")
    make_checkpoint(house.site)
    add(house, case, "second.txt")
    with house.site.database.read() as connection:
        record = read_case(connection, house.site.vault, case)
    assert [row.id for row in record.attachments] == list(record.documents) == [first]


def test_a_document_without_an_event_is_found() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("values.jsonl", "")
        archive.writestr("attachments/slipped-in", b"x")
    pack = verify.Pack(packed)  # type: ignore[arg-type]
    with pytest.raises(verify.Broken, match="slipped-in: no event"):
        verify.check_attachments(pack, [])
