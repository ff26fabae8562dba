"""A pack of every conformance case holds; a token flow changed in it is found, even where every
event is chained anew. Every run takes a fifth of the cases, ``make soak`` takes all."""

from __future__ import annotations

import copy
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from runner.clock import SetClock
from runner.engine.checkpoints import make_checkpoint, origin
from runner.engine.site import Site
from runner.engine.worker_tokens import ExternalWorker
from runner.evidence import verify
from runner.evidence.pack import Signer, _recorded, _signed_list, _zip
from runner.evidence.reading import CaseRecord, read_case
from runner.store.database import Database
from runner.store.keys import KeyFolder, Vault
from tests.conformance.cases import Case, all_cases
from tests.conformance.driving import Driver
from tests.engine.conftest import START, House

WORKER = ExternalWorker("packs", frozenset({"work", "other"}), inputs_only=False)
# Once each was an honest pack that the verifier called broken.
ALWAYS = {
    "compensation/handler_cancelled",
    "event_sub_process/in_multi_instance",
    "multi_instance/terminate_one",
    "terminate_event/while_undoing",
}
CASES = [
    pytest.param(
        case,
        id=case.name,
        marks=() if number % 5 == 0 or case.name in ALWAYS else (pytest.mark.soak,),
    )
    for number, case in enumerate(all_cases())
]
Header = verify.Header


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("conformance-packs")
    database = Database(f"sqlite:///{folder / 'site.db'}")
    database.create()
    keys = KeyFolder(folder / "keys")
    keys.create()
    clock = SetClock(START)
    site = Site(
        database=database, vault=Vault(keys.master()), clock=clock, keys=keys, name="packs",
        public_url="http://packs", demo=False, zone=ZoneInfo("Asia/Shanghai"), handlers={},
    )  # fmt: skip
    yield House(site, clock)
    database.close()


@pytest.mark.parametrize("case", CASES)
def test_a_pack_of_each_case_holds_and_a_changed_flow_is_found(
    shared_house: House, case: Case, tmp_path: Path
) -> None:
    record, signer = played(shared_house, case)
    path = tmp_path / "pack.zip"
    path.write_bytes(packed(record, signer))
    lines: list[str] = []
    assert verify.verify(path, signer.public_key, lines.append), "\n".join(lines)
    whole = verify.Pack(path)
    told = whole.json("case.json")
    events, _ = verify.check_chain(whole, told)
    diagrams = verify.read_diagrams(whole, "release/")
    flows = {flow for diagram in diagrams.values() for flow in diagram.flows}
    for what, forged in falsified(events, flows):
        chained(whole, told, forged)
        again, _ = verify.check_chain(whole, told)
        with pytest.raises(verify.Broken, match="event"):
            verify.check_path(whole, again, told)
            pytest.fail(f"not found: {what}")


def played(house: House, case: Case) -> tuple[CaseRecord, Signer]:
    house.release(case.file.read_bytes())
    driver = Driver(house, case, WORKER, restart=False, race=False)
    driver.run()
    site = house.site
    make_checkpoint(site)
    with site.database.read() as connection:
        record = read_case(connection, site.vault, driver.case_id)
    return record, Signer(origin(site), site.keys.signing())


def packed(record: CaseRecord, signer: Signer) -> bytes:
    """The pack without what is drawn for people."""
    files = dict(_recorded(record, datetime(2026, 11, 20, tzinfo=UTC)))
    listed = json.dumps({name: hashlib.sha256(data).hexdigest() for name, data in files.items()})
    files["manifest.json"] = listed.encode()
    files["manifest.note"] = _signed_list(listed.encode(), record, signer).encode()
    return _zip(files)


def chained(pack: verify.Pack, told: Header, events: list[Header]) -> None:
    """Puts these events in the place of the pack's, each following the one before it."""
    previous = hashlib.sha256(b"ombud event log").hexdigest()
    lines = []
    for number, event in enumerate(events, 1):
        line = json.dumps({**event, "number": str(number), "previous": previous}).encode()
        previous = hashlib.sha256(line).hexdigest()
        lines.append(line)
    pack.files["events.jsonl"] = b"\n".join(lines)
    told["events"] = str(len(lines))


def falsified(events: list[Header], drawn: set[str]) -> Iterator[tuple[str, list[Header]]]:
    """Each way to change what led to a step: the completion before it left out, moved behind it,
    said twice, or said to have led elsewhere or nowhere. Only where one flow led to that step, once
    in the whole case, so that no other token can have come by it."""
    taken = Counter(flow for event in events for flow in event["facts"].get("flows", ()))
    at = Counter(event["element"] for event in events if event["type"] == "element_completed")
    for index, event in enumerate(events):
        if event["type"] != "element_completed":
            continue
        element = event["element"]
        rest = events[:index] + events[index + 1 :]
        yield f"{element} ended twice", [*events[:index], event, *events[index:]]
        flows = event["facts"].get("flows", ())
        if flows:
            lost = copy.deepcopy(event)
            lost["facts"]["flows"] = flows[:-1]
            yield f"{element} led nowhere", [*events[:index], lost, *events[index + 1 :]]
        for flow in flows:
            source, _, target = flow.partition("_to_")
            led = [
                place
                for place, other in enumerate(rest)
                if other.get("element") == target and other["type"].startswith("element_")
            ]
            others = [name for name in taken if name.endswith(f"_to_{target}") and name != flow]
            if taken[flow] != 1 or at[source] != 1 or others or not led or led[0] < index:
                continue
            yield f"{element} left out", rest
            for instead in {name for name in drawn if name.startswith(f"{source}_to_")} - {*flows}:
                other = copy.deepcopy(event)
                other["facts"]["flows"] = [instead if name == flow else name for name in flows]
                yield f"{element} led by {instead}", [*events[:index], other, *events[index + 1 :]]
            moved = [*rest[: led[-1] + 1], event, *rest[led[-1] + 1 :]]
            yield f"{element} moved behind {target}", moved
