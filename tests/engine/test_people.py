"""Accounts, sign-in and sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from runner.engine import people
from runner.engine.access import SYSTEM, may_see_case
from runner.errors import AlreadyExists, InvalidInput, NotAllowed
from tests.engine.conftest import House

SECRET = "correct horse battery"


@pytest.fixture
def zoe(house: House) -> people.Person:
    return people.add_person(
        house.site,
        actor=SYSTEM,
        username="Zoe",
        display_name="Zoe Z",
        groups=["office"],
        password=SECRET,
        email="z@example.org",
    )


def test_the_right_password_and_no_other(house: House, zoe: people.Person) -> None:
    assert people.verify_password(house.site, username="zoe", password=SECRET) == zoe
    assert people.verify_password(house.site, username="zoe", password="wrong") is None
    assert people.verify_password(house.site, username="nobody", password=SECRET) is None
    assert people.verify_password(house.site, username="ann", password="") is None
    refused = house.events("access", "sign_in_refused")
    assert [e.header["facts"].get("person") for e in refused] == [zoe.id, None, house.ann.id]
    with house.site.database.read() as connection:
        stored = connection.execute(
            text("SELECT password_hash FROM people WHERE username = 'zoe'")
        ).scalar_one()
    assert stored.startswith("$argon2id$")


def test_a_session_lives_while_it_is_used_and_its_token_is_not_stored(
    house: House, zoe: people.Person
) -> None:
    token = people.open_session(house.site, person=zoe)
    with house.site.database.read() as connection:
        stored = connection.execute(text("SELECT digest FROM sessions")).scalar_one()
    assert token not in stored
    house.clock.advance(timedelta(hours=11))
    assert people.session_person(house.site, token=token) == zoe
    house.clock.advance(timedelta(hours=11))
    assert people.session_person(house.site, token=token) == zoe
    house.clock.advance(timedelta(hours=12))
    assert people.session_person(house.site, token=token) is None
    assert people.session_person(house.site, token="made up") is None


def test_groups_count_from_the_next_request(house: House, zoe: people.Person) -> None:
    token = people.open_session(house.site, person=zoe)
    people.set_groups(house.site, actor=SYSTEM, person_id=zoe.id, groups=["leader"])
    found = people.session_person(house.site, token=token)
    assert found is not None
    assert found.groups == {"leader"}
    event = house.events("access", "person_changed")[-1]
    assert event.header["facts"] == {"person": zoe.id, "change": "groups", "groups": ["leader"]}


def test_closing_the_session_the_password_or_the_account_signs_out(
    house: House, zoe: people.Person
) -> None:
    def signed_in() -> str:
        return people.open_session(house.site, person=zoe)

    token = signed_in()
    people.close_session(house.site, token=token)
    assert people.session_person(house.site, token=token) is None
    token = signed_in()
    people.set_password(house.site, actor=zoe, person_id=zoe.id, password="another long one")
    assert people.session_person(house.site, token=token) is None
    token = signed_in()
    people.set_active(house.site, actor=SYSTEM, person_id=zoe.id, active=False)
    assert people.session_person(house.site, token=token) is None
    assert people.verify_password(house.site, username="zoe", password="another long one") is None


def test_what_an_account_may_not_be(house: House, zoe: people.Person) -> None:
    def add(**more: object) -> None:
        options: dict[str, object] = {
            "actor": SYSTEM, "username": "new", "display_name": "New", "groups": ["office"],
        }  # fmt: skip
        people.add_person(house.site, **{**options, **more})

    with pytest.raises(AlreadyExists):
        add(username="ZOE")
    for wrong in (
        {"username": "no spaces"},
        {"password": "short"},
        {"groups": ["No Group"]},
        {"display_name": " "},
    ):
        with pytest.raises(InvalidInput):
            add(**wrong)
    with pytest.raises(NotAllowed):
        add(actor=house.ann)


def test_who_sees_a_case(house: House) -> None:
    def sees(person: people.Person, visibility: str, owner: str | None = None) -> bool:
        return may_see_case(
            person, visibility=visibility, groups_with_tasks={"leader"}, owner_group=owner
        )

    nobody = house.person("nobody")
    auditor = house.person("auditor", "compliance")
    assert sees(house.ann, "all_departments")
    assert not sees(house.ann, "need_to_know")
    assert sees(house.ann, "need_to_know", owner="office")
    assert sees(house.lea, "need_to_know")
    assert sees(auditor, "need_to_know")
    assert not sees(nobody, "all_departments")
