"""What a form says about a wrong value: field, fault and remedy, in both languages."""

from __future__ import annotations

from decimal import Decimal

from runner.definitions.findings import half

_FAULTS: dict[str, tuple[str, str]] = {
    "required": ("{zh}：还没有填写。", "{en}: fill this in."),
    "required_choice": ("{zh}：还没有选择。", "{en}: choose one."),
    "required_some": ("{zh}：至少选一项。", "{en}: choose at least one."),
    "required_tick": ("{zh}：需要勾选。", "{en}: tick this to go on."),
    "required_file": ("{zh}：还没有附上文件。", "{en}: attach a file."),
    "text": ("{zh}：不是文本。重新填写。", "{en}: this is not text. Enter it again."),
    "number": ("{zh}：“{0}”不是数字。只填数字，例如 12.5。",
               '{en}: "{0}" is not a number. Enter digits only, such as 12.5.'),
    "whole": ("{zh}：{0} 不是整数。填整数。",
              "{en}: {0} is not a whole number. Enter a whole number."),
    "digits": ("{zh}：{0} 的小数多于 {1} 位。减到 {1} 位。",
               "{en}: {0} has more than {1} decimal places. Shorten it to {1}."),
    "step": ("{zh}：{0} 不是 {1} 的倍数。填 {1} 的倍数。",
             "{en}: {0} is not a multiple of {1}. Enter a multiple of {1}."),
    "min": ("{zh}：{0} 小于 {1}。填 {1} 或更大的数。",
            "{en}: {0} is less than {1}. Enter {1} or more."),
    "max": ("{zh}：{0} 大于 {1}。填 {1} 或更小的数。",
            "{en}: {0} is more than {1}. Enter {1} or less."),
    "max_of": ("{zh}：{0} 大于“{2}”的 {1}。填 {1} 或更小的数。",
               '{en}: {0} is more than {1}, the value of "{3}". Enter {1} or less.'),
    "min_of": ("{zh}：{0} 小于“{2}”的 {1}。填 {1} 或更大的数。",
               '{en}: {0} is less than {1}, the value of "{3}". Enter {1} or more.'),
    "not_after": ("{zh}：{0} 晚于 {1}。填 {1} 或更早的时间。",
                  "{en}: {0} is later than {1}. Enter {1} or an earlier time."),
    "min_length": ("{zh}：只有 {1} 个字，至少 {0} 个字。写具体一些。",
                   "{en}: {1} characters, at least {0} are needed. Write a little more."),
    "max_length": ("{zh}：{1} 个字，最多 {0} 个字。缩短一些。",
                   "{en}: {1} characters, at most {0} fit. Shorten it."),
    "email": ("{zh}：“{0}”不是邮箱地址。例如 name@example.com。",
              '{en}: "{0}" is not an e-mail address. Example: name@example.com.'),
    "phone": ("{zh}：“{0}”不是电话号码。带国家区号，例如 +86 13800000000。",
              '{en}: "{0}" is not a phone number. Include the country code, '
              "such as +86 13800000000."),
    "pattern": ("{zh}：“{0}”的格式不对。核对后重填。",
                '{en}: "{0}" has the wrong format. Check it and enter it again.'),
    "option": ("{zh}：选的值不在选项中。重新选择。",
               "{en}: that is not one of the options. Choose again."),
    "options": ("{zh}：有的值不在选项中。重新选择。",
                "{en}: some values are not among the options. Choose again."),
    "yes_no": ("{zh}：应为是或否。", "{en}: answer yes or no."),
    "date": ("{zh}：“{0}”不是日期。例如 2026-11-20。",
             '{en}: "{0}" is not a date. Example: 2026-11-20.'),
    "clock_time": ("{zh}：“{0}”不是时间。例如 14:30。",
                   '{en}: "{0}" is not a time. Example: 14:30.'),
    "moment": ("{zh}：“{0}”不是日期和时间。例如 2026-11-20 14:30。",
               '{en}: "{0}" is not a date and time. Example: 2026-11-20 14:30.'),
    "files": ("{zh}：附件无法识别。重新附上。",
              "{en}: the files were not recognised. Attach them again."),
    "too_many_files": ("{zh}：最多 {0} 个文件。去掉几个。",
                       "{en}: at most {0} files. Remove some."),
    "rows": ("{zh}：应是一个列表。", "{en}: expected a list."),
    "too_many": ("{zh}：最多 {0} 行。去掉几行。", "{en}: at most {0} rows. Remove some."),
}  # fmt: skip


def fault(kind: str, label: str, *arguments: object) -> str:
    """The bilingual message (``中文 / English``) of one fault of the field called ``label``."""
    zh, en = _FAULTS[kind]
    shown = [_shown(argument) for argument in arguments]
    name = label or "此处 / This field"
    chinese, english = field_name(name, "zh"), field_name(name, "en")
    return zh.format(*shown, zh=chinese) + " / " + en.format(*shown, en=english)


def own_message(label: str, message: str) -> str:
    """An owner's ``patternErrorMessage`` with the field's name before it, in both languages."""
    zh, en = field_name(label, "zh"), field_name(label, "en")
    return f"{zh}：{half(message, 'zh')} / {en}: {half(message, 'en')}"


def field_name(label: str, language: str) -> str:
    """The label as the beginning of a sentence: a question loses its mark."""
    return half(label, language).rstrip("?？:： ")


def _shown(value: object) -> str:
    if isinstance(value, Decimal):
        text = format(value, "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        text = str(value)
    # A slash between spaces would be taken for the border of the two languages.
    text = " ".join(text.split()).replace(" / ", "/")
    return text if len(text) <= 40 else text[:39] + "…"
