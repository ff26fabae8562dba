"""The documentation says what the code does."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from runner.events import catalogue
from runner.settings import PREFIX, BadSetting, Settings

DOCS = Path(__file__).parent.parent / "docs"


def test_the_glossary_explains_every_event_in_its_own_words() -> None:
    text = (DOCS / "glossary.md").read_text(encoding="utf-8")
    for name, event in catalogue().items():
        assert f"| `{name}` | {' '.join((event.__doc__ or '').split())} |" in text


def test_every_setting_is_listed() -> None:
    text = (DOCS / "settings.md").read_text(encoding="utf-8")
    for field in fields(Settings):
        assert f"| `{PREFIX}{field.name.upper()}` |" in text


def test_a_misspelt_setting_is_refused() -> None:
    with pytest.raises(BadSetting, match="OMBUD_SMPT_HOST"):
        Settings.from_environment({"OMBUD_SMPT_HOST": "mail"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SITE_NAME", "a b"),
        ("PORT", "eighty"),
        ("DEMO", "perhaps"),
        ("TIME_ZONE", "Mars/X"),
        ("SMTP_TLS", "ssl3"),
    ],
)
def test_a_setting_that_does_not_fit_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=f"OMBUD_{name}.*{value}"):
        Settings.from_environment({f"OMBUD_{name}": value})


def test_settings_are_read_from_the_environment() -> None:
    settings = Settings.from_environment({"OMBUD_PORT": "81", "OMBUD_DEMO": "true", "HOME": "/x"})
    assert (settings.port, settings.demo) == (81, True)
