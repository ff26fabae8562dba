"""Reading the YAML of a document kind: never raises, tells each mistake with its key and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from runner.definitions.documents import (
    FOLDER,
    ColumnPart,
    DocumentKind,
    DrawingPart,
    FieldPart,
    Formula,
    SectionPart,
    SignaturePart,
    TablePart,
    TextPart,
)
from runner.definitions.findings import Finding, half
from runner.definitions.owners_yaml import Document, Path, path_text, read_yaml
from runner.definitions.schemas import Schema, validate
from runner.definitions.xml import UnreadableFile
from runner.feel import FeelSyntaxError, compile_expression

RULE = "document_invalid"
NEEDED: Mapping[str, tuple[str, ...]] = {
    "fishbone": ("effect", "branch", "text"),
    "chain": ("text",),
    "flow": ("label",),
    "trend": ("label",),
    "pareto": ("label", "value"),
}
_ID = re.compile(r"[a-z][a-z0-9_]*")
_NAME = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_PLACE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_ABOUT_ROWS = ("fishbone", "chain", "flow", "trend", "pareto")


def load_document(
    data: bytes, file: str, schema: Schema
) -> tuple[DocumentKind | None, list[Finding]]:
    """The kind of one file; None comes with a finding."""
    name = file.removeprefix(FOLDER).removesuffix(".yaml")
    if _ID.fullmatch(name) is None:
        zh = "文件名应为小写英文、数字和下划线，例如 reply_letter.yaml。"
        en = "The file's name has lower-case letters, digits and underscores: reply_letter.yaml."
        return None, [Finding(file=file, rule=RULE, severity="error", zh=zh, en=en)]
    try:
        document = read_yaml(data, file)
    except UnreadableFile as unreadable:
        return None, [unreadable.finding]
    findings = validate(document, schema, file, RULE)
    if findings or not isinstance(document.data, dict):
        return None, findings
    reader = _Reader(document, file)
    kind = reader.kind(name, document.data)
    return (None if reader.findings else kind), reader.findings


class _Reader:
    def __init__(self, document: Document, file: str) -> None:
        self._lines = document.lines
        self._file = file
        self.findings: list[Finding] = []

    def kind(self, name: str, data: Any) -> DocumentKind:
        sections = tuple(self._sections(data.get("sections", [])))
        subtitle = data.get("subtitle")
        return DocumentKind(
            id=name,
            file=self._file,
            title=data["title"],
            record=data.get("record", ""),
            about=data.get("about", "case"),
            language=data.get("language", "reader"),
            formats=tuple(data["formats"]),
            sections=sections,
            subtitle=None if subtitle is None else self._text(subtitle, ("subtitle",)),
            requirements=tuple(str(data.get("requirements", "")).split()),
            clauses=tuple(c.strip() for c in str(data.get("clauses", "")).split(";") if c.strip()),
            seen_by=frozenset(data.get("seen_by", ())),
            made_by=frozenset(data.get("made_by", ())),
            holds=tuple(data.get("holds", ())),
            layout=data.get("layout", "standard"),
            lines={path_text(path): line for path, line in self._lines.items()},
        )

    def _sections(self, rows: list[Any]) -> Iterator[SectionPart]:
        seen: set[str] = set()
        for position, row in enumerate(rows):
            at: Path = ("sections", position)
            if row["id"] in seen:
                self._tell(at, f"“{row['id']}”写了两次。", f'"{row["id"]}" is written twice.')
            seen.add(row["id"])
            yield SectionPart(
                id=row["id"],
                title=row.get("title", ""),
                when=self._formula(row["when"], (*at, "when")) if "when" in row else None,
                texts=tuple(
                    self._text(text, (*at, "text"))
                    for text in ([row["text"]] if isinstance(row.get("text"), str)
                                 else row.get("text", []))
                ),
                fields=tuple(
                    self._field(item, (*at, "fields", n))
                    for n, item in enumerate(row.get("fields", []))
                ),
                tables=tuple(
                    self._table(item, (*at, "tables", n))
                    for n, item in enumerate(row.get("tables", []))
                ),
                drawings=tuple(
                    self._drawing(item, (*at, "drawings", n))
                    for n, item in enumerate(row.get("drawings", []))
                ),
                photos=self._formula(row["photos"], (*at, "photos")) if "photos" in row else None,
                signatures=tuple(
                    self._signature(item, (*at, "signatures", n))
                    for n, item in enumerate(row.get("signatures", []))
                ),
            )  # fmt: skip

    def _field(self, item: Any, at: Path) -> FieldPart:
        if isinstance(item, str):
            return FieldPart("", self._formula(f"={item}", at))
        value = self._worded(item, at, item=False)
        label = item.get("label", "")
        if not label and not value.variable:
            self._tell(at, "需要 label：它不是一个变量。", "needs a label: it is no variable.")
        return FieldPart(label, value, item.get("wide", False))

    def _table(self, item: Any, at: Path) -> TablePart:
        columns = tuple(
            self._column(row, (*at, "columns", n)) for n, row in enumerate(item["columns"])
        )
        rows = self._formula(item["rows"], (*at, "rows"))
        return TablePart(item.get("caption", ""), rows, columns)

    def _column(self, row: Any, at: Path, *, item: bool = True) -> ColumnPart:
        value = self._worded(row, at, item=item)
        return ColumnPart(row["label"], value, row.get("weight", 1))

    def _worded(self, row: Any, at: Path, *, item: bool) -> Formula:
        """The formula of ``value``, its words those of the field that ``as`` names."""
        value = self._formula(row["value"], (*at, "value"), item=item)
        return replace(value, variable=row["as"]) if "as" in row else value

    def _drawing(self, item: Any, at: Path) -> DrawingPart:
        kind = item["kind"]
        whole = {"effect", "start", "root"}  # asked once, not of each row
        parts = {
            name: self._formula(item[name], (*at, name), item=name not in whole)
            for name in ("effect", "start", "root", "branch", "label", "text", "note", "main",
                         "state", "value")
            if name in item
        }  # fmt: skip
        if "as" in item:  # words of a form for what the drawing names
            for name in {"label", "branch"} & parts.keys():
                parts[name] = replace(parts[name], variable=item["as"])
        for name in NEEDED[kind]:
            if name not in parts:
                self._tell(at, f"图“{kind}”还需要 {name}。", f'the drawing "{kind}" needs {name}.')
        series = tuple(
            self._column(row, (*at, "series", n)) for n, row in enumerate(item.get("series", []))
        )
        if kind == "trend" and not series:
            self._tell(at, "趋势图需要 series。", "a trend needs series.")
        rows = self._formula(item["rows"], (*at, "rows"))
        return DrawingPart(kind, item.get("caption", ""), rows, parts, series, item.get("unit", ""))

    def _signature(self, item: Any, at: Path) -> SignaturePart:
        rows = self._formula(item["rows"], (*at, "rows")) if "rows" in item else None
        parts = {
            name: self._formula(item[name], (*at, name), item=rows is not None)
            for name in ("who", "name", "at", "note")
            if name in item
        }
        return SignaturePart(item.get("role", ""), parts, rows)

    def _text(self, text: str, at: Path) -> TextPart:
        return TextPart(
            tuple(self._pieces(half(text, "zh") if _has_two(text) else text, at)),
            tuple(self._pieces(half(text, "en") if _has_two(text) else text, at)),
        )

    def _pieces(self, text: str, at: Path) -> Iterator[str | Formula]:
        end = 0
        for place in _PLACE.finditer(text):
            if place.start() > end:
                yield text[end : place.start()]
            yield self._formula(f"={place[1]}", at)
            end = place.end()
        if end < len(text):
            yield text[end:]

    def _formula(self, text: str, at: Path, *, item: bool = False) -> Formula:
        line = self._lines.get(at, 0) or self._lines.get(at[:-1], 0)
        if not text.startswith("="):
            self._tell(
                at,
                f"“{text}”应以 = 开头，后面写 FEEL。",
                f'"{text}" should begin with =, then FEEL.',
            )
            text = "=null"
        bare = text[1:].strip()
        try:
            expression = compile_expression(bare)
        except FeelSyntaxError as error:
            self._tell(at, f"FEEL 有误：{error}", f"The FEEL has a mistake: {error}")
            expression = compile_expression("null")
        variable = bare if _NAME.fullmatch(bare) else ""
        return Formula(expression, line, item, variable.removeprefix("item."))

    def _tell(self, at: Path, zh: str, en: str) -> None:
        line = self._lines.get(at, 0) or self._lines.get(at[:-1], 0)
        name = path_text(at)
        self.findings.append(
            Finding(
                file=self._file, rule=RULE, severity="error",
                zh=f"“{name}”{zh}", en=f'"{name}": {en}', element_id=name, line=line,
            )
        )  # fmt: skip


def _has_two(text: str) -> bool:
    return half(text, "zh") != half(text, "en")
