#!/usr/bin/env python3
"""Checks an evidence pack of Ombud. Needs Python 3.9 or newer and nothing else.

    python3 verify.py PACK.zip --key "<public key line>"

Checked: every file against the signed list, the signatures, the chain of events, the place of every
event in the signed log, every value and attachment against its commitment, the released diagrams
against their digest, and the path of the case on those diagrams. Exit status: 0 all held, 1
something does not hold, 2 the pack cannot be read. Without --key the pack is only shown to be
consistent with itself: that it comes from this organisation needs the key, by another way.
The formats are described in docs/formats.md.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import hmac
import json
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

MAX_TOTAL = 500_000_000
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SIGNED_LIST = "manifest.note"
LIST = "manifest.json"
CHANGES_RELEASE = ("case_migrated", "migration_reverted")
BEGINS_FIRST = ("subProcess", "callActivity", "userTask", "receiveTask")  # always seen to begin
Header = dict[str, Any]
Node = dict[str, Any]
Point = tuple[int, int, int, int]
Key = tuple[str, bytes, bytes]


class Broken(Exception):
    """Something does not hold; the text says what and where."""


# --- Ed25519, RFC 8032 section 5.1.7 -------------------------------------------------------------

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_BY = 4 * pow(5, _P - 2, _P) % _P


def _x_of(y: int, sign: int) -> int:
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if (x * x - square) % _P or (x == 0 and sign):
        raise Broken("a signature holds a point that is not on the curve")
    return _P - x if x & 1 != sign else x


def _add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(scalar: int, point: Point) -> Point:
    result: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _point(data: bytes) -> Point:
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    if y >= _P:
        raise Broken("a signature holds a number out of range")
    x = _x_of(y, sign)
    return (x, y, 1, x * y % _P)


_BASE = (_x_of(_BY, 0), _BY, 1, _x_of(_BY, 0) * _BY % _P)


def ed25519_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether ``signature`` (64 bytes) over ``message`` was made with ``public`` (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    scalar = int.from_bytes(signature[32:], "little")
    if scalar >= _L:
        return False
    challenge = hashlib.sha512(signature[:32] + public + message).digest()
    left = _times(scalar, _BASE)
    right = _add(
        _point(signature[:32]),
        _times(int.from_bytes(challenge, "little") % _L, _point(public)),
    )
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % _P == 0


# --- signed notes and the log --------------------------------------------------------------------


def open_note(note: str, key: Key | None, what: str) -> list[str]:
    """The lines of a signed note. With a key, its signature must hold."""
    body, separator, lines = note.partition("\n\n")
    if not separator:
        raise Broken(f"{what}: no signature")
    if key is None:
        return body.split("\n")
    name, identity, public = key
    for line in lines.splitlines():
        parts = line.split(" ")
        if len(parts) == 3 and parts[0] == "\u2014" and parts[1] == name:
            try:
                signature = base64.b64decode(parts[2], validate=True)
            except binascii.Error:
                continue
            if signature[:4] == identity:
                try:
                    holds = ed25519_holds(public, signature[4:], (body + "\n").encode())
                except Broken as problem:
                    raise Broken(f"{what}: {problem}") from None
                if holds:
                    return body.split("\n")
                raise Broken(f"{what}: the signature of {name} does not fit the text")
    raise Broken(f"{what}: no signature by the given key ({name})")


def read_key(text: str) -> Key:
    """(name, key id, 32 bytes) of a public key line."""
    try:
        name, identity, material = text.strip().split("+", 2)
        raw = base64.b64decode(material, validate=True)
    except (ValueError, binascii.Error):
        raise Broken("the key should look like name+1a2b3c4d+base64") from None
    expected = hashlib.sha256(name.encode() + b"\n" + raw).digest()[:4]
    if raw[:1] != b"\x01" or len(raw) != 33 or expected.hex() != identity:
        raise Broken("the key line is damaged: it does not fit its own key id")
    return name, expected, raw[1:]


def root_of(leaf: bytes, index: int, size: int, proof: Iterable[bytes]) -> bytes:
    """RFC 9162 section 2.1.3.2."""
    node, last = index, size - 1
    for sibling in proof:
        if node & 1 or node == last:
            leaf = hashlib.sha256(b"\x01" + sibling + leaf).digest()
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            leaf = hashlib.sha256(b"\x01" + leaf + sibling).digest()
        node, last = node >> 1, last >> 1
    return leaf if last == 0 else b""


# --- the pack ------------------------------------------------------------------------------------


class Pack:
    """The files of a pack, held against the signed list before anything else looks at them."""

    def __init__(self, path: str | Path) -> None:
        try:
            archive = zipfile.ZipFile(path)
        except (OSError, zipfile.BadZipFile) as error:
            raise Broken(f"cannot read {path}: {error}") from None
        with archive:
            names = archive.namelist()
            for name, times in Counter(names).items():
                if times > 1:
                    raise Broken(f"{name}: is in the pack {times} times")
            if sum(part.file_size for part in archive.infolist()) > MAX_TOTAL:
                raise Broken("the pack unpacks to more than 500 MB")
            self.files: dict[str, bytes] = {}
            for name in names:
                try:
                    self.files[name] = archive.read(name)
                except (zipfile.BadZipFile, OSError, ValueError, EOFError) as error:
                    raise Broken(f"{name}: damaged in the archive: {error}") from None
                except Exception as error:  # zlib.error and whatever damaged bytes provoke
                    raise Broken(f"{name}: damaged in the archive: {error}") from None

    def data(self, name: str) -> bytes:
        if name not in self.files:
            raise Broken(f"{name}: missing from the pack")
        return self.files[name]

    def json(self, name: str) -> Any:
        try:
            return json.loads(self.data(name))
        except ValueError as error:
            raise Broken(f"{name}: {error}") from None

    def lines(self, name: str) -> list[bytes]:
        return [line for line in self.data(name).split(b"\n") if line]


def check_files(pack: Pack, key: Key | None) -> str:
    listed = pack.json(LIST)
    body = open_note(pack.data(SIGNED_LIST).decode("utf-8", "replace"), key, SIGNED_LIST)
    digest = hashlib.sha256(pack.data(LIST)).hexdigest()
    if body[2:] != [digest]:
        raise Broken(f"{LIST}: is not the list that was signed")
    for name in pack.files:
        if name not in listed and name not in (LIST, SIGNED_LIST):
            raise Broken(f"{name}: is not on the signed list")
    for name, expected in listed.items():
        if hashlib.sha256(pack.data(name)).hexdigest() != expected:
            raise Broken(f"{name}: was changed (its SHA-256 is not the signed one)")
    if body[1] != str(pack.json("case.json").get("case")):
        raise Broken("case.json: is of another case than the signed list")
    return f"{len(listed)} files are those of the signed list"


def check_chain(pack: Pack, case: Header) -> tuple[list[Header], str]:
    previous = hashlib.sha256(b"ombud event log").hexdigest()
    events = []
    release = ""
    for number, line in enumerate(pack.lines("events.jsonl"), 1):
        try:
            header = json.loads(line)
        except ValueError:
            raise Broken(f"events.jsonl, event {number}: cannot be read") from None
        if header.get("chain") != case["case"] or header.get("number") != str(number):
            raise Broken(f"events.jsonl, event {number}: belongs elsewhere or is out of order")
        if header.get("previous") != previous:
            raise Broken(f"events.jsonl, event {number}: does not follow event {number - 1}")
        release = release or header.get("release", case["release"])
        if header.get("release", release) != release:
            raise Broken(f"events.jsonl, event {number}: names another release")
        if header["type"] in CHANGES_RELEASE:
            if header["facts"]["before"] != release:
                raise Broken(f"events.jsonl, event {number}: leaves a release it was not on")
            release = header["facts"]["after"]
        previous = hashlib.sha256(line).hexdigest()
        events.append(header)
    if not events or events[0]["type"] != "case_started" or len(events) != int(case["events"]):
        raise Broken("events.jsonl: the chain is not whole")
    if release != case["release"]:
        raise Broken("events.jsonl: does not end on the release of this case")
    return events, f"{len(events)} events form one unbroken chain"


def check_log(pack: Pack, key: Key | None) -> str:
    note = pack.data("checkpoint.txt").decode("utf-8", "replace")
    body = open_note(note, key, "checkpoint.txt")
    if len(body) < 3:
        raise Broken("checkpoint.txt: expected origin, size and root")
    size, root = int(body[1]), base64.b64decode(body[2])
    lines, proofs = pack.lines("events.jsonl"), pack.json("proofs.json")
    if len(proofs) != len(lines):
        raise Broken("proofs.json: not one proof for each event")
    for number, line in enumerate(lines, 1):
        proof = proofs[number - 1]
        leaf = hashlib.sha256(b"\x00" + line).digest()
        path = [bytes.fromhex(step) for step in proof["path"]]
        index = int(proof["index"])
        if not 0 <= index < size or root_of(leaf, index, size, path) != root:
            raise Broken(f"events.jsonl, event {number}: is not in the signed log")
    return f"all of them are in the signed log of {size} events ({body[0]})"


def check_values(pack: Pack, events: list[Header]) -> str:
    opened = {}
    for line in pack.lines("values.jsonl"):
        row = json.loads(line)
        opened[int(row["number"])] = row["values"]
    shown = erased = 0
    for number, header in enumerate(events, 1):
        values = opened.pop(number, None)
        for name, expected in header["commitments"].items():
            if values is None:
                erased += 1
                continue
            if name not in values:
                raise Broken(f"values.jsonl, event {number}: {name} is missing")
            salt, value = values[name]
            written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
            made = hmac.new(bytes.fromhex(salt), written.encode(), hashlib.sha256).hexdigest()
            if not hmac.compare_digest(made, expected):
                raise Broken(f"values.jsonl, event {number}: {name} is not what was recorded")
            shown += 1
        for name in values or ():
            if name not in header["commitments"]:
                raise Broken(f"values.jsonl, event {number}: {name} was never recorded")
    if opened:
        raise Broken(f"values.jsonl: values for event {min(opened)}, which is not there")
    text = f"{shown} values are those recorded"
    return text + (f"; {erased} were erased and cannot be checked" if erased else "")


def check_attachments(pack: Pack, events: list[Header]) -> str:
    values = {int(r["number"]): r["values"] for r in map(json.loads, pack.lines("values.jsonl"))}
    count = missing = 0
    unknown = {name for name in pack.files if name.startswith("attachments/")}
    for number, header in enumerate(events, 1):
        if header["type"] != "attachment_added":
            continue
        known = values.get(number, {}).get("content.sha256")
        name = "attachments/" + header["facts"]["attachment"]
        unknown.discard(name)
        if known is None:
            missing += 1
        elif "s:" + hashlib.sha256(pack.data(name)).hexdigest() != known[1]:
            raise Broken(f"{name}: is not the document of event {number}")
        else:
            count += 1
    if unknown:
        raise Broken(f"{min(unknown)}: no event says where it comes from")
    return f"{count} attachments are those recorded" + (f"; {missing} erased" if missing else "")


def releases_of(events: list[Header], case: Header) -> dict[str, str]:
    """The folder of every release the case was on, the present one's last."""
    digests = [h["facts"]["before"] for h in events if h["type"] in CHANGES_RELEASE]
    earlier = {digest: f"releases/{digest}/" for digest in digests if digest != case["release"]}
    return {**earlier, case["release"]: "release/"}


