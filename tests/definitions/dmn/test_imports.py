from __future__ import annotations

import pytest

from runner.definitions.dmn import DecisionFiles, load_decisions
from tests.definitions.dmn.building import NAMESPACES, NOW, literal

DMN = NAMESPACES["1.5"]
LIB = (
    '<itemDefinition name="t Person"><itemComponent name="age"><typeRef>number</typeRef>'
    "</itemComponent></itemDefinition>"
    '<inputData id="i" name="A Person"><variable name="A Person" typeRef="t Person"/></inputData>'
    '<decision id="adult" name="Is Adult"><variable name="Is Adult" typeRef="boolean"/>'
    '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
    "<literalExpression><text>A Person.age &gt;= 18</text></literalExpression></decision>"
    '<businessKnowledgeModel id="k" name="Say It"><encapsulatedLogic><formalParameter name="x"'
    ' typeRef="t Person"/><literalExpression><text>"age " + string(x.age)</text>'
    "</literalExpression></encapsulatedLogic></businessKnowledgeModel>"
)
NEEDS = (
    '<informationRequirement><requiredDecision href="lib#adult"/></informationRequirement>'
    '<informationRequirement><requiredInput href="lib#i"/></informationRequirement>'
    '<knowledgeRequirement><requiredKnowledge href="lib#k"/></knowledgeRequirement>'
)


def file(namespace: str, *elements: str, **imports: str) -> bytes:
    """A file that imports namespaces by names; `_` stands for the empty name, `__` for a blank."""
    lines = "".join(
        f'<import namespace="{space}" name="{name.replace("__", " ").strip("_")}"'
        f' importType="{DMN}"/>'
        for name, space in imports.items()
    )
    text = f'<definitions xmlns="{DMN}" id="d" name="d" namespace="{namespace}">{lines}'
    return (text + "".join(elements) + "</definitions>").encode()


@pytest.mark.parametrize("alias", ["lib", "Model__B", "_"])
def test_what_is_imported_is_read_by_the_name_of_the_import(alias: str) -> None:
    name = alias.replace("__", " ").strip("_")
    q = f"{name}." if name else ""
    text = f"{{a: {q}Is Adult, b: {q}A Person.age, c: {q}Say It({q}A Person)}}"
    main = file("main", literal("t", text, NEEDS), **{alias: "lib"})
    model, findings = load_decisions(main, "main.dmn", {"lib.dmn": file("lib", LIB)})
    assert findings == []
    person = {"age": 20}
    expected = {"a": True, "b": 20, "c": "age 20"}
    for scope in ({"A Person": person}, {f"{q}A Person": person}, {"lib#A Person": person}):
        assert model.evaluate("t", scope, now=NOW).value == expected
    if name:
        assert model.evaluate("t", {name: {"A Person": person}}, now=NOW).value == expected
        assert model.decisions["t"].sources[0].local == {name}
    wrong = model.evaluate("t", {"A Person": {"years": 20}}, now=NOW)
    assert (wrong.value["a"], wrong.value["b"]) == (None, None)
    assert "'A Person' is not a t Person" in wrong.warnings[0].message


def test_types_are_imported_too() -> None:
    typed = (
        '<inputData id="p" name="p"><variable name="p" typeRef="lib.t Person"/></inputData>'
        '<decision id="t" name="t"><informationRequirement><requiredInput href="#p"/>'
        "</informationRequirement><literalExpression><text>p instance of lib.t Person</text>"
        "</literalExpression></decision>"
    )
    files = {"lib.dmn": file("lib", LIB)}
    model, findings = load_decisions(file("main", typed, lib="lib"), "main.dmn", files)
    assert findings == []
    assert model.evaluate("t", {"p": {"age": 1}}, now=NOW).value is True
    assert model.evaluate("t", {"p": {"years": 1}}, now=NOW).value is False


def test_imports_of_imports() -> None:
    inner = '<informationRequirement><requiredDecision href="lib#adult"/></informationRequirement>'
    outer = '<informationRequirement><requiredDecision href="mid#m"/></informationRequirement>'
    files = {
        "lib.dmn": file("lib", LIB),
        "mid.dmn": file("mid", literal("m", "not(l.Is Adult)", inner), l="lib"),
        "top.dmn": file("top", literal("t", "m.m", outer), m="mid"),
    }
    model, findings = DecisionFiles(files).load("top.dmn")
    assert findings == []
    decided = model.evaluate("t", {"A Person": {"age": 3}}, now=NOW)
    assert decided.value is True
    assert [record.decision_id for record in decided.records] == ["adult", "m", "t"]


@pytest.mark.parametrize(
    ("others", "imports", "rule"),
    [
        ({}, {"lib": "lib"}, "import_missing"),
        ({"lib.dmn": b"<definitions"}, {"lib": "lib"}, "import_missing"),
        ({"a.dmn": file("lib"), "b.dmn": file("lib")}, {"lib": "lib"}, "import_ambiguous"),
        ({"lib.dmn": file("lib")}, {"lib": "lib", "lob": "lib"}, "import_twice"),
        ({"lib.dmn": file("lib", main="main")}, {"lib": "lib"}, None),
    ],
)
def test_an_import_that_cannot_be_followed_is_one_finding(
    others: dict[str, bytes], imports: dict[str, str], rule: str | None
) -> None:
    main = file("main", literal("t", "1", NEEDS if rule == "import_missing" else ""), **imports)
    model, findings = load_decisions(main, "main.dmn", others)
    assert [item.rule for item in findings] == ([rule] if rule else [])
    assert "t" in model.decisions


def test_a_location_decides_between_files_of_one_namespace() -> None:
    needs = '<informationRequirement><requiredDecision href="lib#x"/></informationRequirement>'
    main = file("main", literal("t", "lib.x", needs), lib="lib")
    main = main.replace(b'name="lib"', b'name="lib" locationURI="./b.dmn"')
    others = {"a.dmn": file("lib", literal("x", "1")), "b.dmn": file("lib", literal("x", "2"))}
    model, findings = load_decisions(main, "main.dmn", others)
    assert findings == []
    assert model.evaluate("t", {}, now=NOW).value == 2


def test_files_that_import_each_other_in_a_circle_are_told() -> None:
    files = {"a.dmn": file("a", b="b"), "b.dmn": file("b", a="a")}
    loaded = DecisionFiles(files)
    found = [item.rule for name in files for item in loaded.load(name)[1]]
    assert found == ["import_circle"]


def test_other_kinds_of_files_are_not_imported() -> None:
    main = file("main", literal("t", "1"), x="y").replace(DMN.encode() + b'"/>', b'urn:pmml"/>')
    model, findings = load_decisions(main, "main.dmn")
    assert [(item.rule, item.severity) for item in findings] == [("import_unsupported", "warning")]
    assert model.evaluate("t", {}, now=NOW).value == 1
