"""Nothing from a diagram is run as Python, and no data travels with the tokens."""

from __future__ import annotations

import builtins
from typing import NoReturn

import pytest
from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import TaskDataEnvironment

from tests.engine.spiff.fake_host import FakeHost
from tests.engine.spiff.running import Running

TEXT = """
g: xor
f: or
j: or
job: service
rules: rule each until
work: call other
late: timer on work
start > job > g
g ?__import__('os').system('x') > rules > end1
g > f
f ?1/0 > a > j
f ?2/0 > work > j
late > end2
j > end
"""


def refuse(*args: object, **kwargs: object) -> NoReturn:
    raise AssertionError("Python of a diagram was about to run")


def test_neither_scripts_nor_conditions_are_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("evaluate", "execute", "call_service"):
        monkeypatch.setattr(PythonScriptEngine, name, refuse)
        monkeypatch.setattr(TaskDataEnvironment, name, refuse)
    host = FakeHost()
    host.true = {"1/0", "2/0"}
    with monkeypatch.context() as patched:
        patched.setattr(builtins, "eval", refuse)
        patched.setattr(builtins, "exec", refuse)
        run = Running(TEXT, host=host, other="script: scriptTask\nstart > script > b > end")
        run.do("a", "b")
    assert run.done


def test_the_script_engine_itself_refuses() -> None:
    run = Running("start > a > end")
    engine = run.execution._root.script_engine
    for call in (engine.evaluate, engine.execute, engine.call_service):
        with pytest.raises(RuntimeError, match="never"):
            call(None, "1 + 1")


def test_task_data_stays_empty() -> None:
    host = FakeHost()
    host.true = {"1/0", "2/0"}
    run = Running(TEXT, host=host, other="all: user each\nstart > all > end")
    while not run.done:
        for flow in (run.execution._root, *run.execution._root.subprocesses.values()):
            assert flow.data == {}
            for task in flow.tasks.values():
                assert task.data == {}
                assert task.internal_data == {}
        run.do(next(name for name in run.here if name != "late"))
        run.reload()
