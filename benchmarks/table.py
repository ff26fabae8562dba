"""The table of the last measurement, kept in benchmarks/README.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.measuring import Figure

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"


def keep(figures: Sequence[Figure], where: str) -> None:
    """Writes the figures in the place of the last ones."""
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n{table(figures, where)}\n{END}{after}", encoding="utf-8")


def table(figures: Sequence[Figure], where: str) -> str:
    rows = [
        f"{where}.",
        "",
        "| what | median | p95 | unit | processor | growth | to stock | budget | |",
        "|---|---:|---:|---|---:|---:|---:|---|---|",
    ]
    for figure in figures:
        others = (figure.processor, figure.growth, figure.to_stock)
        told = " | ".join("" if value is None else f"{value:.2f}" for value in others)
        verdict = "" if not figure.budget else ("holds" if figure.holds else "**broken**")
        rows.append(
            f"| {figure.name} | {figure.median:.2f} | {figure.p95:.2f} | {figure.unit} | {told} "
            f"| {figure.budget} | {verdict} |"
        )
    return "\n".join(rows)
