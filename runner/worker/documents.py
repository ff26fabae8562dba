"""The ``Documents`` port of one call: documents of the case's release, filled from the case."""

from __future__ import annotations

from collections.abc import Mapping

from runner.documents.producing import produce
from runner.engine.site import Site
from runner.errors import Refusal
from service_tasks.contract import Attachment, Impossible, Value


class CaseDocuments:
    """Implements ``service_tasks.contract.Documents``."""

    def __init__(self, site: Site, case_id: str) -> None:
        self._site = site
        self._case_id = case_id

    def produce(
        self, kind: str, language: str, form: str, inputs: Mapping[str, Value]
    ) -> Attachment:
        try:
            return produce(
                self._site, self._case_id, kind, language=language, form=form, inputs=inputs
            )
        except Refusal as refusal:
            raise Impossible(refusal.message) from refusal
