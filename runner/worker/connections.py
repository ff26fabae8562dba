"""Systems outside the site, by name: the operator's file of connections, and talking to them.

The file (``OMBUD_CONNECTIONS``, docs/adapters.md) is no part of a release: it holds addresses and
names the files of secrets. A diagram names a connection, never an address.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from runner.store.other_databases import CannotRead, read_rows
from runner.worker.webhooks import Webhook, get_json, post_json
from service_tasks.contract import Impossible, Retry, Value

MOST_RECORDS = 500
_KINDS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # needed, allowed besides
    "webhook": (("url",), ("secret_file", "timeout_seconds")),
    "rest": (("url",), ("secret_file", "timeout_seconds", "records")),
    "csv": (("file",), ("encoding", "delimiter")),
    "sql": (("url", "query"), ()),
}


class BadConnections(ValueError):
    """The file of connections cannot be used; names the file, the connection and the key."""


@dataclass(frozen=True)
class Connection:
    """One system. ``settings`` are texts and numbers as written; files are relative to the file."""

    name: str
    kind: str
    settings: Mapping[str, object]
    folder: Path

    def text(self, key: str, default: str = "") -> str:
        return str(self.settings.get(key, default))

    def path(self, key: str) -> Path:
        return self.folder / self.text(key)


def read_connections(path: Path | None) -> dict[str, Connection]:
    """What the file holds, by name; nothing where no file is named. Raises ``BadConnections``."""
    if path is None:
        return {}
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadConnections(f"{path}: cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise BadConnections(f"{path}: expected connections by name, found {content!r:.60}")
    return {str(name): _connection(path, str(name), given) for name, given in content.items()}


def _connection(path: Path, name: str, given: object) -> Connection:
    kind = str(given.get("kind")) if isinstance(given, dict) else ""
    if not isinstance(given, dict) or kind not in _KINDS:
        raise BadConnections(
            f"{path}: {name}: kind: expected one of {', '.join(_KINDS)}, found {kind!r}"
        )
    needed, allowed = _KINDS[kind]
    for key in needed:
        if not isinstance(given.get(key), str) or not given[key]:
            raise BadConnections(f"{path}: {name}: {key}: expected a text, found nothing")
    for key in given.keys() - {"kind", *needed, *allowed}:
        known = ", ".join((*needed, *allowed))
        raise BadConnections(f"{path}: {name}: {key}: unknown; a {kind} has {known}")
    seconds = given.get("timeout_seconds", 20)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 1 <= seconds <= 120:
        raise BadConnections(
            f"{path}: {name}: timeout_seconds: expected 1 to 120, found {seconds!r}"
        )
    if kind in ("webhook", "rest") and not re.match(r"https?://[^/\s]+", given["url"]):
        raise BadConnections(
            f"{path}: {name}: url: expected http:// or https://, found {given['url']!r:.80}"
        )
    return Connection(name, kind, {k: v for k, v in given.items() if k != "kind"}, path.parent)


class Connected:
    """The ``Connections`` port of handlers."""

    def __init__(self, connections: Mapping[str, Connection]) -> None:
        self._known = connections

    def has(self, name: str) -> bool:
        return name in self._known

    def post(self, name: str, content: Mapping[str, Value], key: str) -> Mapping[str, Value]:
        connection = self._of_kind(name, "webhook")
        return post_json(_webhook(connection), content, key)

    def look_up(self, name: str, question: Mapping[str, str]) -> Sequence[Mapping[str, Value]]:
        """At most ``MOST_RECORDS``; more is ``Impossible``, never a part of them."""
        connection = self._of_kind(name, "rest", "csv", "sql")
        if connection.kind == "csv":
            found = _from_csv(connection, question)
        elif connection.kind == "sql":
            found = _from_sql(connection, question)
        else:
            found = _from_rest(connection, question)
        if len(found) > MOST_RECORDS:
            raise Impossible(
                f"连接“{name}”的结果超过 {MOST_RECORDS} 条，请缩小范围。 / "
                f"The connection '{name}' gave more than {MOST_RECORDS} records; ask for less."
            )
        return found

    def _of_kind(self, name: str, *kinds: str) -> Connection:
        connection = self._known.get(name)
        if connection is None:
            raise Impossible(f"没有连接“{name}”。 / There is no connection '{name}'.")
        if connection.kind not in kinds:
            raise Impossible(
                f"连接“{name}”应是 {' / '.join(kinds)}，现在是 {connection.kind}。 / "
                f"The connection '{name}' should be {' or '.join(kinds)}; it is {connection.kind}."
            )
        return connection


def _webhook(connection: Connection) -> Webhook:
    secret = b""
    if connection.text("secret_file"):
        try:
            secret = connection.path("secret_file").read_bytes().strip()
        except OSError as error:
            raise Retry(
                f"连接“{connection.name}”的密钥文件读不到。 / "
                f"The secret of the connection '{connection.name}' cannot be read: {error.strerror}"
            ) from error
    seconds = connection.settings.get("timeout_seconds", 20)
    assert isinstance(seconds, int)
    return Webhook(connection.name, connection.text("url"), secret, seconds)


def _from_csv(connection: Connection, question: Mapping[str, str]) -> list[Mapping[str, Value]]:
    path = connection.path("file")
    try:
        with path.open(encoding=connection.text("encoding", "utf-8-sig"), newline="") as file:
            rows = csv.DictReader(file, delimiter=connection.text("delimiter", ","), strict=True)
            missing = [name for name in question if name not in (rows.fieldnames or ())]
            if missing:
                raise Impossible(
                    f"{path.name} 没有列 {missing[0]}。 / "
                    f"{path.name} has no column '{missing[0]}'; it has {rows.fieldnames}."
                )
            return [
                {str(name): value for name, value in row.items() if name}
                for row in rows
                if all((row[name] or "").strip() == value for name, value in question.items())
            ]
    except (OSError, LookupError) as error:
        raise Retry(f"{path.name} 读不到。 / {path.name} cannot be read: {error}") from error
    except (csv.Error, UnicodeDecodeError) as error:
        raise Impossible(
            f"{path.name} 不是可读的 CSV：{error} / {path.name} is no readable CSV: {error}"
        ) from error


def _from_sql(connection: Connection, question: Mapping[str, str]) -> list[Mapping[str, Value]]:
    try:
        rows = read_rows(
            connection.text("url"), connection.text("query"), question, MOST_RECORDS + 1
        )
    except CannotRead as error:
        raise Retry(
            f"连接“{connection.name}”查询失败：{error} / "
            f"The query of the connection '{connection.name}' failed: {error}"
        ) from error
    return list(rows)


def _from_rest(connection: Connection, question: Mapping[str, str]) -> list[Mapping[str, Value]]:
    answer = get_json(_webhook(connection), question)
    field = connection.text("records")
    records = answer.get(field) if field and isinstance(answer, dict) else answer
    if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
        raise Impossible(
            f"连接“{connection.name}”的回答不是记录清单。 / "
            f"The connection '{connection.name}' did not answer a list of records."
        )
    return records
