"""Starting a case: pinned, idempotent, private; what lists show of it."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest
from sqlalchemy import text

from runner.engine.access import CUSTOMER
from runner.engine.attachments import MAX_BYTES, Upload, add_attachment, read_attachment
from runner.engine.instances import access_digest, cancel_case, start_complaint
from runner.engine.user_tasks import complete_user_task
from runner.errors import AlreadyExists, InvalidState, NotAllowed, NotFound, TooLarge
from runner.store.complaints import case_by_access
from tests.definitions.diagrams import simple, user_task
from tests.engine.conftest import House


def begin(house: House, key: str = "k", **more: object):
    options: dict[str, object] = {
        "actor": CUSTOMER,
        "variables": {"customer_name": "王芳", "product_name": "冰箱", "phenomenon": "不制冷"},
        "channel": "web_form",
        "start_element": "s",
        "policy_id": "plain",
        "idempotency_key": key,
    }
    return start_complaint(house.site, **{**options, **more})


def test_a_second_start_with_the_same_key_gives_the_first_case(house: House) -> None:
    house.release(simple(user_task("t", form=""), middle="t"))
    first = begin(house)
    house.clock.set(house.clock.now().replace(hour=5))
    assert begin(house) == first
    with pytest.raises(AlreadyExists):
        begin(house, variables={"customer_name": "李明"})
    assert begin(house, key="other").case_id != first.case_id


def test_the_access_token_opens_the_case_and_only_its_digest_is_stored(house: House) -> None:
    house.release(simple(user_task("t", form=""), middle="t"))
    started = begin(house)
    digest = access_digest(started.access_token)
    assert digest == hashlib.sha256(started.access_token.encode()).hexdigest()
    with house.site.database.read() as connection:
        assert case_by_access(connection, digest) == started.case_id
        dump = "".join(
            str(row) for row in connection.execute(text("SELECT * FROM command_keys")).all()
        )
    assert started.access_token not in dump


def test_what_lists_show_follows_the_variables(house: House) -> None:
    house.release(simple(user_task("t", form=""), middle="t"))
    case = begin(
        house,
        variables={
            "product_name": "冰箱",
            "phenomenon": "不制冷",
            "customer_name": "王芳",
            "triage": {"severity": "serious", "responsible_group": "office", "due_class": "quick"},
        },
    ).case_id
    with house.site.database.read() as connection:
        row = connection.execute(text("SELECT * FROM complaints")).mappings().one()
    assert row["title"] == "冰箱 · 不制冷"
    assert (row["severity"], row["owner_group"], row["state"]) == ("serious", "office", "active")
    assert row["due_at"] is not None
    complete_user_task(house.site, actor=house.ann, task_id=house.tasks(case)["t"], submission={})
    with house.site.database.read() as connection:
        row = connection.execute(text("SELECT * FROM complaints")).mappings().one()
    assert row["state"] == "closed"
    assert row["closed_at"] is not None


def test_a_running_case_stays_on_its_release(house: House) -> None:
    house.release(simple(user_task("t", form=""), middle="t"))
    old = begin(house, key="1").case_id
    house.release(simple(user_task("u", form=""), middle="u"))
    new = begin(house, key="2").case_id
    house.site.live.clear()
    assert set(house.tasks(old)) == {"t"}
    assert set(house.tasks(new)) == {"u"}
    complete_user_task(house.site, actor=house.ann, task_id=house.tasks(old)["t"], submission={})
    assert house.types(old)[-1] == "case_completed"


def test_nothing_starts_without_release_policy_or_start_event(house: House) -> None:
    with pytest.raises(NotFound, match="release"):
        begin(house)
    house.release(simple(user_task("t", form=""), middle="t"))
    with pytest.raises(NotFound, match="policy"):
        begin(house, policy_id="none")
    with pytest.raises(NotFound, match="start event"):
        begin(house, start_element="t")
    with house.site.database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM cases")).scalar_one() == 0


def test_read_only_names_cannot_be_sent(house: House) -> None:
    house.release(simple(user_task("t", form=""), middle="t"))
    case = begin(house, variables={"policy": "mine", "n": 1}).case_id
    assert "policy" not in house.variables(case)
    assert house.variables(case)["n"] == Decimal(1)


def test_attachments_are_encrypted_limited_and_only_for_those_who_may_see(house: House) -> None:
    house.release(simple(user_task("t", form=""), middle="t"))
    started = begin(house, attachments=[Upload("../a b.jpg", "image/jpeg", b"photo", "files")])
    case = started.case_id
    kept = house.variables(case)["files"][0]
    row, data = read_attachment(house.site, actor=house.ann, attachment_id=kept)
    assert (row.name, data, row.size) == ("a b.jpg", b"photo", 5)
    with pytest.raises(NotFound):
        read_attachment(house.site, actor=house.lea, attachment_id=kept)
    with pytest.raises(NotFound):
        add_attachment(
            house.site, actor=house.lea, case_id=case, name="x", media_type="x/y", data=b"x"
        )
    with pytest.raises(TooLarge):
        add_attachment(
            house.site,
            actor=house.ann,
            case_id=case,
            name="x",
            media_type="x/y",
            data=b"x" * (MAX_BYTES + 1),
        )
    with pytest.raises(TooLarge, match="20"):
        begin(house, key="many", attachments=[Upload(f"{n}", "x/y", b"x") for n in range(21)])


def test_cancelling_needs_authority_and_happens_once(house: House) -> None:
    house.release(simple(user_task("t", form=""), middle="t"))
    case = begin(house).case_id
    boss = house.person("boss", "company_leader")
    with pytest.raises(NotAllowed):
        cancel_case(house.site, actor=house.ann, case_id=case, reason="no")
    cancel_case(house.site, actor=boss, case_id=case, reason="filed twice")
    assert house.tasks(case) == {}
    with pytest.raises(InvalidState):
        cancel_case(house.site, actor=boss, case_id=case, reason="again")
    assert house.types(case)[-3:] == ["user_task_cancelled", "element_cancelled", "case_cancelled"]
