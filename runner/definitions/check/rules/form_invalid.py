"""A form uses the component types and settings that are drawn and validated here.

Wrong: an `html` or `iframe` component, two fields with one key, a condition that is no FEEL.

Right: `textfield`, `textarea`, `number`, `select`, `radio`, `checkbox`, `checklist`, `taglist`,
`datetime`, `filepicker`, `dynamiclist`, `group`, `text`, `table`, `separator`, `spacer`,
`expression`.
"""

from __future__ import annotations

from runner.definitions.check.registry import Rule

RULE = Rule(
    "form_invalid",
    "表单写错了 / A form with a mistake",
    reading=(
        "form-component",
        "form-duplicate-key",
        "form-expression",
        "form-id",
        "form-key",
        "form-limit",
        "form-options",
        "form-pattern",
        "form-readable",
        "form-size",
        "form-subtype",
        "form-table",
        "form-template",
        "form-version",
    ),
)
