"""Reading the owners' YAML: plain data only, bounded, no aliases, no doubled keys, exact numbers.

Only what a person means in a policy is a value: ``true``/``false``, numbers, ``null``, and texts.
Everything else (``yes``, ``08:30``, ``2026-01-01``) stays the text it is written as.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import yaml

from runner.definitions.findings import Finding
from runner.definitions.xml import UnreadableFile

MAX_BYTES = 500_000
MAX_DEPTH = 30
MAX_NODES = 50_000

Data = None | bool | int | Decimal | str | list["Data"] | dict[str, "Data"]
Path = tuple[str | int, ...]

_INTEGER = re.compile(r"[-+]?[0-9]{1,30}")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,30}\.[0-9]{1,30}")
_WORDS: Mapping[str, Data] = {
    "": None, "~": None, "null": None, "true": True, "false": False,
}  # fmt: skip


@dataclass(frozen=True)
class Document:
    """What a YAML file says. ``lines`` gives the line (1 first) of each key path."""

    data: Data
    lines: Mapping[Path, int]


def read_yaml(data: bytes, file: str) -> Document:
    """The content of one YAML document. Raises ``UnreadableFile`` with exactly one finding.

    Integers are ``int``, other numbers ``Decimal`` as written. Refused: more than 500,000 bytes,
    30 levels or 50,000 values, anchors and aliases, tags, doubled keys, keys that are no text.
    """
    if len(data) > MAX_BYTES:
        raise refused(
            file,
            "yaml_too_large",
            f"文件有 {len(data):,} 字节，上限为 {MAX_BYTES:,} 字节。",
            f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are read.",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused(
            file,
            "yaml_not_readable",
            "文件不是 UTF-8 编码。请用 UTF-8 保存。",
            "The file is not UTF-8. Save it as UTF-8.",
        ) from error
    reader = _Reader(file, yaml.parse(text, Loader=yaml.CSafeLoader))
    try:
        value = reader.document()
    except yaml.YAMLError as error:
        raise _not_readable(file, error) from error
    return Document(data=value, lines=reader.lines)


def refused(file: str, rule: str, zh: str, en: str, line: int = 0) -> UnreadableFile:
    """The exception for a file that is not used at all."""
    return UnreadableFile(Finding(file=file, rule=rule, severity="error", zh=zh, en=en, line=line))


def path_text(path: Path) -> str:
    """``intake.channels[2].owner``: positions count from 1, as people do."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _not_readable(file: str, error: yaml.YAMLError) -> UnreadableFile:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else 0
    problem = str(getattr(error, "problem", None) or "unexpected character")
    return refused(
        file,
        "yaml_not_readable",
        f"第 {line} 行读不懂，通常是缩进、引号或冒号写错了（{problem}）。",
        f"Line {line} cannot be read; usually the indent, a quote or a colon is wrong ({problem}).",
        line,
    )


class _Reader:
    """Builds data from the parser's events, so that nothing is expanded before it is judged."""

    def __init__(self, file: str, events: Iterator[yaml.Event]) -> None:
        self._file = file
        self._events = events
        self._count = 0
        self.lines: dict[Path, int] = {}

    def document(self) -> Data:
        value: Data = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refuse(
                        event,
                        "文件里有不止一个 YAML 文档（---）。请拆成几个文件。",
                        "holds a second YAML document (---). Make it a file of its own.",
                    )
                value = self._value(next(self._events), ())
        return value

    def _value(self, event: yaml.Event, path: Path) -> Data:
        self._count += 1
        if self._count > MAX_NODES or len(path) > MAX_DEPTH:
            raise self._refuse(
                event,
                f"内容超过 {MAX_NODES:,} 个值或 {MAX_DEPTH} 层。",
                f"goes beyond {MAX_NODES:,} values or {MAX_DEPTH} levels.",
            )
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise self._refuse(
                event,
                "用了 YAML 的锚点或引用（& 或 *）。请把值直接写出来。",
                "uses a YAML anchor or alias (& or *). Write the value out.",
            )
        if getattr(event, "tag", None) not in (None, "!"):
            raise self._refuse(
                event,
                "用了 YAML 标签（!）。请直接写值。",
                "uses a YAML tag (!). Write the plain value.",
            )
        self.lines[path] = _line(event)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        assert isinstance(event, yaml.ScalarEvent)
        return _scalar(event)

    def _mapping(self, path: Path) -> Data:
        found: dict[str, Data] = {}
        for event in self._events:
            if isinstance(event, yaml.MappingEndEvent):
                return found
            if not isinstance(event, yaml.ScalarEvent) or event.value == "<<":
                raise self._refuse(
                    event,
                    "的键不是简单的文字。",
                    "has a key that is no plain text.",
                )
            key = event.value
            if key in found:
                raise self._refuse(
                    event,
                    f"：键“{path_text((*path, key))}”写了两次。请只保留一个。",
                    f'repeats the key "{path_text((*path, key))}". Keep one of the two.',
                )
            found[key] = self._value(next(self._events), (*path, key))
        return found

    def _sequence(self, path: Path) -> Data:
        found: list[Data] = []
        for event in self._events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            found.append(self._value(event, (*path, len(found))))
        return found

    def _refuse(self, event: yaml.Event, zh: str, en: str) -> UnreadableFile:
        line = _line(event)
        return refused(
            self._file, "yaml_not_readable", f"第 {line} 行{zh}", f"Line {line} {en}", line
        )


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark is not None else 0


def _scalar(event: yaml.ScalarEvent) -> Data:
    text: str = event.value
    if not event.implicit[0]:  # quoted
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text
