"""Finds earlier complaints about the same thing: product, phenomenon, cause (GV-06, CA-10).

Texts are compared by RapidFuzz, character by character where a language writes no blanks between
words; no model is downloaded and nothing leaves the site.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rapidfuzz import fuzz, utils

from service_tasks.contract import Call, Handler, Impossible, Outcome, Parameter, PastComplaint
from service_tasks.mail_text import text_input

LATEST = 2_000  # complaints compared at most, the latest first
SHOWN = 10
THRESHOLD = 60  # of 100; below it, people found most pairs had little in common
_WEIGHTS = (("product", 3), ("phenomenon", 5), ("cause", 2))


def likeness(product: str, phenomenon: str, cause: str, past: PastComplaint) -> float:
    """0 to 100. Only what both sides have is compared, weighted 3, 5 and 2; product and cause alone
    make nothing alike, so that without a phenomenon on both sides it is 0."""
    ours = {"product": product, "phenomenon": phenomenon, "cause": cause}
    if not phenomenon.strip() or not past.phenomenon.strip():
        return 0.0
    total = weight = 0.0
    for name, share in _WEIGHTS:
        theirs = str(getattr(past, name))
        if ours[name].strip() and theirs.strip():
            total += share * _alike(ours[name], theirs)
            weight += share
    return total / weight


def _alike(one: str, other: str) -> float:
    one, other = one[:500], other[:500]
    return max(
        fuzz.token_set_ratio(one, other, processor=utils.default_process),
        fuzz.ratio(one, other, processor=utils.default_process),
    )


def run(call: Call) -> Outcome:
    """The most alike first, without the words of other customers: who erases those must not find
    them here. Reads only; a repeated call may find newer complaints too."""
    if call.past is None:
        raise Impossible("这里读不到以往的投诉。 / Earlier complaints cannot be read here.")
    product, phenomenon, cause = (
        text_input(call, name, "") for name in ("product", "phenomenon", "cause")
    )
    threshold = _number(call, "threshold", THRESHOLD)
    found = _ranked(product, phenomenon, cause, call.past.complaints(LATEST), threshold)
    return Outcome(
        variables={
            "similar_complaints": [
                {
                    "complaint_number": past.complaint_number,
                    "likeness": Decimal(round(score)),
                    "product": past.product,
                    "received_at": past.received_at,
                }
                for score, past in found[:SHOWN]
            ],
            "similar_count": Decimal(len(found)),
        }
    )


def _ranked(
    product: str, phenomenon: str, cause: str, past: Sequence[PastComplaint], threshold: float
) -> list[tuple[float, PastComplaint]]:
    scored = [(likeness(product, phenomenon, cause, one), one) for one in past]
    return sorted(
        (pair for pair in scored if pair[0] >= threshold),
        key=lambda pair: (-pair[0], pair[1].complaint_number),
    )


def _number(call: Call, name: str, default: int) -> float:
    value = call.inputs.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, Decimal) or not 0 < value <= 100:
        raise Impossible(
            f"输入“{name}”应为 1 到 100 的数，得到的是 {value}。 / "
            f"The input '{name}' should be a number from 1 to 100, found {value}."
        )
    return float(value)


HANDLER = Handler(
    job_type="find_similar",
    kind="external",
    title="查找相似投诉 / Find similar complaints",
    description="按产品、现象、原因在以往投诉里找相似的。 / "
    "Finds earlier complaints alike in product, phenomenon and cause.",
    run=run,
    inputs=(
        Parameter("product", "产品 / Product", kind="text"),
        Parameter("phenomenon", "现象 / Phenomenon", kind="text"),
        Parameter("cause", "原因 / Cause", kind="text"),
        Parameter(
            "threshold", "相似度下限 1–100，默认 60 / Least likeness, 60 unless told", kind="number"
        ),
    ),
    outputs=(
        Parameter("similar_complaints", "相似投诉 / Similar complaints", True, "list"),
        Parameter("similar_count", "相似投诉数 / How many are alike", True, "number"),
    ),
)
