"""The web application: pages of one site. HTTP and HTML only; every change is an engine command."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, abort, g, make_response, render_template, request, url_for
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from jinja2 import StrictUndefined
from werkzeug.exceptions import BadHost, HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from runner.engine.access import ADMINISTRATOR
from runner.engine.site import Site
from runner.errors import (
    AlreadyExists,
    InvalidInput,
    InvalidState,
    NotAllowed,
    NotFound,
    Refusal,
    TooLarge,
    Unavailable,
)
from runner.web import (
    api,
    case_documents,
    case_files,
    cases,
    change_history,
    compliance,
    customer,
    duties,
    health,
    incidents,
    indicators,
    ledger,
    manual,
    migrations,
    outbox,
    people,
    public,
    refused_starts,
    register,
    releases,
    repairs,
    set_up,
    sign_in,
    task,
    tasks,
)
from runner.web.error_pages import ErrorPage, error_words
from runner.web.language import _
from runner.web.visit import (
    LANGUAGE_COOKIE,
    LANGUAGES,
    THEME_COOKIE,
    THEMES,
    choose_language,
    choose_theme,
    current_person,
    in_language,
    remember,
    this_site,
)

STATUS: dict[type[Refusal], int] = {
    NotFound: 404,
    NotAllowed: 403,
    InvalidState: 409,
    AlreadyExists: 409,
    InvalidInput: 422,
    TooLarge: 413,
}
# Everybody may open the page; those whose work it is find it in the navigation.
SHOWS_COMPLIANCE = frozenset({"compliance", "administrator", "process_owner", "quality_manager"})
MAX_REQUEST = 64_000_000
RETRY_SECONDS = 10
_STATIC = Path(__file__).parent / "static"
_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def create_app(site: Site, *, loopback: bool = True, proxies: int = 0) -> Flask:
    """The WSGI application. ``loopback`` tells that only this machine can reach it: demo people
    are offered as sign-in buttons only then (and only on a demo site). ``proxies`` is how many
    reverse proxies' X-Forwarded headers are believed."""
    app = Flask("runner.web")
    if proxies:
        forwarded = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
        app.wsgi_app = forwarded  # type: ignore[method-assign]
    secure = site.public_url.startswith("https:")
    app.config.update(
        SECRET_KEY=site.derived("web session", site.name),
        SESSION_COOKIE_NAME="ombud_form",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=secure,
        MAX_CONTENT_LENGTH=MAX_REQUEST,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        MAX_FORM_PARTS=5_000,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        BABEL_DEFAULT_LOCALE="en",
        BABEL_TRANSLATION_DIRECTORIES=str(Path(__file__).parent / "translations"),
        RATELIMIT_STORAGE_URI="memory://",
        OFFER_DEMO_PEOPLE=site.demo and loopback,
        TRUSTED_HOSTS=None,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["ombud_site"] = site
    app.extensions["ombud_vocabularies"] = {}
    app.extensions["ombud_static"] = _static_versions()
    csrf = CSRFProtect(app)
    Babel(app, locale_selector=choose_language, timezone_selector=lambda: site.zone.key)
    limiter = Limiter(get_remote_address, app=app, headers_enabled=False)
    for module in (
        public, customer, sign_in, tasks, task, cases, duties, case_documents, case_files, register,
        outbox, indicators, ledger, incidents, refused_starts, releases, set_up, manual,
        migrations, repairs, change_history, people, compliance, health,
    ):  # fmt: skip
        app.register_blueprint(module.blueprint)
    api.install(app, csrf, limiter)
    limiter.limit("20 per minute; 100 per hour", methods=["POST"])(sign_in.blueprint)
    # One account cannot be tried from many addresses either.
    limiter.limit(
        "30 per hour", key_func=sign_in.account, exempt_when=sign_in.no_account, methods=["POST"]
    )(sign_in.blueprint)
    limiter.limit("30 per minute; 200 per hour", methods=["POST"])(public.blueprint)
    limiter.limit("60 per minute", methods=["POST"])(customer.blueprint)
    _shell(app)
    _errors(app)
    app.before_request(_no_zeros)
    app.after_request(_protect)
    return app


def _static_versions() -> dict[str, str]:
    """A short digest of each file of ours, so that browsers fetch a changed one."""
    return {
        path.relative_to(_STATIC).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:10]
        for path in sorted(_STATIC.rglob("*"))
        if path.is_file()
    }


