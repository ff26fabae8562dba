"""The port of pure handlers: registers, ledger and customers' files of the site's database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import uuid4

from runner.encoding import dumps, loads
from runner.engine.case_change import CaseChange
from runner.engine.spiff.host import Token
from runner.store.registers import customer_file, next_number, read_ledger, write_ledger


class CaseRegisters:
    """Implements ``service_tasks.contract.Registers`` inside one command's transaction."""

    def __init__(self, change: CaseChange, token: Token) -> None:
        self._change = change
        self._token = token

    def next_number(self, register: str, year: int) -> int:
        return next_number(self._change.connection, register, year)

    def ledger_row(self, columns: Mapping[str, object]) -> None:
        change = self._change
        subject = change.case.row.subject_id
        vault, connection = change.site.vault, change.connection
        known = read_ledger(connection, change.case.id)
        row: dict[str, object] = {}
        if known is not None:
            found = loads(vault.decrypt(connection, subject, known))
            row.update(found if isinstance(found, dict) else {})
        row.update(columns)
        data = vault.encrypt(connection, subject, dumps(row))
        write_ledger(connection, change.case.id, data, change.at, new=known is None)

    def values(self, names: Sequence[str]) -> Mapping[str, object]:
        variables = self._change.variables(self._token)
        return {name: variables.get(name) for name in names}

    def customer_file(self, contact: str, name: str) -> str:
        """Found by contact alone, which is not kept: names are written in many ways."""
        normal = "".join(contact.split()).casefold()
        digest = self._change.site.derived("customer file", normal).hex()
        return customer_file(self._change.connection, digest, uuid4().hex, self._change.at)
