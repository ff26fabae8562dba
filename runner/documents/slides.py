"""Decks: a title, then for each section its texts, fields, tables, flow charts, charts, pictures.

Charts are the presentation's own, so that people can change them.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Cm, Pt

from runner.documents.filling import Filled

_BLUE, _GREY = RGBColor(0x1F, 0x4E, 0x79), RGBColor(0x55, 0x60, 0x6E)
_SOFT, _WHITE = RGBColor(0xEE, 0xF3, 0xF8), RGBColor(0xFF, 0xFF, 0xFF)
_COLOURS = {"done": RGBColor(0x2E, 0x7D, 0x4F), "late": RGBColor(0xA3, 0x26, 0x1B)}
_SERIES = (_BLUE, RGBColor(0xC4, 0x6A, 0x1B), _COLOURS["done"], RGBColor(0x7A, 0x4A, 0x9E))
_FONT = "Noto Sans SC"
_WIDTH, _HEIGHT = Cm(33.867), Cm(19.05)
ROWS_A_SLIDE, LONGEST = 9, 260
FIELDS_A_SLIDE, BOXES_A_SLIDE = 8, 8


def deck(filled: Filled, at: datetime) -> bytes:
    """The .pptx of a filled document."""
    show = Presentation()
    show.slide_width, show.slide_height = _WIDTH, _HEIGHT
    data = filled.data
    show.core_properties.title, show.core_properties.author = data["title"], data["site"]
    show.core_properties.created = show.core_properties.modified = at.astimezone(UTC).replace(
        tzinfo=None
    )
    _cover(show, data)
    for section in data["sections"]:
        for draw in _contents(section, filled.pictures):
            slide = _slide(show, section["title"] or data["title"], data)
            draw(slide)
    out = io.BytesIO()
    show.save(out)
    return out.getvalue()


def _contents(section: Mapping[str, Any], pictures: Mapping[str, bytes]) -> Iterator[Any]:
    """One drawing function for each slide the section needs."""
    if section["texts"] or section["fields"]:
        chunks = _chunks(section["fields"], FIELDS_A_SLIDE) or [[]]
        for position, fields in enumerate(chunks):
            texts = section["texts"] if position == 0 else []
            yield lambda slide, t=texts, f=fields: _words(slide, t, f)
    for table in section["tables"]:
        for rows in _chunks(table["rows"], ROWS_A_SLIDE) or [[]]:
            yield lambda slide, t=table, r=rows: _table(slide, t, r)
    for drawing in section["drawings"]:
        if drawing["kind"] in ("trend", "pareto"):
            yield lambda slide, d=drawing: _chart(slide, d)
        else:
            for steps in _chunks(_steps(drawing), BOXES_A_SLIDE):
                yield lambda slide, d=drawing, s=steps: _flow(slide, d, s)
    shown = [photo for photo in section["photos"] if photo["file"]]
    for photos in _chunks(shown, 4):
        yield lambda slide, p=photos: _photos(slide, p, pictures)


def _chunks(items: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [items[n : n + size] for n in range(0, len(items), size)]


def _cover(show: Any, data: Mapping[str, Any]) -> None:
    slide = show.slides.add_slide(show.slide_layouts[6])
    _box(slide, Cm(0), Cm(0), Cm(1.2), _HEIGHT, fill=_BLUE)
    _text(slide, Cm(3), Cm(6), Cm(28), Cm(3), data["title"], size=38, bold=True, colour=_BLUE)
    _text(slide, Cm(3), Cm(9.4), Cm(28), Cm(2), data["subtitle"], size=18, colour=_GREY)
    _text(slide, Cm(3), Cm(15.5), Cm(28), Cm(2), f"{data['site']}\n{data['stamp']}", size=13,
          colour=_GREY)  # fmt: skip


def _slide(show: Any, title: str, data: Mapping[str, Any]) -> Any:
    slide = show.slides.add_slide(show.slide_layouts[6])
    _box(slide, Cm(0), Cm(0), Cm(0.5), _HEIGHT, fill=_BLUE)
    _text(slide, Cm(1.4), Cm(0.7), Cm(31), Cm(1.6), title, size=24, bold=True, colour=_BLUE)
    stamp = f"{data['site']}   {data['stamp']}   {len(show.slides)}"
    _text(slide, Cm(1.4), Cm(18), Cm(31), Cm(0.8), stamp, size=9, colour=_GREY)
    return slide


def _words(slide: Any, texts: Sequence[str], fields: Sequence[Mapping[str, Any]]) -> None:
    top = Cm(2.8)
    if texts:
        content = _short("\n".join(texts), 5 * LONGEST)
        _text(slide, Cm(1.6), top, Cm(30.5), Cm(4 if fields else 14), content, size=15)
        top = Cm(7) if fields else top
    if fields:
        table = slide.shapes.add_table(len(fields), 2, Cm(1.6), top, Cm(30.5), Cm(1)).table
        table.columns[0].width, table.columns[1].width = Cm(7), Cm(23.5)
        table.first_row = False
        for row, field in enumerate(fields):
            _fill(table.cell(row, 0), field["label"], fill=_SOFT, colour=_GREY)
            _fill(table.cell(row, 1), field["text"] or "—", fill=_WHITE)


def _table(slide: Any, table: Mapping[str, Any], rows: Sequence[Sequence[str]]) -> None:
    if table["caption"]:
        _text(slide, Cm(1.6), Cm(2.3), Cm(30), Cm(0.9), table["caption"], size=13, colour=_GREY)
    if not rows:
        _text(slide, Cm(1.6), Cm(3.4), Cm(30), Cm(1), table["empty"], size=14, colour=_GREY)
        return
    columns, whole = len(table["head"]), sum(table["weights"])
    shape = slide.shapes.add_table(
        len(rows) + 1, columns, Cm(1.6), Cm(3.3), Cm(30.5), Cm(len(rows) + 1)
    )
    for position, weight in enumerate(table["weights"]):
        shape.table.columns[position].width = int(Cm(30.5) * weight / whole)
        _fill(shape.table.cell(0, position), table["head"][position], fill=_BLUE, colour=_WHITE,
              bold=True)  # fmt: skip
        for row, texts in enumerate(rows, 1):
            fill = _SOFT if row % 2 == 0 else _WHITE
            _fill(shape.table.cell(row, position), texts[position] or "—", fill=fill)


def _chart(slide: Any, drawing: Mapping[str, Any]) -> None:
    if drawing["caption"]:
        _text(slide, Cm(1.6), Cm(2.3), Cm(30), Cm(0.9), drawing["caption"], size=13, colour=_GREY)
    data = CategoryChartData()
    if drawing["kind"] == "trend":
        data.categories = drawing["labels"]
        for series in drawing["series"]:
            data.add_series(series["name"], series["values"])
        form = XL_CHART_TYPE.LINE_MARKERS
    else:
        data.categories = [bar["label"] for bar in drawing["items"]]
        data.add_series(drawing["caption"] or "-", [bar["value"] for bar in drawing["items"]])
        form = XL_CHART_TYPE.COLUMN_CLUSTERED
    if not len(data.categories):
        _text(slide, Cm(1.6), Cm(4), Cm(30), Cm(1), "—", size=14, colour=_GREY)
        return
    place = (Cm(1.6), Cm(3.2), Cm(30.5), Cm(14.3))
    chart = slide.shapes.add_chart(form, *place, data).chart
    chart.font.size, chart.font.name = Pt(12), _FONT
    chart.has_title = False
    chart.has_legend = drawing["kind"] == "trend"
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    chart.plots[0].has_data_labels = True
    axis = chart.value_axis
    axis.has_minor_gridlines = False
    axis.major_gridlines.format.line.color.rgb = RGBColor(0xC5, 0xD0, 0xDC)
    axis.minimum_scale = 0
    if drawing.get("unit") == "%":
        axis.maximum_scale = 100
    elif all(value == int(value) for value in _numbers(drawing)):
        axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0", False
        axis.major_unit = max(1, -(-int(max(_numbers(drawing), default=1) or 1) // 6))
    for series, colour in zip(chart.plots[0].series, _SERIES, strict=False):
        if drawing["kind"] == "trend":
            series.format.line.color.rgb, series.smooth = colour, False
            series.marker.format.fill.solid()
            series.marker.format.fill.fore_color.rgb = colour
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = colour


def _numbers(drawing: Mapping[str, Any]) -> list[float]:
    if drawing["kind"] == "pareto":
        return [bar["value"] for bar in drawing["items"]]
    return [v for series in drawing["series"] for v in series["values"] if v is not None]


def _steps(drawing: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A fishbone's branches, a chain's and a flow's steps, as boxes of one kind."""
    if drawing["kind"] == "fishbone":
        return [
            {
                "label": branch["label"],
                "text": "\n".join(
                    f"{'●' if item['main'] else '–'} {item['text']}" for item in branch["items"]
                ),
                "state": "late" if any(item["main"] for item in branch["items"]) else "",
            }
            for branch in drawing["branches"]
        ]
    return list(drawing["steps"])


