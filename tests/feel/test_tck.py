"""The public DMN TCK. Skipped where its folder is not beside the checkout."""

from __future__ import annotations

import pytest

from tests.feel import tck

LEVEL_2 = list(tck.cases(2))
BEYOND = (
    # Folders of level 3 that hold completely; the others need growth (types of item definitions,
    # imports, decision services, years beyond 9999).
    "0001-filter",
    "0002-string-functions",
    "0004-lending",
    "0005-literal-invocation",
    "0007-date-time",
    "0008-listGen",
    "0010-concatenate",
    "0011-insert-remove",
    "0013-sort",
    "0014-loan-comparison",
    "0016-some-every",
    "0017-tableTests",
    "0020-vacation-days",
    "0031-user-defined-functions",
    "0032-conditionals",
    "0034-drg-scopes",
    "0035-test-structure-output",
    "0037-dt-on-bkm-implicit-params",
    "0038-dt-on-bkm-explicit-params",
    "0040-singlenestedcontext",
    "0041-multiple-nestedcontext",
    "0050-feel-abs-function",
    "0052-feel-exp-function",
    "0053-feel-log-function",
    "0055-feel-odd-function",
    "0056-feel-modulo-function",
    "0058-feel-number-function",
    "0059-feel-all-function",
    "0061-feel-median-function",
    "0062-feel-mode-function",
    "0064-feel-conjunction",
    "0065-feel-disjunction",
    "0067-feel-split-function",
    "0071-feel-between",
    "0073-feel-comments",
    "0077-feel-nan",
    "0080-feel-getvalue-function",
    "0083-feel-unicode",
    "0091-local-hrefs",
    "0094-feel-product-function",
    "0095-feel-day-of-year-function",
    "0097-feel-month-of-year-function",
    "0098-feel-week-of-year-function",
    "1105-feel-upper-case-function",
    "1106-feel-lower-case-function",
    "1108-feel-substring-after-function",
    "1109-feel-replace-function",
    "1145-feel-context-function",
    "1147-feel-context-merge-function",
    "1148-feel-now-function",
    "1154-boxed-every",
)
LEVEL_3 = [case for case in tck.cases(3) if case.id.split("/")[0] in BEYOND]


@pytest.mark.skipif(not LEVEL_2, reason="the DMN TCK is not beside the checkout")
@pytest.mark.parametrize("case", LEVEL_2 or [None], ids=lambda case: case.id if case else "none")
def test_level_2_holds(case: tck.Case) -> None:
    assert case.holds()


@pytest.mark.skipif(not LEVEL_3, reason="the DMN TCK is not beside the checkout")
def test_the_finished_folders_of_level_3_hold() -> None:
    assert [case.id for case in LEVEL_3 if not case.holds()] == []
    assert {case.id.split("/")[0] for case in LEVEL_3} == set(BEYOND)
