"""Hardened reading of XML that strangers wrote: no entities, no network, bounded size and depth."""

from __future__ import annotations

from lxml import etree

from runner.definitions.findings import Finding

MAX_BYTES = 2_000_000
MAX_DEPTH = 200
MAX_ELEMENTS = 60_000


class UnreadableFile(Exception):
    """The file is not used at all; ``finding`` (an error) says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.en)
        self.finding = finding


def _refuse(file: str, rule: str, zh: str, en: str, line: int = 0) -> UnreadableFile:
    return UnreadableFile(Finding(file=file, rule=rule, severity="error", zh=zh, en=en, line=line))


class _Bounded:
    """A parser target that stops at the first document type, deep nesting or too many elements."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._depth = 0
        self._count = 0

    def start(self, tag: str, attributes: object) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > MAX_DEPTH:
            raise _refuse(
                self._file,
                "xml_too_deep",
                f"元素嵌套超过 {MAX_DEPTH} 层。请检查文件是否损坏。",
                f"Elements are nested more than {MAX_DEPTH} deep. Is the file damaged?",
            )
        if self._count > MAX_ELEMENTS:
            raise _refuse(
                self._file,
                "xml_too_many_elements",
                f"文件超过 {MAX_ELEMENTS} 个元素。请拆分文件。",
                f"The file has more than {MAX_ELEMENTS} elements. Split the file.",
            )

    def end(self, tag: str) -> None:
        self._depth -= 1

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise _refuse(
            self._file,
            "xml_doctype",
            "文件含有 DOCTYPE 声明，可能引用外部内容。请删除该声明后再保存。",
            "The file declares a DOCTYPE, which can pull in foreign content. "
            "Remove it and save again.",
        )

    def data(self, text: str) -> None: ...

    def close(self) -> None: ...


def read_xml(data: bytes, file: str) -> etree._Element:
    """The root element of ``data``. Raises ``UnreadableFile`` with exactly one finding.

    Refused: more than 2,000,000 bytes, a DOCTYPE (so no entities at all), more than 200 levels or
    60,000 elements, and anything that is not well-formed XML. Never opens a file or an address.
    """
    if len(data) > MAX_BYTES:
        raise _refuse(
            file,
            "xml_too_large",
            f"文件有 {len(data):,} 字节，上限为 {MAX_BYTES:,} 字节。",
            f"The file has {len(data):,} bytes; at most {MAX_BYTES:,} are read.",
        )
    try:
        etree.fromstring(data, _parser(_Bounded(file)))
        return etree.fromstring(data, _parser(None))
    except etree.XMLSyntaxError as error:
        raise _refuse(
            file,
            "xml_not_well_formed",
            f"第 {error.lineno} 行不是有效的 XML：{error.msg}",
            f"Line {error.lineno} is not well-formed XML: {error.msg}",
            error.lineno or 0,
        ) from error


def _parser(target: _Bounded | None) -> etree.XMLParser:
    options: dict[str, object] = {"target": target} if target else {}
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        **options,  # type: ignore[arg-type]
    )
