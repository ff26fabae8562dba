"""Shipped kinds: produced from one case, read back; hostile values neither break nor inject."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date
from pathlib import Path

import openpyxl
import pytest
from docx import Document
from pptx import Presentation

from runner.definitions.release import Definitions, load_definitions
from runner.documents.making import make_document
from runner.documents.period import period_of, read_period
from runner.documents.producing import produce
from runner.engine.handlers import load_handlers
from runner.reports.indicators.figures import period_report
from runner.reports.indicators.periods import Period
from runner.store.case_lists import Visible
from runner.store.database import Database
from service_tasks.contract import Attachment, Impossible
from tests.documents.conftest import SHIPPED, Office, open_office
from tests.documents.reading import bare, text_of
from tests.documents.sample import VARIABLES, day, hostile
from tests.engine.conftest import House

EVERYTHING = Visible(everything=True, policies=frozenset(), groups=frozenset())

DEFINITIONS: Definitions = load_definitions(SHIPPED)
KINDS = sorted(DEFINITIONS.documents)
PERIOD = {"from": "2026-05-01", "to": "2026-11-30"}


@pytest.fixture
def database(tmp_path: Path, sqlite_with_tables: Path) -> Iterator[Database]:
    """What is produced does not depend on the database: SQLite alone."""
    path = tmp_path / "test.db"
    shutil.copyfile(sqlite_with_tables, path)
    made = Database(f"sqlite:///{path}")
    yield made
    made.close()


def make(office: Office, kind: str, form: str = "", language: str = "") -> Attachment:
    picture = [office.picture]
    inputs = {"evidence_files": picture, "appraisal_basis": picture, "compensation_claim": picture}
    decks = [{"complaint_number": "TS-2026-0001", "course_text": "换装新电极", "pictures": picture}]
    return produce(
        office.house.site, office.case_id, kind, language=language, form=form,
        inputs={**inputs, **PERIOD, "decks": decks},
    )  # fmt: skip


def test_every_shipped_kind_is_read_without_a_finding() -> None:
    assert [f.en for f in DEFINITIONS.findings if "documents/" in f.file] == []
    assert len(KINDS) >= 30


def test_8d_report_says_what_the_case_knows(office: Office) -> None:
    made = make(office, "eight_d_report")
    text = bare(text_of(made.data))
    for expected in (
        "8D报告", "TS-2026-0001", "李静", "L2605-17", "D4根本原因", "新员工未经培训上岗",
        "人/Man", "测/Measurement", "为什么没有更换？因为作业指导书没有规定次数。",
        "控制计划的拉力抽检频次低于设备更换后的需要。", "每2000点更换电极", "WI-031点焊作业指导书",
        "防呆", "满意/Satisfied", "F-24",
    ):  # fmt: skip
        assert expected in text, expected
    assert made.document is not None
    assert (made.document.kind, made.document.revision) == ("eight_d_report", 1)
    assert made.name == "TS-2026-0001-8D_报告-r1.pdf"


@pytest.mark.parametrize(
    ("language", "expected", "absent"),
    [("zh", "尊敬的李静", "Dear"), ("en", "Dear李静", "尊敬的"), ("both", "尊敬的李静", "\x00")],
)
def test_a_letter_speaks_one_language(
    office: Office, language: str, expected: str, absent: str
) -> None:
    text = bare(text_of(make(office, "reply_letter", language=language).data))
    assert expected in text
    assert absent not in text
    assert "电池焊接不良" in text


def test_letters_are_in_the_customers_language(office: Office) -> None:
    made = make(office, "acknowledgement_letter")
    assert made.document is not None
    assert made.document.language == "zh"


def test_minutes_show_signatures_and_objections(office: Office) -> None:
    text = bare(text_of(make(office, "meeting_minutes").data))
    for expected in ("会议纪要", "第2次会议", "修订作业指导书", "陈芳", "费用需另行审批"):
        assert expected in text, expected


def test_the_word_document_has_the_same_sections(office: Office) -> None:
    document = Document(io.BytesIO(make(office, "eight_d_report", "docx").data))
    texts = [p.text for p in document.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "8D 报告 / 8D report" in texts
    assert "D5 永久措施 / D5 Permanent corrective actions" in texts
    assert "WI-031 点焊作业指导书" in cells
    assert len(document.inline_shapes) == 4  # a photo, a fishbone, two chains of why


def test_ledger_has_filters_and_typed_cells(office: Office) -> None:
    book = openpyxl.load_workbook(io.BytesIO(make(office, "ledger").data))
    sheet = book["全部投诉 All complaints"]
    assert sheet.auto_filter.ref == "A3:U4"
    assert sheet.freeze_panes == "A4"
    row = {head.value: cell.value for head, cell in zip(sheet[3], sheet[4], strict=True)}
    assert row["受理号 / No."] == "TS-2026-0001"
    assert row["不良数 / Defective"] == 6
    assert row["收到 / Received"].isoformat() == "2026-06-01T09:00:00"


def test_deck_has_text_photo_charts_and_flow(office: Office) -> None:
    show = Presentation(io.BytesIO(make(office, "weekly_deck").data))
    now = office.house.site.clock.now()
    assert show.core_properties.created.replace(tzinfo=UTC) == now.replace(microsecond=0)
    slides = show.slides
    shapes = [shape for slide in slides for shape in slide.shapes]
    assert sum(1 for shape in shapes if shape.has_chart) == 2
    assert sum(1 for shape in shapes if shape.shape_type == 13) == 1
    told = "\n".join(shape.text_frame.text for shape in shapes if shape.has_text_frame)
    assert "品质例会" in told
    assert "TS-2026-0001" in told


def test_evaluation_shows_numerator_and_denominator(office: Office) -> None:
    text = bare(text_of(make(office, "period_evaluation").data))
    assert "1÷1=100.0%" in text  # satisfied of followed up
    assert "0÷1=0.0%" in text  # resolved of all


def test_package_holds_the_lists_of_the_period(office: Office) -> None:
    with zipfile.ZipFile(io.BytesIO(make(office, "month_end_package").data)) as package:
        names = package.namelist()
        assert package.testzip() is None
    assert names[0] == "index.txt"
    assert {"客诉台账.xlsx", "客户投诉清单.xlsx", "投诉处理评价.pdf"} <= set(names)


@pytest.fixture
def hostile_office(make_house: Callable[..., House]) -> Office:
    found = {name: hostile(value) for name, value in VARIABLES.items()}
    return open_office(make_house(load_handlers()), found)


def test_hostile_values_break_and_inject_nothing(hostile_office: Office) -> None:
    """Every kind in every format; markup of layouts, formulas, tags, controls stay plain text."""
    for kind in KINDS:
        for form in DEFINITIONS.documents[kind].formats:
            data = make(hostile_office, kind, form).data
            assert data, (kind, form)
            if form == "pdf" and kind == "eight_d_report":
                text = bare(text_of(data))
                assert '#panic("x")#read("/etc/passwd")$x^2$*b*_i_' in text
                assert "root:" not in text
            if form == "xlsx":
                book = openpyxl.load_workbook(io.BytesIO(data))
                assert all(
                    cell.data_type != "f" for sheet in book for row in sheet for cell in row
                ), kind


def test_nothing_known_is_still_a_document(make_house: Callable[..., House]) -> None:
    office = open_office(make_house(load_handlers()), {"phenomenon": "x"})
    for kind in KINDS:
        form = DEFINITIONS.documents[kind].formats[0]
        assert produce(office.house.site, office.case_id, kind, inputs=PERIOD).data, (kind, form)


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("eight_d_reprt", {}, "Did you mean 'eight_d_report'"),
        ("eight_d_report", {"form": "pptx"}, "it has pdf, docx"),
        ("eight_d_report", {"language": "fr"}, "zh, en or both"),
        ("complaint_list", {"inputs": {"from": "2026-02-01", "to": "2026-01-01"}}, "is before"),
        ("complaint_list", {"inputs": {"from": "yesterday"}}, "is no date"),
    ],
)
def test_what_cannot_be_produced_is_told(
    office: Office, kind: str, more: dict[str, object], expected: str
) -> None:
    with pytest.raises(Impossible, match=expected):
        produce(office.house.site, office.case_id, kind, **more)  # type: ignore[arg-type]


def test_figures_are_those_of_the_page_indicators(office: Office) -> None:
    """One definition of every share: the document counts nothing itself."""
    site = office.house.site
    now = site.clock.now().astimezone(site.zone)
    begins, ends = period_of(PERIOD, now)
    with site.database.read() as connection:
        figures = read_period(connection, site, EVERYTHING, begins, ends, now)["figures"]
        page = period_report(
            connection, EVERYTHING, Period(begins.date(), date(2026, 11, 30)),
            unit="month", dimension="product", today=now.date(),
        )  # fmt: skip
    assert isinstance(figures, dict)
    for name, share in (("satisfaction", "satisfaction"), ("resolution", "resolution")):
        assert figures[name] == page.total.shares[share].percent, name
    assert [part["label"] for part in figures["parts"]] == [b.label for b, _ in page.trend]
    assert figures["products"] == [{"label": bar.key, "count": bar.count} for bar in page.pareto]


def test_a_package_takes_the_latest_revision_of_closed_cases(
    make_house: Callable[..., House],
) -> None:
    closed = VARIABLES | {"closed_at": day(20)}
    office = open_office(make_house(load_handlers()), closed)
    for _time in range(2):
        make_document(
            office.house.site, actor=office.house.owner, case=office.case_id, kind="reply_letter"
        )
    with zipfile.ZipFile(io.BytesIO(make(office, "month_end_package").data)) as package:
        names = package.namelist()
    assert "TS-2026-0001-投诉处理结果答复-r2.pdf" in names
    assert "TS-2026-0001-投诉处理结果答复-r1.pdf" not in names
