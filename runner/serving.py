"""Running the site: waitress for pages, a worker for due work, and an orderly end for both."""

from __future__ import annotations

import gc
import signal
import socket
import threading
from collections.abc import Callable

import waitress
from flask import Flask

from runner.settings import Settings
from runner.worker.loop import Worker


def check_port(settings: Settings) -> None:
    """Raises ``OSError`` in words when the port is taken, before anything is opened."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise OSError(
                f"Port {settings.port} of {settings.host} cannot be used ({error.strerror}). "
                "Is Ombud running already? Choose another with --port (make demo PORT=8081)."
            ) from error


def serve(
    app: Flask, settings: Settings, worker: Worker | None, ready: Callable[[str], None]
) -> None:
    """Serves until SIGTERM or SIGINT. Running requests and the job in hand are finished first.

    ``ready`` is told the address once the socket listens.
    """
    server = waitress.create_server(
        app,
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        ident=None,
        max_request_body_size=64_000_000,
        channel_timeout=60,
        # the application believes as many proxies as the settings say; waitress would hide them
        clear_untrusted_proxy_headers=settings.trusted_proxies == 0,
    )
    # waitress drops running requests on SIGTERM's default action; SystemExit lets them finish.
    signal.signal(signal.SIGTERM, _leave)
    rarely_collect()
    thread: threading.Thread | None = None
    if worker is not None:
        thread = threading.Thread(target=worker.run, name="worker")
        thread.start()
    ready(f"http://{settings.host}:{server.effective_port}")
    try:
        server.run()
    finally:
        if worker is not None and thread is not None:
            worker.stop()
            thread.join(timeout=30)
        server.close()


def rarely_collect() -> None:
    """Many live cases are long-lived objects: collecting them again and again costs milliseconds.
    What is there now is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def work(worker: Worker) -> None:
    """Only a worker, until SIGTERM or SIGINT."""
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    signal.signal(signal.SIGINT, lambda *_: worker.stop())
    worker.run()


def _leave(*_: object) -> None:
    raise SystemExit(0)
