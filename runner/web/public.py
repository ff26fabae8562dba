"""The public side: two doors, the complaint form, and where a customer finds their case again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from runner.definitions.forms_start import start_data
from runner.engine.access import CUSTOMER
from runner.engine.attachments import Upload as KeptUpload
from runner.engine.instances import start_complaint
from runner.errors import InvalidInput, TooLarge
from runner.web.form_post import Posted, read_post
from runner.web.form_view import FormContent, FormView, view_form
from runner.web.language import _
from runner.web.public_form import PublicForm, WaitingFiles, public_form
from runner.web.uploads import Upload
from runner.web.visit import choose_language, moments_by, this_site, typed, vocabulary_of

blueprint = Blueprint("public", __name__)
START = "start_received"
CHANNEL = "web_form"


@dataclass(frozen=True)
class LandingPage:
    """``error`` answers a link that could not be read."""

    error: str


@dataclass(frozen=True)
class ComplaintPage:
    """``key`` makes a second click of the button harmless."""

    form: FormView
    promise: str
    key: str


@blueprint.get("/")
def landing() -> str:
    return render_template("public/landing.html", page=LandingPage(""))


@blueprint.post("/track")
def track() -> str | Response:
    """A private link, or only its secret part, pasted into the field."""
    text = request.form.get("link", "").strip().rstrip("/")
    token = text.rsplit("/c/", 1)[-1].split("?")[0].split("/")[-1]
    if token and all(c.isalnum() or c in "-_=" for c in token) and len(token) >= 24:
        return redirect(url_for("customer.status", token=token), 303)
    error = _(
        "That is not a private link. It is in the confirmation you got, and looks like …/c/…."
    )
    return make_response(render_template("public/landing.html", page=LandingPage(error)), 422)


@blueprint.get("/complaint")
def complaint() -> str:
    with this_site().database.read() as connection:
        found = public_form(connection, this_site(), START, choose_language())
    posted = Posted(start_data(found.form, {}))
    return _page(found, posted, secrets.token_urlsafe(18))


@blueprint.post("/complaint")
def send() -> str | Response:
    site, language = this_site(), choose_language()
    waiting = WaitingFiles(site)
    key = typed("key", 60) or secrets.token_urlsafe(18)
    with site.database.read() as connection:
        found = public_form(connection, site, START, language)
    kept: list[str] = []

    def keep(upload: Upload, path: str) -> str:
        kept.append(waiting.keep(upload))
        return kept[-1]

    posted = read_post(found.form, request, keep)
    complete = not posted.only_shape and not posted.errors
    if complete and not posted.find_new_questions(_view(found, posted).asked):
        started = _start(found, posted, waiting, key)
        if started is not None:
            waiting.drop(_identities(posted))
            return redirect(url_for("customer.confirmation", token=started), 303)
    page = _page(found, posted, key)
    return make_response(page, 200 if posted.only_shape else 422)


def _start(found: PublicForm, posted: Posted, waiting: WaitingFiles, key: str) -> str | None:
    """The access token of the new case; None when something has to be corrected."""
    site = this_site()
    checked = found.form.validate(posted.data, {}, site.clock.now(), site.zone)
    if checked.errors:
        posted.errors = {path: list(messages) for path, messages in checked.errors.items()}
        return None
    values = dict(checked.values)
    uploads: list[KeptUpload] = []
    for info in found.form.fields():
        if info.type == "filepicker" and info.key in values:
            held = values.pop(info.key)
            for identity in held if isinstance(held, list) else []:
                upload = waiting.read(str(identity))
                if upload is not None:
                    uploads.append(
                        KeptUpload(upload.name, upload.media_type, upload.data, info.key)
                    )
    try:
        started = start_complaint(
            site,
            actor=CUSTOMER,
            variables=values,
            channel=CHANNEL,
            start_element=START,
            idempotency_key=f"web:{key}",
            attachments=uploads,
            language=choose_language(),
        )
    except (InvalidInput, TooLarge) as refused:
        posted.errors = {"": [refused.message]}
        return None
    return started.access_token


def _identities(posted: Posted) -> list[str]:
    return [
        item
        for value in posted.data.values()
        if isinstance(value, list)
        for item in value
        if isinstance(item, str)
    ]


def _view(found: PublicForm, posted: Posted) -> FormView:
    vocabulary = vocabulary_of(found.definitions)
    files = WaitingFiles(this_site()).items(_identities(posted))
    return view_form(
        found.form,
        FormContent(posted.data, {}, posted.errors, files),
        moments_by(vocabulary),
        choose_language(),
        vocabulary.labels,
    )


def _page(found: PublicForm, posted: Posted, key: str) -> str:
    page = ComplaintPage(_view(found, posted), found.promise, key)
    return render_template("public/complaint.html", page=page)