def _flow(slide: Any, drawing: Mapping[str, Any], steps: Sequence[Mapping[str, Any]]) -> None:
    caption = drawing["caption"] or drawing.get("effect", "")
    if caption:
        _text(slide, Cm(1.6), Cm(2.3), Cm(30), Cm(0.9), caption, size=13, colour=_GREY)
    width, height = 7.1, 6.4
    for position, step in enumerate(steps):
        row, column = divmod(position, 4)
        left, top = Cm(1.6 + column * (width + 0.75)), Cm(3.6 + row * (height + 0.7))
        colour = _COLOURS.get(str(step.get("state", "")), _BLUE)
        head = _box(slide, left, top, Cm(width), Cm(1.3), fill=colour, shape=MSO_SHAPE.PENTAGON)
        _write(head.text_frame, step["label"], size=13, bold=True, colour=_WHITE)
        body = _box(slide, left, top + Cm(1.35), Cm(width), Cm(height - 1.4), fill=_SOFT)
        _write(body.text_frame, _short(step["text"] or "—"), size=12, colour=RGBColor(0, 0, 0))


def _photos(slide: Any, photos: Sequence[Mapping[str, str]], pictures: Mapping[str, bytes]) -> None:
    for position, photo in enumerate(photos):
        row, column = divmod(position, 2)
        left, top = Cm(1.8 + column * 15.6), Cm(2.9 + row * 7.6)
        picture = slide.shapes.add_picture(io.BytesIO(pictures[photo["file"]]), left, top)
        scale = min(Cm(14.6) / picture.width, Cm(6.4) / picture.height)
        picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
        _text(slide, left, top + Cm(6.45), Cm(14.6), Cm(0.7), photo["caption"], size=10,
              colour=_GREY)  # fmt: skip


