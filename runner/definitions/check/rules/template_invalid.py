"""A template begins with its subject, then an empty line, then the text; one file a language.

Wrong: `acknowledgement.txt`; `{{customer name}}`.

Right: `acknowledgement.zh.txt` beginning with `Subject: 您的投诉已受理`; `{{customer_name}}`.
"""

from __future__ import annotations

from runner.definitions.check.registry import Rule

RULE = Rule("template_invalid", "模板写错了 / A template with a mistake")
