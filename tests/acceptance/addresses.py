"""Every address there is, what is posted to it, and what each kind of visitor gets."""

from __future__ import annotations

from runner.engine.access import ADMINISTRATOR, COMPLIANCE
from tests.acceptance.browsing import Fields

# Who asks. The case waits for company_leader; customer_service takes complaints in.
ROLES = ("anonymous", "outsider", "member", "window", "compliance", "administrator")
GROUPS = {
    "outsider": "marketing",
    "member": "company_leader",
    "window": "customer_service",
    "compliance": COMPLIANCE,
    "administrator": ADMINISTRATOR,
}
Row = tuple[int, int, int, int, int, int]
EVERYBODY: Row = (200,) * 6
STAFF: Row = (302, 200, 200, 200, 200, 200)
UNREADABLE: Row = (422,) * 6
UNKNOWN: Row = (404,) * 6
# endpoint, method -> address, what is posted, status by role
Case = tuple[str, Fields, Row]
OPEN_TO_ALL: dict[tuple[str, str], Case] = {
    ("static", "GET"): ("/static/app.css", [], EVERYBODY),
    ("health.healthz", "GET"): ("/healthz", [], EVERYBODY),
    ("public.landing", "GET"): ("/", [], EVERYBODY),
    ("public.complaint", "GET"): ("/complaint", [], EVERYBODY),
    ("public.track", "POST"): ("/track", [("link", "no link")], UNREADABLE),
    ("public.send", "POST"): ("/complaint", [], UNREADABLE),
    ("sign_in.form", "GET"): ("/sign-in", [], (200, 302, 302, 302, 302, 302)),
    ("sign_in.enter", "POST"): ("/sign-in", [("username", "x"), ("password", "y")], UNREADABLE),
}
# Programs of others: a person's session opens nothing here, only a worker's token does.
UNSIGNED: Row = (401,) * 6
BY_WORKER_TOKEN: dict[tuple[str, str], Case] = {
    ("api_documents.openapi", "GET"): ("/api/v1/openapi.json", [], EVERYBODY),
    ("api_jobs.worker", "GET"): ("/api/v1/worker", [], UNSIGNED),
    ("api_jobs.activate", "POST"): ("/api/v1/jobs/activate", [], UNSIGNED),
    ("api_jobs.complete", "POST"): ("/api/v1/jobs/x/complete", [], UNSIGNED),
    ("api_jobs.fail", "POST"): ("/api/v1/jobs/x/fail", [], UNSIGNED),
    ("api_jobs.error", "POST"): ("/api/v1/jobs/x/error", [], UNSIGNED),
    ("api_jobs.lock", "POST"): ("/api/v1/jobs/x/lock", [], UNSIGNED),
    ("api_sending.message", "POST"): ("/api/v1/messages", [], UNSIGNED),
    ("api_sending.signal", "POST"): ("/api/v1/signals", [], UNSIGNED),
}
BY_PRIVATE_LINK: dict[tuple[str, str], Case] = {
    ("customer.status", "GET"): ("/c/{made_up}", [], UNKNOWN),
    ("customer.confirmation", "GET"): ("/c/{made_up}/received", [], UNKNOWN),
    ("customer.file", "GET"): ("/c/{made_up}/files/{file}", [], UNKNOWN),
    ("customer.inform", "POST"): ("/c/{made_up}/information", [("text", "x")], UNKNOWN),
    ("customer.withdraw", "POST"): ("/c/{made_up}/withdraw", [], UNKNOWN),
    ("customer.appeal", "POST"): ("/c/{made_up}/appeal", [("reason", "x")], UNKNOWN),
}
OF_STAFF: dict[tuple[str, str], Case] = {
    ("tasks.listing", "GET"): ("/tasks", [], STAFF),
    ("task.page", "GET"): ("/tasks/{task}", [], STAFF),
    ("cases.listing", "GET"): ("/cases", [], STAFF),
    ("cases.page", "GET"): ("/cases/{case}", [], STAFF),
    ("case_files.file", "GET"): ("/cases/{case}/files/{file}", [], STAFF),
    # the case holds who was responsible, for leaders and hr; compliance reads everything
    ("case_files.pack", "GET"): (
        "/cases/{case}/evidence.zip", [], (302, 403, 200, 403, 200, 403),
    ),
    ("case_documents.listing", "GET"): ("/cases/{case}/documents", [], STAFF),
    ("case_documents.make", "POST"): (
        "/cases/{case}/documents", [], (302, 422, 422, 422, 422, 422),
    ),
    ("duties.listing", "GET"): ("/duties", [], STAFF),
    ("duties.begin", "POST"): ("/duties/no_such_duty", [], (302, 404, 404, 404, 404, 404)),
    ("register.form", "GET"): ("/register", [], (302, 403, 403, 200, 403, 403)),
    ("register.start", "POST"): ("/register", [], (302, 403, 403, 422, 403, 403)),
    ("indicators.page", "GET"): ("/indicators", [], STAFF),
    ("indicators.counted", "GET"): ("/indicators/cases?what=all", [], STAFF),
    ("ledger.listing", "GET"): ("/ledger", [], STAFF),
    ("ledger.export", "GET"): ("/ledger.xlsx", [], STAFF),
    ("outbox.listing", "GET"): ("/outbox", [], STAFF),
    ("incidents.listing", "GET"): ("/incidents", [], STAFF),
    ("incidents.page", "GET"): ("/incidents/{incident}", [], STAFF),
    ("releases.listing", "GET"): ("/releases", [], STAFF),
    ("releases.tables", "GET"): ("/releases/1/triage_a.xlsx", [], STAFF),
    ("releases.names_of", "GET"): ("/releases/1/names.md", [], STAFF),
    ("manual.download", "GET"): (
        "/releases/1/manual?form=html&policy=demo-consumer&lang=en", [], STAFF,
    ),
    ("set_up.page", "GET"): ("/set-up", [], (302, 403, 403, 403, 403, 200)),
    ("set_up.draft", "GET"): (
        "/set-up/consumer-3track.yaml", [], (302, 403, 403, 403, 403, 200),
    ),
    ("compliance.page", "GET"): ("/compliance", [], STAFF),
    ("people.listing", "GET"): ("/people", [], (302, 403, 403, 403, 403, 200)),
    ("people.add", "POST"): ("/people", [], (302, 403, 403, 403, 403, 422)),
    ("people.change", "POST"): (
        "/people/{person}", [("active", "no")], (302, 403, 403, 403, 403, 303),
    ),
    ("tasks.claim", "POST"): ("/tasks/{task}/claim", [], (302, 403, 303, 403, 403, 403)),
    # nobody holds the outsiders' task: giving it back leaves it as it is
    ("tasks.unclaim", "POST"): ("/tasks/{task}/unclaim", [], (302, 303, 303, 303, 303, 303)),
    ("task.submit", "POST"): ("/tasks/{task}", [], (302, 403, 422, 403, 403, 403)),
    ("task.ask_help", "POST"): ("/tasks/{task}/help", [], (302, 403, 303, 403, 403, 403)),
    ("incidents.resolve", "POST"): (
        "/incidents/{incident}", [("reason", "looked at")], (302, 403, 403, 403, 403, 303),
    ),
    ("starts.decide", "POST"): (
        "/incidents/starts/none", [("reason", "x")], (302, 403, 403, 403, 403, 404),
    ),
    ("repairs.changes", "GET"): ("/cases/{case}/changes", [], (302, 403, 200, 403, 403, 200)),
    ("change_history.picture", "GET"): (
        "/cases/{case}/changes/1", [], (302, 403, 404, 403, 403, 404),
    ),
    ("repairs.preview", "GET"): (
        "/cases/{case}/move?token={task}&target=nowhere", [], (302, 403, 403, 403, 403, 422),
    ),
    ("repairs.variable", "GET"): (
        "/cases/{case}/variable?name=subject", [], (302, 403, 403, 403, 403, 200),
    ),
    ("repairs.suspend", "POST"): ("/cases/{case}/suspend", [], (302, 403, 422, 403, 403, 422)),
    ("repairs.resume", "POST"): ("/cases/{case}/resume", [], (302, 403, 422, 403, 403, 422)),
    ("repairs.cancel", "POST"): ("/cases/{case}/cancel", [], (302, 403, 422, 403, 403, 422)),
    ("repairs.move", "POST"): (
        "/cases/{case}/move", [("token", "{task}"), ("target", "nowhere")],
        (302, 403, 403, 403, 403, 422),
    ),
    ("repairs.edit", "POST"): (
        "/cases/{case}/variable", [("name", "subject")], (302, 403, 403, 403, 403, 422),
    ),
    ("repairs.decide", "POST"): (
        "/cases/{case}/requests/none", [], (302, 404, 404, 404, 404, 404),
    ),
    ("migrations.listing", "GET"): ("/migrations", [], (302, 403, 403, 403, 403, 200)),
    ("migrations.choose", "GET"): ("/migrations/new", [], (302, 403, 403, 403, 403, 200)),
    ("migrations.keep", "POST"): ("/migrations/plans", [], (302, 403, 403, 403, 403, 422)),
    ("migrations.plan", "GET"): ("/migrations/plans/none", [], (302, 403, 403, 403, 403, 404)),
    ("migrations.start", "POST"): (
        "/migrations/plans/none/start", [], (302, 403, 403, 403, 403, 404),
    ),
    ("migrations.batch", "GET"): ("/migrations/none", [], (302, 403, 403, 403, 403, 404)),
    ("migrations.revert", "POST"): (
        "/migrations/none/revert", [("reason", "x")], (302, 403, 403, 403, 403, 404),
    ),
    ("migrations.decide", "POST"): (
        "/migrations/none/decide", [("reason", "x")], (302, 403, 403, 403, 403, 404),
    ),
    ("sign_in.leave", "POST"): ("/sign-out", [], (303, 303, 303, 303, 303, 303)),
}  # fmt: skip
ALL = {**OPEN_TO_ALL, **BY_WORKER_TOKEN, **BY_PRIVATE_LINK, **OF_STAFF}
# The same addresses of a case that only those who need to know may know of.
HIDDEN = {
    "task.page", "task.submit", "task.ask_help", "tasks.claim", "tasks.unclaim", "cases.page",
    "change_history.picture",
    "repairs.changes", "repairs.preview", "repairs.variable", "repairs.suspend", "repairs.resume",
    "repairs.cancel", "repairs.move", "repairs.edit", "repairs.decide",
    "case_files.file", "case_files.pack", "case_documents.listing", "case_documents.make",
    "incidents.page", "incidents.resolve",
}  # fmt: skip