def _box(slide: Any, left: int, top: int, width: int, height: int, *, fill: Any,
         shape: Any = MSO_SHAPE.RECTANGLE) -> Any:  # fmt: skip
    box = slide.shapes.add_shape(shape, left, top, width, height)
    box.fill.solid()
    box.fill.fore_color.rgb = fill
    box.line.fill.background()
    box.shadow.inherit = False
    return box


def _text(
    slide: Any, left: int, top: int, width: int, height: int, text: str, *,
    size: int, bold: bool = False, colour: Any = None,
) -> None:  # fmt: skip
    frame = slide.shapes.add_textbox(left, top, width, height).text_frame
    _write(frame, text, size=size, bold=bold, colour=colour)


def _write(frame: Any, text: str, *, size: int, bold: bool = False, colour: Any = None) -> None:
    frame.word_wrap = True
    for position, line in enumerate(_plain(text).split("\n")):
        paragraph = frame.paragraphs[0] if position == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, _FONT
        if colour is not None:
            run.font.color.rgb = colour


def _fill(cell: Any, text: str, *, fill: Any, colour: Any = None, bold: bool = False) -> None:
    cell.fill.solid()
    cell.fill.fore_color.rgb = fill
    black = RGBColor(0x1B, 0x1F, 0x24)
    _write(cell.text_frame, _short(text), size=12, bold=bold, colour=colour or black)


def _short(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def _plain(text: str) -> str:
    return text.replace("\u200b", "")
