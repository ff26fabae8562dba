from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from runner.definitions.bpmn import load_diagram
from runner.definitions.svg import outline, render
from runner.definitions.svg_text import width_of, wrap
from runner.definitions.xml import UnreadableFile
from tests.definitions.diagrams import diagram, line, node, user_task

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "processes").glob("*.bpmn"))
CORPUS = sorted((ROOT.parent / "shared" / "corpus").glob("*/*.bpmn"))
SVG = "{http://www.w3.org/2000/svg}"

DI = (
    '<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"><bpmndi:BPMNPlane>{}'
    "</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>"
)


def shape(element: str, x: object, y: object, width: int, height: int) -> str:
    return (
        f'<bpmndi:BPMNShape bpmnElement="{element}"><dc:Bounds x="{x}" y="{y}" width="{width}" '
        f'height="{height}" /></bpmndi:BPMNShape>'
    )


def edge(element: str, *points: tuple[int, int]) -> str:
    way = "".join(f'<di:waypoint x="{x}" y="{y}" />' for x, y in points)
    return f'<bpmndi:BPMNEdge bpmnElement="{element}">{way}</bpmndi:BPMNEdge>'


def drawn(task: str, x: object = 100) -> bytes:
    data = diagram(
        node("startEvent", "s", name="来件 / Arrives") + task + node("endEvent", "e")
        + line("s", "t", "e")
    )  # fmt: skip
    picture = (
        shape("s", 0, 30, 36, 36) + shape("t", x, 0, 150, 90) + shape("e", 300, 30, 36, 36)
        + edge("s_to_t", (36, 48), (100, 48)) + edge("t_to_e", (250, 48), (300, 48))
    )  # fmt: skip
    return data.replace(b"</bpmn:definitions>", DI.format(picture).encode())


def parsed(svg: str) -> etree._Element:
    return etree.fromstring(svg)


def classes(svg: str) -> dict[str, str]:
    return {
        group.get("data-element", ""): group.get("class", "")
        for group in parsed(svg).iter(f"{SVG}g")
        if group.get("data-element")
    }


def texts(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in parsed(svg).iter(f"{SVG}text")]


def test_where_the_case_was_and_is_shows_as_classes_and_in_words() -> None:
    svg = render(drawn(user_task("t")), language="en", taken={"s": 1, "s_to_t": 1}, active={"t": 1})
    assert classes(svg) == {"s": "nd done", "t": "nd now", "e": "nd future"}
    assert svg.count('class="fl done"') == 1
    titles = [title.text for title in parsed(svg).iter(f"{SVG}title")]
    assert "User task Name of t, now here" in titles
    assert "Start event Arrives, done" in titles
    assert parsed(svg).get("aria-label") == "Process. Now: Name of t"


def test_without_a_case_nothing_is_marked() -> None:
    assert set(classes(render(drawn(user_task("t")), language="en")).values()) == {"nd"}


def test_repeated_work_is_counted() -> None:
    svg = render(drawn(user_task("t")), language="zh", taken={"t": 3})
    assert "×3" in texts(svg)
    assert "已完成 3 次" in svg


def test_the_readers_half_is_shown() -> None:
    data = drawn(user_task("t"))
    assert "来件" in texts(render(data, language="zh_Hans_CN"))
    assert "Arrives" in texts(render(data, language="en"))


def test_pages_bring_the_colours_unless_the_drawing_stands_alone() -> None:
    data = drawn(user_task("t"))
    assert "<style" not in render(data, language="en")
    assert "style=" not in render(data, language="en")
    alone = render(data, language="en", standalone=True)
    assert "<style>" in alone
    assert alone != render(data, language="en", standalone=True, dark=True)


