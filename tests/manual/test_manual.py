"""The manual says everything the files say, for one policy and one reader."""

from __future__ import annotations

import html as markup
import re
from collections import Counter
from datetime import UTC, datetime
from io import BytesIO

import pypdf
import pytest

from runner.definitions.findings import half
from runner.definitions.forms_model import Field, walk
from runner.definitions.model import ACTIVITY_KINDS
from runner.definitions.release import Definitions, load_definitions, read_folder
from runner.definitions.shipped import shipped_folder
from runner.errors import NotFound
from runner.manual import Facts, Manual, Revision, make_manual, manual_html, manual_pdf
from runner.manual.ordering import diagrams_in_order, in_order
from runner.manual.wording import read_documentation
from tests.conformance.drawing import draw
from tests.definitions.check.layout_cases import drawn, late
from tests.definitions.check.procedures import procedure

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
FACTS = Facts(
    site="Example", release="7", state="in force", digest="d" * 64, made_at="2026-11-20 16:00",
    revisions=(Revision("7", "2026-11-19 09:00", "Clearer names", "Ann", "Bob", "2026-11-20"),),
)  # fmt: skip
SHIPPED = load_definitions(read_folder(shipped_folder()))
POLICY = "ebike-3level"


@pytest.fixture(scope="module", params=["zh", "en"])
def manual(request: pytest.FixtureRequest) -> Manual:
    return make_manual(SHIPPED, POLICY, language=request.param, facts=FACTS)


