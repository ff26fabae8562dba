"""The warnings of FEEL in the words of the people who read them."""

from __future__ import annotations

from collections.abc import Mapping

from runner.feel import Warning_

_CHINESE = {
    "unknown_name": "没有变量“{name}”",
    "no_entry": "没有“{name}”这一项",
    "not_allowed": "这个值不在允许的值之中（{message}）",
    "function": "函数不能这样用（{message}）",
    "type": "类型不合（{message}）",
}


def warning_words(warning: Warning_ | Mapping[str, object]) -> str:
    """``中文 / English`` for a warning, as evaluated or as an event keeps it."""
    if isinstance(warning, Warning_):
        warning = {"kind": warning.kind, "message": warning.message, "name": warning.name}
    name = str(warning.get("name", ""))
    message = str(warning.get("message", "")).replace(" / ", "/")  # never the halves' own slash
    words = _CHINESE.get(str(warning.get("kind")), "{message}")
    return f"{words.format(name=name, message=message)} / {message}"
