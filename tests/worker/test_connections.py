"""Connections to systems outside, against a real HTTP server, a real CSV file and a database."""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from runner.worker.connections import BadConnections, Connected, read_connections
from service_tasks.contract import Impossible, Retry


class Receiver:
    """Keeps requests; answers with ``status`` and ``body``."""

    def __init__(self) -> None:
        self.status = 200
        self.body = b'{"reference": "B-1"}'
        self.location = ""
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                received = self.rfile.read(length)
                receiver.seen.append(
                    (self.command, self.path, dict(self.headers.items()), received)
                )
                self.send_response(receiver.status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.send_header("Content-Length", str(len(receiver.body)))
                self.end_headers()
                self.wfile.write(receiver.body)

            do_GET = do_POST = _answer

            def log_message(self, format: str, *args: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, daemon=True)
    thread.start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()
    thread.join()


def connected(folder: Path, text: str) -> Connected:
    path = folder / "connections.yaml"
    path.write_text(text, encoding="utf-8")
    return Connected(read_connections(path))


def webhook(folder: Path, receiver: Receiver) -> Connected:
    (folder / "secret").write_bytes(b"shared secret\n")
    return connected(
        folder, f"erp: {{kind: webhook, url: {receiver.url!r}, secret_file: secret}}\n"
    )


def test_a_posting_is_signed_and_carries_its_key(tmp_path: Path, receiver: Receiver) -> None:
    answer = webhook(tmp_path, receiver).post("erp", {"amount": Decimal("12.50"), "甲": 1}, "job-7")
    assert answer == {"reference": "B-1"}
    ((method, _, headers, body),) = receiver.seen
    assert method == "POST"
    assert json.loads(body) == {"amount": 12.5, "甲": 1}
    assert headers["Idempotency-Key"] == "job-7"
    seconds, signed = (part.split("=")[1] for part in headers["Ombud-Signature"].split(","))
    expected = hmac.new(b"shared secret", f"{seconds}.".encode() + body, hashlib.sha256)
    assert signed == expected.hexdigest()


@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, Retry), (503, Retry), (429, Retry), (400, Impossible), (409, Impossible)],
)
def test_refusals_are_final_and_troubles_are_not(
    tmp_path: Path, receiver: Receiver, status: int, kind: type[Exception]
) -> None:
    receiver.status, receiver.body = status, "余额不足".encode()
    with pytest.raises(kind, match="余额不足"):
        webhook(tmp_path, receiver).post("erp", {}, "k")


def test_a_redirect_is_not_followed(tmp_path: Path, receiver: Receiver) -> None:
    receiver.status, receiver.location = 307, receiver.url + "/elsewhere"
    with pytest.raises(Impossible, match="307"):
        webhook(tmp_path, receiver).post("erp", {}, "k")
    assert len(receiver.seen) == 1


@pytest.mark.parametrize("body", [b"[1]", b"not json", b"[" * 100_000])
def test_an_answer_that_is_no_object_is_impossible(
    tmp_path: Path, receiver: Receiver, body: bytes
) -> None:
    receiver.body = body
    with pytest.raises(Impossible, match="JSON"):
        webhook(tmp_path, receiver).post("erp", {}, "k")


def test_a_huge_answer_is_refused(tmp_path: Path, receiver: Receiver) -> None:
    receiver.body = b'"' + b"x" * 1_100_000 + b'"'
    with pytest.raises(Impossible, match="1 MB"):
        webhook(tmp_path, receiver).post("erp", {}, "k")


def test_a_server_that_is_away_is_tried_again(tmp_path: Path, receiver: Receiver) -> None:
    away = webhook(tmp_path, receiver)
    receiver.server.server_close()
    receiver.url = "closed"
    with pytest.raises(Retry, match="did not answer"):
        away.post("erp", {}, "k")


def test_a_secret_that_is_missing_sends_nothing_unsigned(
    tmp_path: Path, receiver: Receiver
) -> None:
    erp = webhook(tmp_path, receiver)
    (tmp_path / "secret").unlink()
    with pytest.raises(Retry, match="secret"):
        erp.post("erp", {}, "k")
    assert receiver.seen == []


def test_records_come_from_a_rest_service(tmp_path: Path, receiver: Receiver) -> None:
    receiver.body = b'{"lots": [{"lot": "A/1", "made": "2026-11-02", "pieces": 480}]}'
    url = receiver.url + "/{lot}"
    lots = connected(tmp_path, f"lots: {{kind: rest, url: {url!r}, records: lots}}\n")
    found = lots.look_up("lots", {"lot": "A/1", "plant": "二厂"})
    assert found == [{"lot": "A/1", "made": "2026-11-02", "pieces": Decimal(480)}]
    assert receiver.seen[0][1] == "/hook/A%2F1?plant=%E4%BA%8C%E5%8E%82"
    with pytest.raises(Impossible, match="cannot be looked up"):
        lots.look_up("lots", {"lot": ".."})


def test_records_come_from_a_table_of_texts(tmp_path: Path) -> None:
    (tmp_path / "lots.csv").write_text("lot,customer\nL1,甲厂\nL2,乙厂\n L1 ,丙厂\n", "utf-8-sig")
    lots = connected(tmp_path, "lots: {kind: csv, file: lots.csv}\n")
    assert [row["customer"] for row in lots.look_up("lots", {"lot": "L1"})] == ["甲厂", "丙厂"]
    with pytest.raises(Impossible, match="no column 'batch'"):
        lots.look_up("lots", {"batch": "L1"})


def test_records_come_from_a_database_by_bound_parameters(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "mes.db") as mes:
        mes.execute("create table lots (lot text, line integer)")
        mes.execute("insert into lots values ('L1', 3), ('L2', 4)")
    mes.close()
    lots = connected(
        tmp_path,
        f"lots: {{kind: sql, url: 'sqlite:///{tmp_path / 'mes.db'}', "
        "query: 'select lot, line from lots where lot = :lot'}\n",
    )
    assert lots.look_up("lots", {"lot": "L1"}) == [{"lot": "L1", "line": "3"}]
    assert lots.look_up("lots", {"lot": "' or '1'='1"}) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("erp: {kind: fax}", "erp: kind: expected one of webhook, rest, csv, sql, found 'fax'"),
        ("erp: {kind: webhook}", "erp: url: expected a text"),
        ("erp: {kind: webhook, url: 'ftp://x/y'}", "expected http:// or https://"),
        ("erp: {kind: csv, file: a.csv, sheet: 1}", "erp: sheet: unknown"),
        ("erp: {kind: webhook, url: 'http://a/', timeout_seconds: 0}", "expected 1 to 120"),
        ("- erp", "expected connections by name"),
        ("erp: [", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_names_the_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "connections.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadConnections, match=said.replace("(", r"\(")):
        read_connections(path)


def test_a_connection_of_another_kind_is_impossible(tmp_path: Path) -> None:
    lots = connected(tmp_path, "lots: {kind: csv, file: lots.csv}\n")
    with pytest.raises(Impossible, match="should be webhook"):
        lots.post("lots", {}, "k")
    with pytest.raises(Impossible, match="no connection 'erp'"):
        lots.look_up("erp", {})