def _shell(app: Flask) -> None:
    """What every template may use."""

    def asset(name: str) -> str:
        versions: dict[str, str] = app.extensions["ombud_static"]
        return url_for("static", filename=name, v=versions.get(name, "0"))

    def has_asset(name: str) -> bool:
        return name in app.extensions["ombud_static"]

    def other_language() -> tuple[str, str]:
        language = "en" if choose_language() == "zh" else "zh"
        arguments = request.args.to_dict(flat=False) | {"lang": [language]}
        query = "&".join(f"{k}={v}" for k, vs in arguments.items() for v in vs if k == "lang")
        path = request.path.lstrip("/\\")  # "//name" would leave the site
        return language, f"/{path}?{query}"

    @app.context_processor
    def names() -> dict[str, object]:
        person = current_person()
        return {
            "asset": asset,
            "has_asset": has_asset,
            "half": in_language,
            "language": choose_language(),
            "theme": choose_theme(),
            "other_language": other_language,
            "person": person,
            "is_administrator": person is not None and ADMINISTRATOR in person.groups,
            "sees_compliance": person is not None and bool(person.groups & SHOWS_COMPLIANCE),
            "site": this_site(),
        }


def _errors(app: Flask) -> None:
    def page(status: int, message: str, details: tuple[str, ...] = ()) -> Response:
        words = error_words(status)
        view = ErrorPage(status, words.title, message or words.text, words.advice, details)
        return make_response(render_template("error.html", page=view), status)

    @app.errorhandler(Refusal)
    def refused(error: Refusal) -> Response:
        status = STATUS.get(type(error), 0) or next(
            (code for kind, code in STATUS.items() if isinstance(error, kind)), 409
        )
        details: tuple[str, ...] = ()
        if isinstance(error, InvalidInput):
            details = tuple(in_language(m) for found in error.errors.values() for m in found)
        return page(status, in_language(error.message), details)

    @app.errorhandler(Unavailable)
    def unavailable(error: Unavailable) -> Response:
        app.logger.warning("The database is %s: %s", error.reason, request.url_rule)
        if "person" not in g:  # asking who is there may be what failed
            g.person = None
        answer = page(503, in_language(error.message))
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
        return answer

    @app.errorhandler(CSRFError)
    def stale(error: CSRFError) -> Response:
        return page(400, _("This page was open for too long or came from elsewhere."))

    @app.errorhandler(BadHost)
    def nobody(error: BadHost) -> Response:  # without a name no page can link to another
        return make_response("400 Bad Request: the Host header is not a name\n", 400, _PLAIN)

    @app.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Response:
        return page(error.code or 500, "")

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        # The rule, not the path: a customer's address holds their secret.
        app.logger.exception("A page failed: %s %s", request.method, request.url_rule)
        return page(500, "")


def _no_zeros() -> None:
    """No address of ours holds a zero character, and no database text may."""
    if "\x00" in request.path:
        abort(404)
    if any("\x00" in value for _, value in request.args.items(multi=True)):
        abort(400)


def _protect(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _CSP)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if this_site().public_url.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint == "static" and response.status_code < 400:
        headers["Cache-Control"] = "public, max-age=31536000, immutable"
    else:
        headers.setdefault("Cache-Control", "no-store")
        headers.add("Vary", "Cookie, Accept-Language")
    if request.args.get("lang", "") in LANGUAGES:
        remember(response, LANGUAGE_COOKIE, request.args["lang"])
    if request.args.get("theme", "") in (*THEMES, "system"):
        remember(response, THEME_COOKIE, request.args["theme"])
    return response
