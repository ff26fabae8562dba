"""What was changed by hand can be seen: who, when, why, and where everything stood."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runner.engine.access import Person
from runner.engine.instances import Started
from runner.engine.migration import make_plan, work_migrations
from runner.engine.migration_batches import revert_migration, start_migration
from runner.engine.repairs import edit_variable, move_token
from runner.engine.site import Site
from runner.store.event_log import read_chain
from runner.store.releases import all_releases
from runner.store.running_cases import Selection
from runner.store.user_tasks import UserTask
from tests.web.conftest import Visit
from tests.web.test_migrations import publish, renamed


@pytest.mark.parametrize(("language", "words"), [("en", "Before"), ("zh", "之前")])
def test_every_change_is_listed_and_drawn_before_and_after(
    site: Site,
    visit: Visit,
    person: Callable[..., Person],
    complaint: Callable[..., Started],
    tasks_of: Callable[[str], list[UserTask]],
    language: str,
    words: str,
) -> None:
    case = complaint().case_id
    owner = person("process_owner")
    edit_variable(
        site, actor=owner, case_id=case, scope_id=case, name="product_name", value="P-61",
        reason="wrong model",
    )  # fmt: skip
    (task,) = tasks_of(case)
    move_token(
        site, actor=owner, case_id=case, token_id=task.id, target=task.element_id, reason="anew"
    )
    publish(site, renamed)
    with site.database.read() as connection:
        newest, oldest = all_releases(connection)
    plan = make_plan(site, actor=owner, source=oldest.digest, target=newest.digest)
    batch = start_migration(
        site, actor=owner, plan_digest=plan.digest, selection=Selection(oldest.digest),
        reason="new law",
    )  # fmt: skip
    while work_migrations(site):
        pass
    revert_migration(site, actor=owner, batch_id=batch, reason="a mistake")
    while work_migrations(site):
        pass
    visitor = visit(owner, language)
    listed = visitor.read(f"/cases/{case}/changes")
    for reason in ("wrong model", "anew", "new law", "a mistake"):
        assert reason in listed
    with site.database.read() as connection:
        events = list(read_chain(connection, case, site.vault))
    pictured = {"token_moved", "case_migrated", "migration_reverted"}
    for event in events:
        if event.type in pictured:
            shown = visitor.read(f"/cases/{case}/changes/{event.number}")
            assert shown.count("dg-full") >= 2
            assert words in shown
            pictured.discard(event.type)
    assert pictured == set()
