"""The server as it is behind a reverse proxy, and as it is without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.serving import Browser, Server
from tests.sites import Released

POSTS = 31  # from one address 30 are taken in a minute


@pytest.mark.parametrize(("proxies", "last"), [(1, 422), (0, 429)])
def test_limits_count_the_address_that_a_believed_proxy_tells(
    released: Released, tmp_path: Path, proxies: int, last: int
) -> None:
    site, settings = released.copy(tmp_path / "site")
    site.database.close()
    server = Server(settings, tmp_path / "log", proxies=proxies)
    server.start()
    try:
        for number in range(POSTS):
            browser = Browser(server.port, address=f"198.51.100.{number}")
            page = browser.get("/complaint")
            answer = browser.post("/track", [("csrf_token", page.csrf), ("link", "no link")])
            browser.close()
        assert answer.status == last
    finally:
        server.stop()
