"""Making a document again: by a person, as a new revision."""

from __future__ import annotations

from runner.definitions.documents import DocumentKind
from runner.definitions.findings import half
from runner.documents.producing import produce
from runner.engine.access import SYSTEM, Person
from runner.engine.cases import check_visible
from runner.engine.documents import StaleRevision, add_document, check_may_make
from runner.engine.instances import COMPLAINT
from runner.engine.site import Site
from runner.errors import InvalidInput
from runner.store.case_lists import case_line
from runner.store.cases import find_case
from runner.store.complaints import case_by_number
from service_tasks.contract import Attachment, Impossible

TRIES = 4  # somebody else may produce the same document at this moment


def make_document(
    site: Site,
    *,
    actor: Person,
    case: str,
    kind: str,
    language: str = "",
    form: str = "",
    inputs: dict[str, object] | None = None,
    reader: str = "",
) -> tuple[str, Attachment]:
    """(attachment id, the document), kept as the next revision of its kind with ``case``, which is
    its id or acceptance number.

    Raises ``NotFound``, ``NotAllowed``, ``InvalidInput`` for what cannot be produced, ``Erased``.
    """
    with site.database.read() as connection:
        case_id = case_by_number(connection, case) or case
        check_visible(connection, site, actor, case_id)
        row = find_case(connection, case_id)
        assert row is not None
        kinds = site.definitions(connection, row.release_digest).documents
        wanted: DocumentKind | None = kinds.get(kind)
        line = case_line(connection, case_id)
        of_one_case = line is None or line.kind == COMPLAINT
        if wanted is not None and wanted.about == "period" and of_one_case and actor is not SYSTEM:
            raise InvalidInput(
                f"“{half(wanted.title, 'zh')}”讲一段时间的所有投诉，请在周期任务的案件里生成。 / "
                f"'{half(wanted.title, 'en')}' tells of all complaints of a period: produce it "
                "with the case of a periodic duty."
            )
    if wanted is not None:
        check_may_make(
            site, actor=actor, case_id=case_id, seen_by=wanted.seen_by, made_by=wanted.made_by
        )
    for attempt in range(1, TRIES + 1):
        try:
            made = produce(
                site, case_id, kind, language=language, form=form, inputs=inputs,
                reader=reader or actor.language, by=actor.display_name,
            )  # fmt: skip
        except Impossible as impossible:
            raise InvalidInput(str(impossible)) from impossible
        try:
            return add_document(site, actor=actor, case_id=case_id, made=made), made
        except StaleRevision:
            if attempt == TRIES:
                raise
    raise AssertionError("unreachable")