def test_labels_and_ids_cannot_break_out_of_the_drawing() -> None:
    evil = "&lt;script&gt;alert(1)&lt;/script&gt; &quot; onload=&quot;x"
    svg = render(drawn(user_task("t").replace("名称 / Name of t", evil)), language="en",
                 active=["t", '"><script>'])  # fmt: skip
    assert "<script" not in svg
    root = parsed(svg)
    assert not [n for n in root.iter() if any(str(a).startswith("on") for a in n.attrib)]


@pytest.mark.parametrize("value", ["nan", "inf", "1e300", "left", ""])
def test_coordinates_that_are_no_numbers_do_no_harm(value: str) -> None:
    svg = render(drawn(user_task("t"), value), language="en")
    view = [float(part) for part in (parsed(svg).get("viewBox") or "").split()]
    assert len(view) == 4
    assert all(abs(part) < 10_000 for part in view)


def test_a_file_without_a_drawing_says_so() -> None:
    svg = render(diagram(node("startEvent", "s")), language="en")
    assert "The file holds no drawing." in texts(svg)


def test_an_unreadable_file_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        render(b"<!DOCTYPE a><a/>", language="en")


@pytest.mark.parametrize("path", [*SHIPPED, *CORPUS], ids=lambda path: path.name)
def test_every_diagram_is_drawn_with_all_its_text_inside(path: Path) -> None:
    root = parsed(render(path.read_bytes(), language="en", standalone=True))
    left, top, width, height = (float(part) for part in (root.get("viewBox") or "").split())
    for span in root.iter(f"{SVG}tspan"):
        parent = span.getparent()
        assert parent is not None
        if parent.getparent().get("transform"):
            continue  # a lane's name, turned
        assert left <= float(span.get("x", "")) <= left + width
        assert top <= float(span.get("y", "")) <= top + height


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_task_names_of_the_shipped_procedure_fit_their_boxes(path: Path, language: str) -> None:
    loaded, _ = load_diagram(path.read_bytes(), path.name)
    assert loaded is not None
    for process in loaded.processes.values():
        for element in process.elements.values():
            if element.is_task or element.kind == "callActivity":
                label = re.split(r"\s/\s", element.name)[0 if language == "zh" else -1]
                lines = wrap(label, 138, 13)
                assert len(lines) <= 4
                assert max(width_of(part, 13) for part in lines) <= 146, element.name


def test_lines_break_at_spaces_and_between_chinese_characters() -> None:
    assert wrap("Tell progress or delay", 90, 12) == ["Tell progress", "or delay"]
    assert wrap("告知进展或超时原因", 60, 12) == ["告知进展或", "超时原因"]
    assert wrap("确定类别，分派", 48, 12) == ["确定类别，", "分派"]
    assert wrap("", 50, 12) == []


def test_the_outline_reads_like_the_drawing() -> None:
    data = diagram(
        node("startEvent", "s", name="来件 / Arrives")
        + user_task("t")
        + node("exclusiveGateway", "m", name="")
        + node("exclusiveGateway", "g", name="通过? / Accepted?", default="g_to_m")
        + node("endEvent", "e", name="结束 / Closed")
        + line("s", "m", "t", "g")
        + '<bpmn:sequenceFlow id="g_to_e" name="是 / Yes" sourceRef="g" targetRef="e" />'
        + '<bpmn:sequenceFlow id="g_to_m" name="否 / No" sourceRef="g" targetRef="m" />'
    )
    loaded, _ = load_diagram(data, "x.bpmn")
    assert loaded is not None
    steps = outline(loaded.processes["p"], "en", taken={"s": 1}, active=["t"])
    assert [(step.text, step.ways, step.state) for step in steps] == [
        ("Arrives", (("", "Name of t"),), "done"),
        ("Name of t", (("", "Accepted?"),), "now"),
        ("Accepted?", (("Yes", "Closed"), ("No", "Name of t")), ""),
        ("Closed", (), ""),
    ]
    assert [step.kind for step in outline(loaded.processes["p"], "zh")][:2] == [
        "开始事件", "用户任务",
    ]  # fmt: skip
