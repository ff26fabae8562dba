"""``ombud table``: decision tables out to Excel and back. Exit status as of all commands."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.definitions.xml import MAX_BYTES as MAX_XML
from runner.terminal import console, errors, plainly, procedure_folder

_LANG = click.option("--lang", type=click.Choice(["zh", "en"]), help="One language, not both.")

if TYPE_CHECKING:  # read when a command runs: the other commands start without them
    from runner.definitions.sheets import Imported, Remark


@click.group()
def table() -> None:
    """Decision tables in Excel: export, edit, import."""


@table.command("export")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--to", "target", type=click.Path(path_type=Path), help="A folder or an .xlsx file.")
@click.option("--blank", is_flag=True, help="An empty table to fill in, of no file.")
@click.option("--overwrite", is_flag=True, help="Replace workbooks that are there already.")
@_LANG
@plainly
def export(
    files: tuple[Path, ...], target: Path | None, blank: bool, overwrite: bool, lang: str | None
) -> None:
    """Write one workbook per DMN file (otherwise of all in processes/, into tables/)."""
    from runner.definitions.sheets import SheetsRefused, blank_workbook, export_workbook

    _refuse_format(target)
    if blank:
        _export(blank_workbook(), _workbook(target, "new-table", alone=True), overwrite)
        return
    chosen = files or tuple(sorted((procedure_folder() / "processes").glob("*.dmn")))
    folder = target or (None if files else Path("tables"))
    failed = False
    for file in chosen:
        try:
            book, remarks = export_workbook(_bytes(file, MAX_XML), str(file))
        except SheetsRefused as refused:
            _tell(refused.remarks, lang, error=True)
            failed = True
            continue
        _tell(remarks, lang, error=True)
        _export(book, _workbook(folder, file.stem, alone=len(chosen) == 1), overwrite)
    if failed:
        sys.exit(1)


@table.command("import")
@click.argument("workbook", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), help="The DMN file.")
@click.option("--dry-run", is_flag=True, help="Say what would change, write nothing.")
@_LANG
@plainly
def import_(workbook: Path, into: Path | None, dry_run: bool, lang: str | None) -> None:
    """Take the tables of WORKBOOK into their DMN file, which may be a new one with --into."""
    from runner.definitions.sheets import SheetsRefused, import_workbook
    from runner.definitions.sheets.workbook import MAX_BYTES

    data = _bytes(workbook, MAX_BYTES)
    try:
        target = _named_target(into) if into else _target(data, workbook)
        present = _bytes(target, MAX_XML) if target.exists() else None
        made = import_workbook(data, workbook.name, present, str(target), lang or "")
    except SheetsRefused as refused:
        _tell(refused.remarks, lang, error=True)
        errors.print(_said(lang, "没有写入任何内容。", "Nothing was written."), markup=False)
        sys.exit(1)
    _tell(made.remarks, lang)
    _show(made)
    if made.data == present:
        console.print(f"{target}: {_said(lang, '没有变化。', 'nothing changed.')}", markup=False)
    elif dry_run:
        words = _said(lang, "试运行，未写入。", "dry run, not written.")
        console.print(f"{target}: {words}", markup=False)
    else:
        _write(target, made.data)
        words = _said(lang, "已写入。", "written.")
        console.print(f"{target}: {words}  ombud check {target}", markup=False)


def _show(made: Imported) -> None:
    for sheet, lines in made.changes.items():
        console.print(sheet, markup=False)
        for line in lines:
            console.print(f"  {line}", markup=False)


def _tell(remarks: Iterable[Remark], lang: str | None, *, error: bool = False) -> None:
    for remark in dict.fromkeys(remarks):
        (errors if error else console).print(remark.said(lang or ""), markup=False)


def _said(lang: str | None, zh: str, en: str) -> str:
    return {"zh": zh, "en": en}.get(lang or "", f"{zh} / {en}")


def _named_target(into: Path) -> Path:
    """The file of --into, where a DMN file may stand under that name."""
    from runner.definitions.sheets import Remark, SheetsRefused

    if into.suffix != ".dmn":
        raise SheetsRefused(
            Remark(
                str(into),
                "表只写入名称以 .dmn 结尾的文件。",
                "Tables go into files only whose names end in .dmn.",
            )
        )
    if not into.parent.is_dir():
        raise SheetsRefused(
            Remark(
                str(into),
                f"没有文件夹 {into.parent}。",
                f"There is no folder {into.parent}.",
            )
        )
    return into


def _target(data: bytes, workbook: Path) -> Path:
    """The DMN file that the workbook came from, where exactly one of its name is at hand."""
    from runner.definitions.sheets import Remark, SheetsRefused, target_name

    name = target_name(data, workbook.name)
    if not name:
        raise SheetsRefused(
            Remark(
                workbook.name,
                "工作簿没有说明它来自哪个 DMN 文件。请用 --into 指明，例如 --into"
                " processes/fees.dmn。",
                "The workbook does not say which DMN file it came from. Name one with --into, such"
                " as --into processes/fees.dmn.",
            )
        )
    folders = (Path(), Path("processes"), workbook.parent, workbook.parent.parent / "processes")
    at_hand = [folder / name for folder in folders if (folder / name).is_file()]
    found = {path.resolve(): path for path in reversed(at_hand)}
    if len(found) != 1:
        paths = f" ({', '.join(map(str, found.values()))})" if found else ""
        raise SheetsRefused(
            Remark(
                workbook.name,
                f"应有一个 DMN 文件“{name}”，找到 {len(found)} 个{paths}。请用 --into 指明文件。",
                f'Expected one DMN file "{name}" at hand, but found {len(found)}{paths}. Name it'
                " with --into.",
            )
        )
    return next(iter(found.values()))


def _refuse_format(target: Path | None) -> None:
    """Refuse a --to that names a file of another kind: it would become a folder of that name."""
    suffix = "" if target is None or target.is_dir() else target.suffix.lower()
    if suffix[1:2].isalpha() and suffix != ".xlsx":
        raise click.UsageError(
            f"--to 应为文件夹或 .xlsx 文件，实际为 {target} / --to expects a folder or an .xlsx"
            f" file, found {target}"
        )


def _workbook(target: Path | None, stem: str, *, alone: bool) -> Path:
    if target is not None and target.suffix.lower() == ".xlsx":
        if not alone:
            raise click.UsageError("Several DMN files need a folder in --to, not one .xlsx file.")
        return target
    return (target or Path()) / f"{stem}.xlsx"


def _export(book: bytes, path: Path, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise FileExistsError(
            f"{path} 已存在，其中可能有还没导入的修改。要替换请加 --overwrite。 / It exists and may"
            " hold changes that were not imported. Add --overwrite to replace it."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, book)
    console.print(str(path), markup=False)


def _write(path: Path, data: bytes) -> None:
    """Put the whole file in place of the old one, or leave that as it is."""
    path = path.resolve()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, name)
        else:
            os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _bytes(path: Path, most: int) -> bytes:
    """The file's bytes, or as many as show that it is too large."""
    with path.open("rb") as file:
        return file.read(most + 1)
