"""What is written down for the demonstration can be used, and names nobody real."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from runner.calendars import load_calendar
from runner.definitions.shipped import shipped_folder
from runner.demo.cast import PEOPLE
from runner.demo.pace import after, arrival, before
from runner.demo.stories import CAUSES, STORIES, Story, load_stories, pick

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 23, 0, 45, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)
TEXTS = sorted([*STORIES.glob("*.yaml"), CAUSES, PEOPLE])
CALENDAR = shipped_folder() / "processes" / "calendars" / "cn.yaml"
CN = load_calendar(yaml.safe_load(CALENDAR.read_text(encoding="utf-8")))


def test_about_sixty_complaints_in_both_languages_and_under_both_policies() -> None:
    stories = load_stories()
    assert 60 <= len([s for s in stories if s.kind == "complaint"]) <= 75
    assert {s.policy for s in stories} == {"demo-consumer", "demo-ebike"}
    assert len([s for s in stories if s.english]) >= 10
    assert {"web_form", "phone", "store", "letter", "email"} <= {s.channel for s in stories}


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.name)
def test_addresses_and_numbers_are_fictitious(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert set(re.findall(r"[\w.]+@([\w.]+)", text)) <= {"example.com"}
    assert all(n.startswith("138-0000-") for n in re.findall(r"1\d\d-?\d{4}-?\d{4}", text))


def test_everybody_who_works_has_a_group_the_roles_file_knows() -> None:
    roles = yaml.safe_load((shipped_folder() / "processes/roles.yaml").read_text(encoding="utf-8"))
    known = {group["id"] for group in roles["groups"]}
    for person in yaml.safe_load(PEOPLE.read_text(encoding="utf-8"))["people"]:
        assert set(person["groups"]) <= known


def test_somebody_is_there_for_every_role_of_both_policies() -> None:
    groups = {
        group
        for person in yaml.safe_load(PEOPLE.read_text(encoding="utf-8"))["people"]
        for group in person["groups"]
    }
    for name in ("demo-consumer", "demo-ebike"):
        text = (shipped_folder() / f"processes/policies/{name}.yaml").read_text(encoding="utf-8")
        for role, wanted in yaml.safe_load(text)["roles"].items():
            nobody_named = not wanted  # the responsible department itself does it
            assert nobody_named or set(wanted) & groups, f"{name}: nobody is {role}"


@pytest.mark.parametrize("now", [NOW, MONDAY_MORNING, SUNDAY_NIGHT])
def test_every_story_arrives_within_ninety_days_and_before_now(now: datetime) -> None:
    for story in load_stories():
        moment = arrival(CN, now, story)
        assert now - timedelta(days=90) <= moment < now, story.id


@pytest.mark.parametrize("minutes", [1, 120, 450, 451, 4_000])
@pytest.mark.parametrize("now", [NOW, MONDAY_MORNING, SUNDAY_NIGHT])
def test_working_time_backwards_is_working_time_forwards(now: datetime, minutes: float) -> None:
    start = before(CN, now, minutes)
    assert CN.working_time_between(start, now) == timedelta(minutes=minutes)
    assert after(CN, start, minutes) <= now


def test_a_selection_keeps_what_a_recurrence_follows() -> None:
    stories = load_stories()
    for count in (1, 8, 20, len(stories), 500):
        chosen = pick(stories, count)
        ids = {story.id for story in chosen}
        assert min(count, len(stories)) <= len(chosen) <= len(stories)
        assert all(_follows(story) in {"", *ids} for story in chosen)


def _follows(story: Story) -> str:
    return story.recurrence_of
