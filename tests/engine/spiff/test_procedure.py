"""What compiling refuses: nothing that the engine does not run is passed over in silence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runner.definitions.model import EventDefinition
from runner.engine.spiff.procedure import Procedure, UnsupportedDiagram
from tests.engine.spiff.diagrams import processes

PLAIN = "start > a > end\n"


@pytest.mark.parametrize(
    ("element", "text"),
    [
        ("x", "x: complex\nstart > a > x > end"),
        ("x", "x: throw link L\nl: link M\nstart > a > x\nl > end"),
        ("x", "x: throw link L\nl: link L\nm: link L\nstart > a > x\nl > end\nm > end2"),
        ("x", "x: throw link L\nl: link L\nstart > a > x > end\nl > end2"),
        ("x", "x: compensation on a by b\nstart > a > end"),
        ("b", "x: compensation on a by b\nb: user undoes\nstart > a > end\nb > end2"),
        (
            "y",
            "x: compensation on a by b\ny: compensation on a by b\nb: user undoes\nstart > a > end",
        ),
        (
            "late",
            "x: compensation on a by b\nb: user undoes\nlate: timer on b\nstart > a > z\nlate > e",
        ),
        ("x", "x: event\nl: link L\nstart > x > l > end"),
        ("x", "x: end cancel\nstart > a > x"),
        ("x", "x: error\nstart > a > x > end"),
        ("x", "x: terminate on a\nstart > a > end\nx > end2"),
        ("start", "start: start error\nstart > a > end"),
        ("x", "x: transaction\nstart > x > end"),
        ("x", "x: adHocSubProcess\nstart > x > end"),
        ("start1", PLAIN + "x: eventsub {\nstart1 > b > end1\n}"),
        ("x", PLAIN + "x: eventsub {\nb: user\n}"),
        ("x", PLAIN + "x: eventsub {\ns1: start timer\ns2: start signal\ns1 > b\ns2 > b\n}"),
        ("x", PLAIN + "x: eventsub {\ns1: start compensation\ns1 > b > end1\n}"),
        ("x", "x: eventsub {\ns1: start timer\ns1 > b > end1\n}\nstart > a > x"),
        ("x", "x: sub {\nb: user\n}\nstart > x > end"),
        ("x", "x: sub {\nstart1 > b > end1\nstart2 > b\n}\nstart > x > end"),
        ("x", "x: sub {\nstart1 > b > end1\nm: start message\nm > b\n}\nstart > x > end"),
        ("x", "x: call nowhere\nstart > x > end"),
        ("x", "x: call =name\nstart > x > end"),
        ("x", "x: xor\nstart > x\nx > a > end\nx > b > end"),
        ("start", "start ?x > a > end"),
        ("x", "x: and\nstart > x\nx ?y > b > end"),
        ("x", "x: event\nstart > x > a > end"),
        ("x", "x: event\nstart > x"),
        ("t", "x: event\nt: receive\nlate: timer on t\nstart > x > t > end\nlate > end2"),
        ("late", "late: timer on g\ng: xor\nstart > g > end\nlate > end2"),
        ("x", "x: timer each\nstart > x > end"),
    ],
)
def test_what_is_not_run_is_refused_by_name(element: str, text: str) -> None:
    with pytest.raises(UnsupportedDiagram) as refused:
        Procedure.compile(processes(main=text))
    assert (refused.value.process_id, refused.value.element_id) == ("main", element)


def test_a_receive_task_without_a_message_is_refused() -> None:
    models = processes(main="r: receive\nstart > r > end")
    element = replace(models["main"].elements["r"], event=EventDefinition())
    models["main"] = replace(models["main"], elements={**models["main"].elements, "r": element})
    with pytest.raises(UnsupportedDiagram, match="needs a message"):
        Procedure.compile(models)


def test_a_called_process_without_a_plain_start_is_refused() -> None:
    with pytest.raises(UnsupportedDiagram) as refused:
        Procedure.compile(
            processes(main="c: call other\nstart > c > end", other="m: start message\nm > a > end")
        )
    assert refused.value.process_id == "other"


def test_processes_that_are_not_executable_are_left_out() -> None:
    models = processes(main=PLAIN, pool="x: complex\nstart > x > end")
    models["pool"] = replace(models["pool"], executable=False)
    procedure = Procedure.compile(models)
    assert list(procedure.specs) == ["main"]


def test_sub_processes_of_one_name_in_two_processes_are_two() -> None:
    part = "part: sub {{\nstart1 > {0} > end1\n}}\nstart > part > end\n"
    procedure = Procedure.compile(
        processes(main=part.format("a") + "c: call other\npart > c", other=part.format("b"))
    )
    assert sorted(procedure.specs) == ["main", "main part", "other", "other part"]


def test_a_procedure_cannot_be_changed() -> None:
    procedure = Procedure.compile(processes(main=PLAIN))
    with pytest.raises(TypeError):
        procedure.specs["other"] = procedure.specs["main"]  # type: ignore[index]
