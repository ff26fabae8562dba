"""Decision tables in Excel: workbooks out, and back into the DMN file without losing anything."""

from __future__ import annotations

from runner.definitions.sheets.importing import Imported, import_workbook
from runner.definitions.sheets.reading import file_of
from runner.definitions.sheets.remarks import Remark, SheetsRefused
from runner.definitions.sheets.workbook import read_workbook
from runner.definitions.sheets.writing import blank_workbook, export_workbook

__all__ = [
    "Imported",
    "Remark",
    "SheetsRefused",
    "blank_workbook",
    "export_workbook",
    "import_workbook",
    "target_name",
]


def target_name(workbook: bytes, name: str) -> str:
    """The name of the DMN file that the workbook was exported from, "" where it does not say.

    Raises SheetsRefused for what is no readable workbook.
    """
    return file_of(read_workbook(workbook, name))