def check_release(pack: Pack, events: list[Header], case: Header) -> str:
    count = 0
    folders = releases_of(events, case)
    for digest, folder in folders.items():
        manifest = pack.data(folder + "manifest.json")
        if hashlib.sha256(manifest).hexdigest() != digest:
            raise Broken(f"{folder}manifest.json: is not the release of this case")
        listed = json.loads(manifest)
        count += len(listed)
        for path, expected in listed.items():
            if hashlib.sha256(pack.data(folder + path)).hexdigest() != expected:
                raise Broken(f"{folder}{path}: is not the released file")
    named = ", ".join(digest[:12] for digest in folders)
    return f"{count} files are those of release {named}"


# --- the path on the diagrams --------------------------------------------------------------------


class Diagram:
    """The flow nodes and flows of one released process."""

    def __init__(self, process: ElementTree.Element) -> None:
        self.nodes: dict[str, dict[str, Any]] = {}
        self.flows: dict[str, tuple[str, str, str]] = {}
        self.links: dict[str, str] = {}
        self.conditional: set[str] = set()  # sources of flows with a condition
        self.undoing: list[tuple[str, str | None, str | None]] = []
        self._read(process, process.get("id", ""))
        for identity, event, undoes in self.undoing:
            if event and undoes and self.nodes.get(event, {}).get("undoes"):
                self.links[event] = f"association {identity}"
                self.links[self.links[event]] = undoes

    def _read(self, container: ElementTree.Element, parent: str) -> None:
        for part in container:
            kind, identity = part.tag.replace(BPMN, ""), part.get("id")
            if kind == "sequenceFlow":
                source, target = part.get("sourceRef", ""), part.get("targetRef", "")
                self.flows[identity or ""] = (source, target, parent)
                if part.find(f"{BPMN}conditionExpression") is not None:
                    self.conditional.add(source)
            elif kind == "association":  # of a compensation event: a flow to what undoes
                self.undoing.append((identity or "", part.get("sourceRef"), part.get("targetRef")))
            elif kind in ("laneSet", "extensionElements", "documentation") or identity is None:
                continue
            else:
                called = [
                    child.get("processId")
                    for child in part.iter()
                    if kind == "callActivity" and child.tag.endswith("}calledElement")
                ]
                self.nodes[identity] = {
                    "kind": kind,
                    "parent": parent,
                    "attached": part.get("attachedToRef"),
                    "interrupting": part.get("cancelActivity") != "false",
                    "called": called[0] if called else None,
                    "terminate": part.find(f"{BPMN}terminateEventDefinition") is not None,
                    "interrupts": part.get("isInterrupting") != "false",
                    "many": part.find(f"{BPMN}multiInstanceLoopCharacteristics") is not None,
                    "undoes": part.find(f"{BPMN}compensateEventDefinition") is not None,
                    "begins": container.get("triggeredByEvent") == "true",
                    "thrown": [
                        fault
                        for fault in ("error", "escalation")
                        if part.find(f"{BPMN}{fault}EventDefinition") is not None
                    ],
                }
                link = part.find(f"{BPMN}linkEventDefinition")
                if link is not None:  # a link is a flow that is not drawn
                    end = f"link {link.get('name')} in {parent}"
                    throws = kind == "intermediateThrowEvent"
                    source, target = (identity, end) if throws else (end, identity)
                    self.links[source] = target
                if kind == "subProcess":
                    self._read(part, identity)

    def into(self, node: str) -> list[str]:
        named = [link for link, target in self.links.items() if target == node]
        return named + [flow for flow, (_, target, _) in self.flows.items() if target == node]

    def gateways_before(self, node: str) -> list[str]:
        """The event-based gateways that wait for this event."""
        sources = [source for source, target, _ in self.flows.values() if target == node]
        return [s for s in sources if self.nodes[s]["kind"] == "eventBasedGateway"]

    def out_of(self, node: str) -> list[str]:
        return [flow for flow, (source, _, _) in self.flows.items() if source == node]


