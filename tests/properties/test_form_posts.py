"""Whatever is posted to a form, the answer is values that can be kept, or errors beside fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from runner.definitions.forms import Form, parse_post
from runner.definitions.forms_post import (
    ADD,
    REMOVE,
    ROWS,
    change_rows,
    file_paths,
    row_change,
)
from runner.definitions.release import Definitions, load_definitions, read_folder
from runner.encoding import dumps, loads
from tests.properties.answers import Answers

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
SHIPPED = load_definitions(read_folder(Path(__file__).parents[2]))
FORMS = sorted(SHIPPED.forms)

HOSTILE = (
    "", " ", "\x00", "a\x00b", "\r\n", "\u202e\u200b", "true", "false", "on", "null", "NaN",
    "Infinity", "-Infinity", "1e999", "-0", "0x10", "1_000", "９９", "1,2,3", "9" * 50, "1e-400",
    "0000-00-00", "2026-02-30", "9999-12-31T23:59", "0001-01-01T00:00", "2026-11-20T25:00",
    "2026-11-20T08:00+99:99", "2026-W01-1", "24:00", "=now()", "{{ policy }}", "../../etc/passwd",
    "<script>alert(1)</script>", "'; DROP TABLE cases; --", "中文", "🙂" * 40, "x" * 25_000,
    "__class__", "[]", "{}", "0", "-1", "99999", "1e3", "٣", "²",
)  # fmt: skip
texts = st.one_of(
    st.sampled_from(HOSTILE),
    # browsers cannot send lone surrogates: servers decode what they send as UTF-8
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
)


def _names(form: Form) -> list[str]:
    """Names a browser sends for this form, and some it never would."""
    names = ["", ".", "..", "_rows.", ADD, REMOVE, "policy", "complaint_number", "#x", "a.b.c"]
    for info in form.fields():
        names.append(info.key)
        if info.in_list:
            inner = info.key.removeprefix(info.in_list + ".")
            names += [f"{info.in_list}.{row}.{inner}" for row in ("0", "1", "-1", "999999", "x")]
            names += [ROWS + info.in_list, f"{info.key}.0", f"{info.key}.deeper"]
    return names


@st.composite
def _posts(draw: st.DrawFn, form: Form) -> MultiDict[str, str]:
    names = st.one_of(st.sampled_from(_names(form)), texts)
    pairs = draw(st.lists(st.tuples(names, texts), max_size=40))
    counts = [
        (ROWS + info.key, draw(st.sampled_from(["0", "1", "3", "250", "-1", "1e9", "²", "x"])))
        for info in form.fields()
        if info.type == "dynamiclist" and draw(st.booleans())
    ]
    return MultiDict(pairs + counts)


# whatever JSON can hold
nested = st.recursive(
    st.one_of(texts, st.none(), st.booleans(), st.integers(-(2**63), 2**63), st.floats()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=8,
)


def _acceptable(form: Form, raw: Mapping[str, object], definitions: Definitions) -> None:
    variables = {"policy": definitions.policy("demo-ebike"), "complaint_number": "C-2026-0001"}
    checked = form.validate(raw, variables, NOW, ZONE)
    assert loads(dumps(checked.values)) == checked.values
    for path, messages in checked.errors.items():
        assert path
        assert all(" / " in message for message in messages), messages


@pytest.mark.parametrize("form_id", FORMS)
def test_no_post_of_a_browser_makes_a_form_fail(form_id: str) -> None:
    form = SHIPPED.forms[form_id]

    @settings(max_examples=30, deadline=None, derandomize=True, database=None)
    @given(_posts(form))
    def post(sent: MultiDict[str, str]) -> None:
        data = parse_post(form, sent)
        file_paths(form.components, data)
        change = row_change(form.components, sent)
        if change is not None:
            change_rows(data, change)
        _acceptable(form, data, SHIPPED)

    post()


@pytest.mark.parametrize("form_id", FORMS)
def test_no_value_of_any_type_makes_a_form_fail(form_id: str) -> None:
    form = SHIPPED.forms[form_id]
    fields = [info for info in form.fields() if not info.in_list]

    @settings(
        max_examples=30,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(st.dictionaries(st.sampled_from([info.key for info in fields]), nested))
    def submit(raw: dict[str, object]) -> None:
        _acceptable(form, raw, SHIPPED)

    submit()


# Choices that a decision table makes before the form opens.
OFFERED_BY_TABLES: dict[str, object] = {
    "remedy_options": [{"label": "维修 / Repair", "value": "repair"}],
    "major_remedies": [{"name": "换货 / Exchange", "kind": "exchange"}],
}


@pytest.mark.parametrize("policy", ["demo-consumer", "demo-ebike"])
@pytest.mark.parametrize("form_id", FORMS)
def test_somebody_can_submit_every_form(form_id: str, policy: str) -> None:
    form = SHIPPED.forms[form_id]
    variables = {
        "policy": SHIPPED.policy(policy),
        "complaint_number": "C-2026-0001",
        **OFFERED_BY_TABLES,
    }
    for seed in range(5):
        Answers(Random(seed), ZONE).fill(form, variables, NOW)
