"""What an error page says: what happened, what was kept, what to do. Never a code alone."""

from __future__ import annotations

from dataclasses import dataclass

from runner.web.language import _


@dataclass(frozen=True)
class ErrorPage:
    """``message`` is the refusal's own sentence; ``details`` one line for each wrong value."""

    status: int
    title: str
    message: str
    advice: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Words:
    title: str
    text: str
    advice: str


def error_words(status: int) -> Words:
    """Title, text and advice of an HTTP status, in the reader's language."""
    known = {
        400: Words(
            _("The page is out of date"),
            _("The request could not be understood."),
            _("Nothing was changed. Go back, reload the page and send it again."),
        ),
        403: Words(
            _("This is not open to you"),
            _("Your groups do not include this."),
            _("Nothing was changed. Ask a colleague of the group, or an administrator."),
        ),
        404: Words(
            _("Nothing here"),
            _("This page does not exist, or you may not know that it does."),
            _("Check the address, or begin again from the start page."),
        ),
        405: Words(
            _("Not possible this way"), _("This address does not take that."), _("Go back.")
        ),
        409: Words(
            _("Somebody was faster"),
            _("This is no longer in the state the page showed."),
            _("Nothing was changed. Go back and look at it as it is now."),
        ),
        413: Words(
            _("Too large"),
            _("What you sent is larger than allowed."),
            _("Nothing was saved. Files may have 10 MB each; send fewer or smaller ones."),
        ),
        422: Words(
            _("Something has to be corrected"),
            _("Some values cannot be accepted."),
            _("Nothing was changed. Go back, correct it and send it again."),
        ),
        429: Words(
            _("Too many tries"),
            _("There were too many tries in a short time."),
            _("Wait a minute and try again."),
        ),
        503: Words(
            _("Not possible just now"),
            _("The database cannot be reached."),
            _("Go back in a moment and send it again; what you typed is still on that page."),
        ),
    }
    return known.get(status) or Words(
        _("Something went wrong here"),
        _("The fault is ours, not yours."),
        _("What you had saved is kept. Try again in a moment; if it happens again, tell us."),
    )