def read_diagrams(pack: Pack, folder: str) -> dict[str, Diagram]:
    diagrams: dict[str, Diagram] = {}
    for name in pack.files:
        if name.startswith(folder + "processes/") and name.endswith(".bpmn"):
            data = pack.data(name)
            if b"<!DOCTYPE" in data:
                raise Broken(f"{name}: declares a DOCTYPE")
            tree = ElementTree.fromstring(data)  # noqa: S314  # no DOCTYPE, so no entities
            for process in tree.iter(BPMN + "process"):
                diagrams[process.get("id", "")] = Diagram(process)
    return diagrams


class Replay:
    """A token game over the recorded events: every step must be one the diagram allows.

    A mark lies on a flow from the completion of its source until the completion (or withdrawal)
    of its target. It lies in a scope: a process instance, or one instance of a sub-process. What a
    person begins by hand, or a migration carries over, lies in the process instance, for whichever
    scope of it the work goes on in.
    """

    def __init__(self, releases: dict[str, dict[str, Diagram]], first: str) -> None:
        self.releases = releases
        self.diagrams = releases[first]
        self.process: dict[str, str] = {}
        self.marks: Counter[tuple[str, str]] = Counter()
        self.withdrawn: Counter[tuple[str, str]] = Counter()  # taken by an end around them
        self.active: dict[str, tuple[str, str, bool]] = {}
        self.scopes: dict[str, str] = {}  # of active tokens
        self.opened: dict[str, tuple[str, str]] = {}  # sub-processes that hold tokens
        self.bodies: dict[str, tuple[str, str]] = {}  # what holds the instances of one activity
        self.armed: set[str] = set()
        self.watches: dict[str, str] = {}  # what an event on a border is attached to
        self.interrupted: set[str] = set()
        self.ended: set[str] = set()
        self.begun: set[tuple[str, str]] = set()
        self.started: set[str] = set()  # scopes whose start event has happened
        self.thrown: Counter[str] = Counter()  # errors and escalations
        self.rounds: dict[str, set[int]] = {}  # what began in each body
        self.over = False

    def step(self, number: int, header: Header) -> None:
        kind, facts = header["type"], header["facts"]
        if kind == "case_started":
            self.process[header["chain"]] = header["process"]
            self.begun.add((header["chain"], facts["start_element"]))
            return
        if kind in ("case_completed", "case_cancelled"):
            self.over = True
            if kind == "case_completed" and (+self.marks or self.active):
                left = [flow for _, flow in +self.marks] + [e for _, e, _ in self.active.values()]
                raise Broken(f"event {number}: the case ended with work left at {left[0]}")
            return
        if kind in CHANGES_RELEASE:
            self._change_release(number, facts)
        elif kind == "token_moved":
            self._move(number, header["instance"], [*facts.get("entered", []), facts["target"]])
        elif kind == "job_error_thrown":
            self.thrown["error"] += 1
        if not kind.startswith("element_"):
            return
        if self.over:
            raise Broken(f"event {number}: something happened after the end of the case")
        instance, element = header["instance"], header["element"]
        diagram = self.diagrams.get(self.process.get(instance, ""))
        node = diagram.nodes.get(element) if diagram else None
        if diagram is None or node is None:
            raise Broken(f"event {number}: {element} is not on the released diagram")
        getattr(self, kind[8:])(number, header, diagram, node, facts.get("loop") is not None)

    def _move(self, number: int, instance: str, elements: list[str]) -> None:
        """A person begins these by hand: as if a flow had led to each."""
        diagram = self.diagrams.get(self.process.get(instance, ""))
        for element in elements:
            if diagram is None or element not in diagram.nodes:
                raise Broken(f"event {number}: {element} is not on the released diagram")
            for flow in diagram.into(element)[:1]:
                self.marks[instance, flow] += 1

    def _change_release(self, number: int, facts: dict[str, Any]) -> None:
        """Every token goes on at the element it is said to stand at; none is lost or made, but for
        sub-processes around others that are said to end or begin."""
        ended, begun = facts.get("ended", []), facts.get("begun", [])
        positions = {place["token"]: place for place in [*facts["positions"], *begun]}
        if len(positions) != len(facts["positions"]) + len(begun):
            raise Broken(f"event {number}: a token stands at two elements")
        for place in ended:
            instance, element, _ = self.active.pop(place["token"], ("", "", False))
            diagram = self.diagrams.get(self.process.get(instance, ""))
            if diagram is None or diagram.nodes[element]["kind"] != "subProcess":
                raise Broken(f"event {number}: {place['element']} did not run, yet ends")
        for token, (_, element, _) in self.active.items():
            if positions.get(token, {}).get("was") != element:
                raise Broken(f"event {number}: the work at {element} is not carried over")
        if facts["after"] not in self.releases:
            raise Broken(f"event {number}: the pack lacks release {facts['after'][:12]}")
        before = sum((+self.marks).values()) - len(ended) + len(begun)
        self.diagrams = self.releases[facts["after"]]
        self.marks, self.withdrawn = Counter(), Counter()
        self.scopes, self.ended = {}, set()  # a reverted migration begins again what it ended
        for token, place in positions.items():
            instance, element = place["instance"], place["element"]
            self.process[instance] = place["process"]
            diagram = self.diagrams.get(self.process.get(instance, ""))
            if diagram is None or element not in diagram.nodes:
                raise Broken(f"event {number}: {element} is not on the released diagram")
            inner = "loop" in place
            kind = diagram.nodes[element]["kind"]
            if "was" not in place and kind != "subProcess":
                raise Broken(f"event {number}: {element} begins from nowhere")
            if token in self.active:
                self.active[token] = (instance, element, inner)
            if "attached_to" in place:
                self.watches[token] = place["attached_to"]
            self._open(token, instance, element, diagram.nodes[element], inner)
            waits = any(
                other["element"] == source and other["instance"] == instance
                for source in diagram.gateways_before(element)
                for other in positions.values()
            )
            if not inner and not waits and kind != "boundaryEvent":
                flows = diagram.into(element)
                for flow in [f for f in flows if f == place.get("flow")] or flows[:1]:
                    self.marks[instance, flow] += 1
        if sum(self.marks.values()) != before:
            raise Broken(f"event {number}: tokens were lost or made")

    def activated(
        self, number: int, header: Header, diagram: Diagram, node: Node, inner: bool
    ) -> None:
        instance, element, token = header["instance"], header["element"], header["token"]
        if token in self.active or token in self.ended:
            raise Broken(f"event {number}: {element} began twice")
        attached = header["facts"].get("attached_to")
        watching = node["kind"] == "startEvent" and attached is not None  # of an event sub-process
        scope = self._scope(number, header, diagram, node, inner, watching)
        if node["kind"] == "boundaryEvent":
            if self.active.get(attached or "", ())[:2] != (instance, node["attached"]):
                raise Broken(f"event {number}: {element} waits at something that is not active")
            self.watches[token] = attached
        elif watching:
            self.armed.add(token)
        elif not inner and not self._arrived(scope, instance, element, diagram):
            raise Broken(f"event {number}: no flow had led to {element}")
        self.active[token] = (instance, element, inner)
        self.scopes[token] = scope
        self._count(header, scope, inner)
        self._open(token, instance, element, node, inner)
        if node["called"]:
            self.process[token] = node["called"]

    def completed(
        self, number: int, header: Header, diagram: Diagram, node: Node, inner: bool
    ) -> None:
        instance, element, token = header["instance"], header["element"], header["token"]
        flows = header["facts"].get("flows", [])
        self._end(number, header, node, inner)
        scope = self._scope(number, header, diagram, node, inner, False)
        if token in self.interrupted:
            raise Broken(f"event {number}: {element} was interrupted, yet ends")
        self._check_empty(number, token, element)
        self._count(header, scope, inner)
        rounds = self.rounds.pop(token, set())
        if len(rounds) != max(rounds, default=-1) + 1:
            raise Broken(f"event {number}: {element} ended, but an instance of it is missing")
        if inner:
            return
        self._throw(number, element, node)
        if token not in self.armed:
            self._consume(number, scope, instance, element, diagram, node)
            self._happen(number, token, element, node)
        else:
            self.armed.remove(token)
            if scope not in self.active:
                raise Broken(f"event {number}: {element} began something that is not active")
            if node["interrupts"]:
                around = self.scopes.get(scope, "")
                self._drop(around, instance, diagram.nodes[node["parent"]]["parent"], diagram)
        outgoing = diagram.out_of(element)
        one = node["kind"] in ("exclusiveGateway", "eventBasedGateway")
        wanted = 1 if one and outgoing else len(outgoing)
        free = node["kind"] == "inclusiveGateway" or element in diagram.conditional
        chosen = free and not one and flows
        if set(flows) - set(outgoing) or (len(flows) != wanted and not chosen):
            raise Broken(f"event {number}: {element} did not leave as the diagram says")
        for flow in flows:
            self.marks[scope, flow] += 1
        if element in diagram.links:
            self.marks[scope, diagram.links[element]] += 1
        if node["terminate"]:
            self._drop(scope, instance, node["parent"], diagram)

    def cancelled(
        self, number: int, header: Header, diagram: Diagram, node: Node, inner: bool
    ) -> None:
        instance, element, token = header["instance"], header["element"], header["token"]
        inner = self.active.get(token, ("", "", False))[2]
        self._end(number, header, node, inner)
        watching = token in self.armed
        scope = self._scope(number, header, diagram, node, inner, watching)
        self.armed.discard(token)
        if node["kind"] == "subProcess":
            self._drop(token, instance, element, diagram)
        if node["called"]:
            self._drop(token, token, "", None)
        incoming = diagram.into(element)
        awaited = diagram.gateways_before(element) and not any(
            self._at(scope, instance, flow) for flow in incoming
        )  # another event of its gateway happened
        if inner or watching or awaited or node["kind"] == "boundaryEvent":
            return
        for flow in incoming:  # what was around it has ended, and took its mark
            for place in (scope, instance):
                if self.withdrawn[place, flow]:
                    self.withdrawn[place, flow] -= 1
                    return
        self._consume(number, scope, instance, element, diagram, node)

    def _scope(
        self,
        number: int,
        header: Header,
        diagram: Diagram,
        node: Node,
        inner: bool,
        watching: bool,
    ) -> str:
        """The instance of the sub-process, or the process instance, that this happens in."""
        instance, element = header["instance"], header["element"]
        within = header["facts"].get("within")
        container = diagram.nodes[node["parent"]]["parent"] if watching else node["parent"]
        if inner:
            known = self.bodies.get(within or "")
            right = known == (instance, element)
        elif within is None:
            right = container == self.process[instance]
        else:
            right = self.opened.get(within) == (instance, container)
        if not right:
            raise Broken(f"event {number}: {element} is not within what was begun around it")
        return str(within or instance)

    def _open(self, token: str, instance: str, element: str, node: Node, inner: bool) -> None:
        if node["many"] and not inner:
            self.bodies[token] = (instance, element)
        elif node["kind"] == "subProcess":
            self.opened[token] = (instance, element)

    def _end(self, number: int, header: Header, node: Node, inner: bool) -> None:
        """A token ends once, where it began."""
        element, token = header["element"], header["token"]
        known = self.active.pop(token, None)
        self.scopes.pop(token, None)
        if token in self.ended:
            raise Broken(f"event {number}: {element} ended twice")
        self.ended.add(token)
        watching = node["kind"] == "boundaryEvent" or (
            node["kind"] == "startEvent" and node["begins"]
        )
        first = (watching and not node["undoes"]) or node["kind"] in BEGINS_FIRST
        first = first or (node["many"] and not inner)
        if header["type"] == "element_cancelled":  # what rests has begun, but for these
            first = not node["kind"].endswith("Gateway") and not node["undoes"]
        if known is None:
            if first:
                raise Broken(f"event {number}: {element} ended, but never began")
        elif known[:2] != (header["instance"], element):
            raise Broken(f"event {number}: {element} ended, but {known[1]} had begun")

    def _count(self, header: Header, body: str, inner: bool) -> None:
        if inner:
            self.rounds.setdefault(body, set()).add(int(header["facts"]["loop"]))

    def _throw(self, number: int, element: str, node: Node) -> None:
        """Nothing catches what nothing has thrown. One error is caught once, an escalation maybe
        at several places."""
        for fault in node["thrown"]:
            if node["kind"] not in ("boundaryEvent", "startEvent"):
                self.thrown[fault] += 1
            elif not self.thrown[fault]:
                raise Broken(f"event {number}: nothing has thrown what {element} caught")
            elif fault == "error":
                self.thrown[fault] -= 1

    def _happen(self, number: int, token: str, element: str, node: Node) -> None:
        """An event on a border happens while what it is attached to runs, or interrupts it."""
        if node["kind"] != "boundaryEvent" or node["undoes"]:
            return
        host = self.watches.get(token, "")
        if node["interrupting"]:
            self.interrupted.add(host)
        elif host not in self.active:
            raise Broken(f"event {number}: {element} waits at something that is not active")

    def _check_empty(self, number: int, scope: str, element: str) -> None:
        left = [flow for (place, flow), count in self.marks.items() if place == scope and count]
        left += [self.active[token][1] for token, around in self.scopes.items() if around == scope]
        if left:
            raise Broken(f"event {number}: {element} ended with work left at {left[0]}")

    def _at(self, scope: str, instance: str, flow: str) -> tuple[str, str] | None:
        """Where the mark on this flow lies, if there is one."""
        for place in (scope, instance):
            if self.marks[place, flow]:
                return place, flow
        return None

    def _arrived(self, scope: str, instance: str, element: str, diagram: Diagram) -> bool:
        incoming = diagram.into(element)
        for gateway in diagram.gateways_before(element):
            incoming += diagram.into(gateway)
        return not incoming or any(self._at(scope, instance, flow) for flow in incoming)

    def _consume(
        self, number: int, scope: str, instance: str, element: str, diagram: Diagram, node: Node
    ) -> None:
        incoming = diagram.into(element)
        if node["kind"] == "boundaryEvent":
            return
        if not incoming:
            if node["kind"] == "startEvent" and not self._may_start(scope, instance, element, node):
                raise Broken(f"event {number}: {element} began twice or from nowhere")
            return
        found = [self._at(scope, instance, flow) for flow in incoming]
        present = [place for place in found if place]
        needed = incoming if node["kind"] == "parallelGateway" else incoming[:1]
        if len(present) < len(needed):
            raise Broken(f"event {number}: {element} ended although no flow had led to it")
        taken = present if node["kind"] in ("parallelGateway", "inclusiveGateway") else present[:1]
        for place in taken:
            self.marks[place] -= 1

    def _may_start(self, scope: str, instance: str, element: str, node: Node) -> bool:
        if (instance, element) in self.begun:
            self.begun.remove((instance, element))
            return True
        fresh = scope in self.active and scope not in self.started
        self.started.add(scope)
        return fresh

    def _drop(self, scope: str, instance: str, container: str, diagram: Diagram | None) -> None:
        """All marks of a scope go, with those a person put into it by hand."""
        flows = diagram.flows.items() if diagram else ()
        by_hand = {(instance, flow) for flow, (_, _, parent) in flows if parent == container}
        for place in [place for place in self.marks if place[0] == scope or place in by_hand]:
            self.withdrawn[place] += self.marks.pop(place)


