"""Sends the day's reminders after the hour the operator set, a few in each round."""

from __future__ import annotations

import logging
from datetime import timedelta

from runner.engine.reminders import begin_reminder, postpone_reminder, reminders_due
from runner.engine.site import Site
from runner.settings import Settings
from runner.worker.mail import mailer
from service_tasks.contract import Impossible, Message, Retry

LOOK_EVERY = timedelta(minutes=5)
_log = logging.getLogger(__name__)


class Reminding:
    """Of one worker. Without a mail server or an hour nothing is sent: an outbox full of
    yesterday's reminders would help nobody."""

    def __init__(self, site: Site, settings: Settings) -> None:
        self._site = site
        self._settings = settings
        self._looked = site.machine_clock.now() - LOOK_EVERY

    def turn(self) -> int:
        """How many mails left."""
        settings, now = self._settings, self._site.machine_clock.now()
        if not settings.remind_at or not settings.smtp_host or now - self._looked < LOOK_EVERY:
            return 0
        self._looked = now
        here = self._site.clock.now().astimezone(self._site.zone)
        if here.strftime("%H:%M") < settings.remind_at:
            return 0
        return self.send()

    def send(self) -> int:
        """Sends what is due today, whatever the hour."""
        site, post, sent = self._site, mailer(self._settings), 0
        for reminder in reminders_due(site):
            if not begin_reminder(site, reminder):
                continue
            try:
                post.deliver(Message(reminder.key, reminder.to, reminder.subject, reminder.body))
                sent += 1
            except Retry as error:
                postpone_reminder(site, reminder)
                _log.warning("reminders wait: %s", error)
                return sent
            except Impossible as error:
                _log.warning("a reminder cannot be sent: %s", error)
        return sent
