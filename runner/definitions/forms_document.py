"""A form file as a whole: is it JSON, is it a form, is it a version we read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from runner.definitions.findings import Finding

MAX_BYTES = 2_000_000


class Unreadable(Exception):
    """The file is not a form at all; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.en)
        self.finding = finding


def parse_document(data: bytes, file: str) -> Mapping[str, Any]:
    """The JSON object of a form. Raises ``Unreadable``."""

    def refuse(zh: str, en: str, line: int = 0) -> Unreadable:
        return Unreadable(Finding(file, "form-readable", "error", zh, en, line=line))

    if len(data) > MAX_BYTES:
        raise refuse("表单文件大于 2 MB。", "The form file is larger than 2 MB.")
    try:
        document = json.loads(data.decode("utf-8"), parse_float=Decimal)
    except UnicodeDecodeError:
        raise refuse("表单文件不是 UTF-8 编码。", "The form file is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        raise refuse(
            f"表单文件不是有效的 JSON：第 {error.lineno} 行第 {error.colno} 列。",
            f"The form file is not valid JSON: line {error.lineno}, column {error.colno}.",
            error.lineno,
        ) from None
    except (RecursionError, ValueError):
        raise refuse(
            "表单文件嵌套过深或数字过大。",
            "The form file is nested too deeply or has a huge number.",
        ) from None
    if not isinstance(document, dict) or not isinstance(document.get("components"), list):
        raise refuse(
            "表单文件没有 components 列表；应是 form-js 表单。",
            'The form file has no list "components"; expected a form-js form.',
        )
    return document


def platform_findings(document: Mapping[str, Any], file: str) -> Sequence[Finding]:
    """What is unusual about the file as a whole: another schema version, a missing id."""
    found: list[Finding] = []
    version = document.get("schemaVersion", 1)
    if not isinstance(version, int) or version > 19:
        found.append(
            Finding(
                file,
                "form-version",
                "error",
                f"表单 schemaVersion 是“{version}”，支持到 19。",
                f'The form\'s schemaVersion is "{version}", supported up to 19.',
            )
        )
    if not document.get("id"):
        found.append(
            Finding(
                file,
                "form-id",
                "error",
                "表单没有 id；任务按 id 找到表单。",
                "The form has no id; tasks find their form by it.",
            )
        )
    return found
