"""docs/spiffworkflow.md names tests and rules that exist, and every test of this folder."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[4]
PAGE = (ROOT / "docs" / "spiffworkflow.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(engine/[\w/]+\.py)(?:::(\w+))?`", PAGE)


def test_the_tests_it_names_exist() -> None:
    assert len(NAMED) >= 40
    for file, function in NAMED:
        text = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert f"def {function}(" in text if function else "def test_" in text, (file, function)


def test_the_rules_it_names_exist() -> None:
    told = re.findall(r"[Rr]ules? ((?:`\w+`(?:, )?)+)", PAGE)
    rules = {rule for part in told for rule in re.findall(r"`(\w+)`", part)}
    assert len(rules) >= 10
    for rule in rules:
        assert (ROOT / "docs" / "rules" / f"{rule}.md").is_file(), rule


def test_every_test_beside_the_library_has_its_row() -> None:
    named = {function for _, function in NAMED}
    for path in Path(__file__).parent.glob("test_*.py"):
        if path != Path(__file__):
            for function in re.findall(r"^def (test_\w+)\(", path.read_text("utf-8"), re.M):
                assert function in named, f"{path.name}: {function}"
