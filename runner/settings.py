"""The only reader of the environment: every setting is ``OMBUD_<NAME>`` (docs/settings.md)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from zoneinfo import ZoneInfo

PREFIX = "OMBUD_"
FOR_TESTS = "OMBUD_TEST_POSTGRES_URL"  # names the tests' server; no setting of a site


class BadSetting(ValueError):
    """A setting whose value cannot be used; names the variable, the value and what is expected."""


@dataclass(frozen=True)
class Settings:
    """All settings with their defaults; ``data_dir`` holds database and keys unless told."""

    data_dir: Path = Path("var")
    database_url: str = ""
    executor: str = ""
    key_dir: Path | None = None
    site_name: str = "ombud"
    site_title: str = "Ombud"
    public_url: str = "http://127.0.0.1:8080"
    demo: bool = False
    host: str = "127.0.0.1"
    port: int = 8080
    threads: int = 8
    trusted_proxies: int = 0
    time_zone: str = "Asia/Shanghai"
    policy: str = ""
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_from: str = "ombud@localhost"
    smtp_tls: str = "none"
    remind_at: str = ""
    connections: Path | None = None
    imap_host: str = ""
    imap_port: int = 993
    imap_user: str = ""
    imap_password: str = ""
    imap_tls: str = "tls"
    imap_folder: str = "INBOX"
    imap_start: str = "start_received"

    @property
    def url(self) -> str:
        """The database address: SQLite in the data folder unless ``database_url`` is set."""
        return self.database_url or f"sqlite:///{self.data_dir / 'ombud.db'}"

    @property
    def keys(self) -> Path:
        return self.key_dir or self.data_dir / "keys"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Reads ``OMBUD_*``. Raises ``BadSetting`` for a value that does not fit, or an unknown
        name, so that a misspelt setting is never quietly ignored."""
        environment = os.environ if environment is None else environment
        known = {PREFIX + field.name.upper(): field for field in fields(cls)}
        values: dict[str, object] = {}
        for name, text in environment.items():
            if not name.startswith(PREFIX) or name == FOR_TESTS:
                continue
            if name not in known:
                raise BadSetting(f"{name}: unknown setting; known are {', '.join(sorted(known))}")
            field = known[name]
            values[field.name] = _read(name, text, str(field.type))
        settings = cls(**values)  # type: ignore[arg-type]
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", settings.site_name):
            raise BadSetting(
                "OMBUD_SITE_NAME: expected letters, digits, dots, hyphens and underscores, "
                f"got {settings.site_name!r}; OMBUD_SITE_TITLE may be anything"
            )
        if settings.smtp_tls not in {"none", "starttls", "tls"}:
            raise BadSetting(
                f"OMBUD_SMTP_TLS: expected none, starttls or tls, got {settings.smtp_tls!r}"
            )
        if settings.remind_at and not re.fullmatch(
            r"([01][0-9]|2[0-3]):[0-5][0-9]", settings.remind_at
        ):
            raise BadSetting(
                f"OMBUD_REMIND_AT: expected a time like 08:30, got {settings.remind_at!r}"
            )
        if settings.imap_tls not in {"none", "starttls", "tls"}:
            raise BadSetting(
                f"OMBUD_IMAP_TLS: expected none, starttls or tls, got {settings.imap_tls!r}"
            )
        if settings.executor not in {"", "embedded", "procrastinate"}:
            raise BadSetting(
                "OMBUD_EXECUTOR: expected embedded, procrastinate or nothing, "
                f"got {settings.executor!r}"
            )
        try:
            _ = settings.zone
        except (KeyError, ValueError, OSError) as error:
            raise BadSetting(
                f"OMBUD_TIME_ZONE: expected a name like Asia/Shanghai, got {settings.time_zone!r}"
            ) from error
        return settings


def terminal_language() -> str:
    """``zh`` where the terminal speaks Chinese, else ``en``."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    spoken = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return "zh" if spoken.lower().startswith("zh") else "en"


def _read(name: str, text: str, kind: str) -> object:
    if kind == "bool":
        if text.lower() in {"1", "true", "yes"}:
            return True
        if text.lower() in {"0", "false", "no", ""}:
            return False
        raise BadSetting(f"{name}: expected true or false, got {text!r}")
    if kind == "int":
        if not text.isdigit():
            raise BadSetting(f"{name}: expected a whole number, got {text!r}")
        return int(text)
    if kind.startswith("Path"):
        return Path(text)
    return text