def check_path(pack: Pack, events: list[Header], case: Header) -> str:
    folders = releases_of(events, case)
    releases = {digest: read_diagrams(pack, folder) for digest, folder in folders.items()}
    replay = Replay(releases, str(events[0].get("release") or case["release"]))
    steps = 0
    for number, header in enumerate(events, 1):
        replay.step(number, header)
        steps += header["type"].startswith("element_")
    return f"{steps} steps are possible on the released diagrams, in this order"


# --- the verdict ---------------------------------------------------------------------------------


def verify(
    path: str | Path, key_line: str | None = None, say: Callable[[str], object] = print
) -> bool:
    """Checks everything. True when all held; says each result through ``say``."""
    try:
        key = read_key(key_line) if key_line else None
        pack = Pack(path)
        say(f"held    {check_files(pack, key)}")
        case = pack.json("case.json")
        events, text = check_chain(pack, case)
        say(f"held    {text}")
        say(f"held    {check_log(pack, key)}")
        say(f"held    {check_values(pack, events)}")
        say(f"held    {check_attachments(pack, events)}")
        say(f"held    {check_release(pack, events, case)}")
        say(f"held    {check_path(pack, events, case)}")
    except Broken as problem:
        say(f"BROKEN  {problem}")
        return False
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as problem:
        say(f"BROKEN  the pack does not have the form it should have: {problem!r}")
        return False
    except ElementTree.ParseError as problem:
        say(f"BROKEN  a released diagram cannot be read: {problem}")
        return False
    say(f"case    {case['complaint_number']} ({case['case']}), pack made {case['made_at']}")
    if case["simulated"] or events[0]["facts"].get("simulated"):
        say("NOTE    SIMULATED: this case was run with a set clock for demonstration")
    if key is None:
        say("NOTE    no --key given: consistent with itself; its origin is not proven")
    else:
        say(f"held    signed by {key[0]}")
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("pack")
    parser.add_argument("--key", help="the public key line of the organisation")
    parser.add_argument("--key-file", help="a file that holds that line")
    options = parser.parse_args()
    with open(__file__, "rb") as own:
        print(f"verify.py {hashlib.sha256(own.read()).hexdigest()}")
    key = options.key
    try:
        if options.key_file:
            with open(options.key_file, encoding="utf-8") as file:
                key = file.read()
        if not zipfile.is_zipfile(options.pack):
            raise OSError(f"{options.pack} is not a ZIP file")
    except OSError as problem:
        print(f"UNUSABLE {problem}")
        return 2
    return 0 if verify(options.pack, key) else 1


if __name__ == "__main__":
    sys.exit(main())