@pytest.fixture(scope="module")
def text(manual: Manual) -> str:
    """What a person reads in the HTML."""
    page = re.sub(r"<style>.*?</style>", "", manual_html(manual), flags=re.DOTALL)
    return " ".join(markup.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def small(definitions: bytes, **files: bytes | str) -> Definitions:
    return load_definitions(procedure(definitions, **files))


def test_every_documented_step_appears_with_its_text(manual: Manual, text: str) -> None:
    told = 0
    for process in SHIPPED.processes.values():
        for element in process.elements.values():
            if not element.documentation:
                continue
            said = half(read_documentation(element.documentation).text, manual.language)
            assert " ".join(said.split()) in text, (process.id, element.id)
            assert half(element.name, manual.language) in text
            told += 1
    assert told > 100


def test_every_activity_has_a_number_of_its_own(manual: Manual) -> None:
    steps = [(step.id, chapter.id) for chapter in manual.chapters for step in chapter.steps]
    wanted = {
        (element.id, process.id)
        for process in SHIPPED.processes.values()
        for element in process.elements.values()
        if element.kind in ACTIVITY_KINDS
    }
    assert wanted <= set(steps)
    numbers = Counter(step.number for chapter in manual.chapters for step in chapter.steps)
    assert numbers.most_common(1)[0][1] == 1


def test_every_field_of_every_form_is_told_with_how_it_is_filled_in(manual: Manual) -> None:
    told = {form.id: form for form in manual.forms}
    for form in SHIPPED.forms.values():
        rows = {row.label: row for row in told[form.id].fields}
        for component in walk(form.components):
            if isinstance(component, Field) and component.label:
                row = rows[half(component.label, manual.language)]
                wanted = dict(component.properties).get("requirements", "").split()
                assert set(wanted) <= set(told[form.id].requirements)
                if component.limits.required and component.type != "checkbox":
                    same = [r for r in told[form.id].fields if r.label == row.label]
                    assert any(r.required for r in same), (form.id, row.label)


def test_every_decision_table_is_printed_whole(manual: Manual) -> None:
    told = {table.id: table for table in manual.tables}
    for decision in SHIPPED.decisions.values():
        if decision.table is not None:
            printed = told[decision.id]
            assert len(printed.rules) == len(decision.table.rules)
            wide = len(decision.table.inputs) + len(decision.table.outputs)
            assert all(len(rule) == wide for rule in printed.rules)


def test_every_requirement_and_clause_is_in_its_index(manual: Manual) -> None:
    requirements = {row.key for row in manual.requirements}
    clauses = {row.key for row in manual.clauses}
    for process in SHIPPED.processes.values():
        for element in process.elements.values():
            if element.documentation:
                assert set(read_documentation(element.documentation).requirements) <= requirements
            for clause in element.properties.get("clauses", "").split(";"):
                assert not clause.strip() or clause.strip() in clauses
    for kind in SHIPPED.documents.values():
        assert set(kind.requirements) <= requirements
    for setting in manual.settings:
        assert set(setting.requirements) <= requirements
    assert all(row.places for row in manual.requirements)


def test_what_a_step_produces_is_called_by_its_title(manual: Manual) -> None:
    made = {
        kind for chapter in manual.chapters for step in chapter.steps for kind in step.documents
    }
    titles = {
        title
        for chapter in manual.chapters
        for step in chapter.steps
        for title in step.document_titles
    }
    assert "eight_d_report" in made
    assert half(SHIPPED.documents["eight_d_report"].title, manual.language) in titles
    assert not titles & set(SHIPPED.documents)


def test_every_link_leads_somewhere(manual: Manual) -> None:
    page = manual_html(manual)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert set(re.findall(r'href="#([^"]*)"', page)) <= set(ids)
    assert [name for name, count in Counter(ids).items() if count > 1] == []


def test_what_the_owner_must_decide_is_marked(manual: Manual, text: str) -> None:
    assert manual.undecided > 0
    words = {"zh": "尚未决定，须由贵公司决定", "en": "not decided: the owner must decide"}
    assert text.count(words[manual.language]) >= manual.undecided


def test_another_policy_gives_other_deadlines_of_the_same_steps() -> None:
    def due(policy: str) -> dict[str, str]:
        made = make_manual(SHIPPED, policy, language="en", facts=FACTS)
        return {
            step.anchor: "; ".join(said.text for _, said in step.deadlines)
            for chapter in made.chapters
            for step in chapter.steps
            if step.deadlines
        }

    one, other = due("demo-ebike"), due("demo-consumer")
    assert one.keys() == other.keys()
    assert any(one[key] != other[key] for key in one)


def test_a_policy_that_is_not_there_is_refused_by_name() -> None:
    with pytest.raises(NotFound, match='no policy "nix"'):
        make_manual(SHIPPED, "nix", language="en", facts=FACTS)


def test_texts_of_owners_are_never_markup() -> None:
    hostile = draw("t: user\nstart > t > end", "main").replace(
        b"name=", b'name="&lt;script&gt;#eval(1)&lt;/script&gt; / &lt;b&gt;x" was=', 1
    )
    page = manual_html(make_manual(small(hostile), "own", language="en", facts=FACTS))
    assert "<script>" not in page
    assert "<b>x" not in page


def test_steps_are_told_along_the_flow_and_a_late_clock_after_its_step() -> None:
    text = "t: user\nb: beside t timer duration PT1H\ng: xor\nstart > t > g\ng > u > end\n"
    text += "g [1 = 1] > t\nb > c > e2"
    process = load_definitions({"processes/p.bpmn": draw(text, "main")}).processes["main"]
    order = [element.id for element in in_order(process)]
    assert order.index("t") < order.index("b") < order.index("g") < order.index("u")
    assert set(order) == set(process.elements)


def test_the_whole_comes_first_and_every_diagram_once() -> None:
    order = [process.id for process in diagrams_in_order(SHIPPED.processes)]
    assert order[0] == "complaint"
    assert sorted(order) == sorted(SHIPPED.processes)


@pytest.mark.parametrize(
    ("written", "text", "ids"),
    [
        ("登记。 / Records.\nIN-02 IN-03", "登记。 / Records.", ("IN-02", "IN-03")),
        ("登记。 / Records. IN-64, TR-14", "登记。 / Records.", ("IN-64", "TR-14")),
        ("按 ISO 9001 办。 / By ISO 9001.", "按 ISO 9001 办。 / By ISO 9001.", ()),
        ("", "", ()),
    ],
)  # fmt: skip
def test_documentation_ends_with_requirement_ids(
    written: str, text: str, ids: tuple[str, ...]
) -> None:
    said = read_documentation(written)
    assert (said.text, said.requirements) == (text, ids)


def test_a_steps_number_stands_on_its_shape_and_under_no_event() -> None:
    plain = make_manual(small(drawn()), "own", language="en", facts=FACTS).chapters[0]
    step = next(step for step in plain.steps if step.id == "ask")
    assert f'x="469" y="149">{step.number}</text>' in plain.drawing
    above = late(440).replace(b'y="207"', b'y="117"')
    made = make_manual(small(above), "own", language="en", facts=FACTS).chapters[0]
    step = next(step for step in made.steps if step.id == "ask")
    assert f'x="469" y="219">{step.number}</text>' in made.drawing


def test_people_are_the_groups_of_the_policy() -> None:
    asked = drawn().replace(b'candidateGroups="office"', b'candidateGroups="=policy.roles.window"')
    made = make_manual(small(asked), "own", language="en", facts=FACTS)
    step = next(step for step in made.chapters[0].steps if step.id == "ask")
    person = step.involved.responsible[0]
    assert person.groups.text == "Office"
    assert step.involved.letters(person.key) == "R"


def test_the_same_manual_gives_the_same_pdf() -> None:
    made = make_manual(small(drawn()), "own", language="zh", facts=FACTS)
    assert manual_pdf(made, at=NOW) == manual_pdf(made, at=NOW)


def test_the_pdf_has_a_foldout_for_each_diagram_and_every_step() -> None:
    made = make_manual(SHIPPED, POLICY, language="en", facts=FACTS)
    data = manual_pdf(made, at=NOW)
    pages = pypdf.PdfReader(BytesIO(data)).pages
    wide = [page for page in pages if page.mediabox.width > page.mediabox.height]
    a3 = [page for page in wide if round(float(page.mediabox.width)) == 1191]
    assert len(a3) == len(made.chapters)
    words = " ".join("".join(page.extract_text() for page in pages).split())
    for chapter in made.chapters:
        for step in chapter.steps:
            assert f"{step.number} {step.name}"[:24] in words, step.number
