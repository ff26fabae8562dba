"""A throw-away PostgreSQL server for tests, where its programs are installed."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
UNPRIVILEGED = ("postgres", "nobody")


def find_programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``, newest version first."""
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    for pattern in PLACES:
        found += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    return next((p for p in found if (p / "initdb").exists() and (p / "pg_ctl").exists()), None)


@dataclass(frozen=True)
class Server:
    """A running server with trust authentication on one port of the loopback address."""

    folder: Path
    programs: Path
    port: int

    def new_database(self) -> str:
        """The address of a new, empty database."""
        name = f"t{uuid4().hex[:12]}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "ombud", name)
        return f"postgresql+psycopg://ombud@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        """Ends the server, also one whose folder somebody cleaned away or that ended by itself."""
        data = self.folder / "data"
        if (data / "postmaster.pid").exists():
            stop = ("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
            self._run(*stop, check=False)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        subprocess.run(
            [str(self.programs / program), *arguments],
            check=check,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=120,
            **_as_somebody(),
        )


def start_server(folder: Path) -> Server:
    """Makes a cluster in ``folder`` and starts it. Raises ``FileNotFoundError`` without programs,
    ``subprocess.CalledProcessError`` or ``TimeoutExpired`` when it does not start."""
    programs = find_programs()
    if programs is None:
        raise FileNotFoundError("no initdb and pg_ctl found")
    folder.mkdir(parents=True, exist_ok=True)
    account = _account()
    if account is not None:
        os.chown(folder, account.pw_uid, account.pw_gid)
        for parent in (folder, *folder.parents):  # pytest's folders are the owner's alone
            if parent.stat().st_uid == 0 and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o011)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Server(folder, programs, port)
    data = str(folder / "data")
    server._run("initdb", "-D", data, "-U", "ombud", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c fsync=off -k {folder}"
    log = str(folder / "log")
    server._run("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "-t", "60", "start")
    return server


def _account() -> pwd.struct_passwd | None:
    """Whom to run as when we are root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _as_somebody() -> dict[str, object]:
    account = _account()
    return {} if account is None else {"user": account.pw_uid, "group": account.pw_gid, "cwd": "/"}
