"""The evidence pack of a case that was repaired, migrated and put back verifies; a changed story
does not."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.engine.access import SYSTEM
from runner.engine.repairs import edit_variable, move_token
from runner.engine.suspension import resume_case, suspend_case
from runner.engine.user_tasks import complete_user_task
from runner.evidence import verify
from runner.evidence.export import export_evidence
from tests.definitions.diagrams import diagram, extended, flow, line, node
from tests.engine.conftest import House
from tests.engine.moving import NEW, OLD, Moving, after, task
from tests.engine.test_repairs import PHASES


def pack_of(house: House, case: str, tmp_path: Path) -> Path:
    made = export_evidence(house.site, actor=SYSTEM, case=case, language="en")
    (tmp_path / "pack.zip").write_bytes(made.data)
    lines: list[str] = []
    held = verify.verify(tmp_path / "pack.zip", made.public_key, lines.append)
    assert held, "\n".join(lines)
    return tmp_path / "pack.zip"


def names(pack: Path) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(pack.read_bytes())) as archive:
        return archive.namelist()


def test_a_migrated_case_verifies_with_both_releases(house: House, tmp_path: Path) -> None:
    moving = Moving(house, OLD, NEW)
    batch = moving.run()
    pack = pack_of(house, moving.case, tmp_path)
    assert f"releases/{moving.source}/processes/d0.bpmn" in names(pack)
    assert {"diagrams/p.svg", "diagrams/p.before-1.svg"} <= set(names(pack))
    moving.back(batch)
    pack_of(house, moving.case, tmp_path)
    moving.run()
    moving.finish()
    pack = pack_of(house, moving.case, tmp_path)
    whole = verify.Pack(pack)
    assert json.loads(whole.data("case.json"))["release"] == moving.target


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f["positions"].pop(0), "not carried over"),
        (lambda f: f["positions"][0].update(was="b"), "not carried over"),
        (lambda f: f["positions"][0].update(element="nowhere"), "not on the released"),
        (lambda f: f["positions"].append(f["positions"][0]), "two elements"),
        (lambda f: f["positions"].append({**f["positions"][0], "token": "x"}), "lost or made"),
        (lambda f: f.update(after="0" * 64), "lacks release"),
    ],
)
def test_a_migration_that_tells_another_story_is_found(
    house: House, tmp_path: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    moving = Moving(house, OLD, NEW)
    moving.run()
    pack = verify.Pack(pack_of(house, moving.case, tmp_path))
    case = pack.json("case.json")
    events = copy.deepcopy(verify.check_chain(pack, case)[0])
    verify.check_path(pack, events, case)
    (migrated,) = (e for e in events if e["type"] == "case_migrated")
    change(migrated["facts"])
    with pytest.raises(verify.Broken, match=said):
        verify.check_path(pack, events, case)


def test_moved_tokens_verify(house: House, tmp_path: Path) -> None:
    house.release(PHASES)
    case = house.start().case_id
    suspend_case(house.site, actor=house.owner, case_id=case, reason="r")
    for source, target in (("a", "c"), ("c", "b"), ("b", "d"), ("d", "a")):
        move_token(
            house.site, actor=house.owner, case_id=case, target=target, reason="r",
            token_id=house.tasks(case)[source],
        )  # fmt: skip
        pack_of(house, case, tmp_path)
    edit_variable(
        house.site, actor=house.owner, case_id=case, scope_id=case, name="x", value=1, reason="r"
    )
    resume_case(house.site, actor=house.owner, case_id=case, reason="r", give_back=True)
    while open_tasks := list(house.tasks(case).values()):
        complete_user_task(house.site, actor=house.ann, task_id=open_tasks[0], submission={})
    assert house.types(case)[-1] == "case_completed"
    pack_of(house, case, tmp_path)


def test_an_event_gateway_and_many_instances_verify_across_a_migration(
    house: House, tmp_path: Path
) -> None:
    each = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="false"><bpmn:extensionElements>'
        '<zeebe:loopCharacteristics inputCollection="=[1, 2]" inputElement="each" />'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    many = extended("<zeebe:userTask />", '<zeebe:assignmentDefinition candidateGroups="office" />')

    def drawn(label: str) -> bytes:
        return diagram(
            node("startEvent", "s") + node("parallelGateway", "f")
            + node("eventBasedGateway", "g")
            + node("intermediateCatchEvent", "one", after(1))
            + node("intermediateCatchEvent", "two", after(2))
            + node("userTask", "m", many + each) + task("t").replace("Name", label)
            + node("parallelGateway", "j") + node("exclusiveGateway", "x") + node("endEvent", "e")
            + line("s", "f", "g", "one", "x", "j", "e") + line("g", "two", "x")
            + line("f", "m", "j") + flow("f", "t") + flow("t", "j")
        )  # fmt: skip

    moving = Moving(house, drawn("Name"), drawn("Label"))
    complete_user_task(
        house.site, actor=house.ann, task_id=house.tasks(moving.case)["t"], submission={}
    )
    pack_of(house, moving.case, tmp_path)
    batch = moving.run()
    assert moving.result(batch) == ("migrated", "")
    pack_of(house, moving.case, tmp_path)
    moving.back(batch)
    pack_of(house, moving.case, tmp_path)
    assert moving.result(moving.run())[0] == "migrated"
    for _ in range(2):
        complete_user_task(
            house.site, actor=house.ann, task_id=house.tasks(moving.case)["m"], submission={}
        )
    timer = moving.timers()["one"]
    house.clock.set(timer.due_at)
    from runner.engine.timers import fire_timer

    assert fire_timer(house.site, timer_id=timer.id)
    assert house.types(moving.case)[-1] == "case_completed"
    pack_of(house, moving.case, tmp_path)
