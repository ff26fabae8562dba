"""What values are called where no form lists them."""

from __future__ import annotations

from runner.definitions.release import load_definitions, read_folder
from runner.definitions.shipped import shipped_folder
from runner.reports.labels import Labels

SHIPPED = load_definitions(read_folder(shipped_folder()))


def test_a_choice_listed_by_a_table_is_called_what_the_table_calls_it() -> None:
    labels = Labels(SHIPPED.forms, {}, SHIPPED.decisions)
    assert labels.option("solution_kind", "technical_support", "en") == "Technical support"
    assert labels.option("solution_kind", "technical_support", "zh") == "技术支持"
    assert labels.option("kinds", "rework", "en") == "Rework"


def test_a_choice_that_no_table_and_no_form_lists_stays_as_it_is() -> None:
    labels = Labels(SHIPPED.forms, {}, SHIPPED.decisions)
    assert labels.option("solution_kind", "something_else", "en") == "something_else"
