"""The command line: ``ombud``. Thin: it reads arguments, calls the same functions as the pages, and
prints. Exit status 0 done, 1 refused or not held, 2 the input could not be used."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import click

from runner.cli_documents import document_command
from runner.cli_feel import feel
from runner.cli_manual import manual_command
from runner.cli_migrate import migrate_group
from runner.cli_tables import table
from runner.cli_try import try_command
from runner.cli_workers import worker_token
from runner.definitions.xml import MAX_BYTES
from runner.settings import Settings, terminal_language
from runner.terminal import console, plainly, procedure_folder, whole

DEMO_MARK, DEMO_POLICY = "demo-filled", "demo-consumer"
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ombud")
def main() -> None:
    """Complaint handling as editable diagrams that really run."""


main.add_command(table)
main.add_command(feel)
main.add_command(try_command)
main.add_command(worker_token)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@plainly
def init(folder: Path) -> None:
    """Write the shipped procedure to FOLDER for editing."""
    from runner.definitions.shipped import write_out

    for part in write_out(folder):
        console.print(f"{part}/", markup=False)
    console.print("Edit them, then: ombud check, ombud release.")


@main.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path, exists=True))
@plainly
def templates(folder: Path) -> None:
    """Write the modeler's element templates of all service tasks below FOLDER."""
    from runner.definitions.element_templates import FOLDER, write_templates
    from service_tasks import handlers

    written = write_templates(folder, handlers())
    console.print(f"{len(written)} templates in {FOLDER}", markup=False)


@main.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path, exists=True))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--lang", default="", help="zh or en; otherwise the terminal's language.")
@plainly
def check(paths: tuple[Path, ...], form: str, lang: str) -> None:
    """Say what is wrong with PATHS (files or folders; otherwise the procedure here).

    A file that lies in a procedure's folder is checked with the whole procedure around it."""
    from runner.definitions.check import check_file, check_folder, check_in_procedure, report

    single = bool(paths) and all(path.is_file() for path in paths)
    named = list(dict.fromkeys(map(whole, paths or (procedure_folder(),))))
    findings, alone = check_in_procedure([path for path in named if path.is_file()])
    for path in named:
        if path.is_dir():
            findings += check_folder(path)
        elif path in alone:
            findings += check_file(_bytes(path), str(path))
    language = lang or terminal_language()
    if form == "json":
        click.echo(report.format_json(findings, language))
    else:
        click.echo(report.format_text(findings, language, sys.stdout.isatty()))
    sys.exit(report.exit_status(findings, single_file=single))


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option("--reason", required=True, help="Why this release, in one sentence.")
@click.option("--by", "username", default="", help="Account that releases; default: the system.")
@plainly
def release(folder: Path | None, reason: str, username: str) -> None:
    """Check FOLDER, keep it as a release and make it effective for new complaints."""
    from runner.definitions.check import check as check_files
    from runner.definitions.files import read_folder
    from runner.engine import releases

    source = whole(folder) if folder else procedure_folder()
    files = read_folder(source)
    settings = _settings()
    if not _exists(settings):
        console.print(f"A new site is made in {settings.data_dir}/.", markup=False)
    with _Opened(settings, must_exist=False) as site:
        actor = _actor(site, username)
        made = releases.make_release(
            site, actor=actor, files=files, reason=reason, check=check_files
        )
        if made.state == "checked":
            made = releases.approve_release(site, actor=actor, digest=made.digest)
        if made.state != "effective":
            made = releases.make_effective(site, actor=actor, digest=made.digest)
        console.print(f"Release {made.number} is {made.state}: {made.digest}")
        console.print(f"From {source}/ into {settings.data_dir}/.", markup=False)


@main.command()
@click.option("--host", default=None)
@click.option("--port", type=int, default=None)
@click.option("--no-worker", is_flag=True, help="Pages only; run ombud work elsewhere.")
@plainly
def serve(host: str | None, port: int | None, no_worker: bool) -> None:
    """Serve the pages and do due work until stopped."""
    _serve(_settings(host=host, port=port), worker=not no_worker)


@main.command()
@plainly
def work() -> None:
    """Only do due work: timers, jobs, checkpoints."""
    from runner import serving
    from runner.worker.loop import Worker

    settings = _settings()
    with _Opened(settings) as site:
        serving.work(Worker(site, settings))


@main.command()
@click.option("--port", type=int, default=8080, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), default=Path("var/demo"))
@click.option("--fill-only", is_flag=True, help="Fill and stop, do not serve.")
@click.option("--cases", type=int, default=None, help="How many complaints; default: all.")
@plainly
def demo(port: int, folder: Path, fill_only: bool, cases: int | None) -> None:
    """Fill a demonstration (once) and serve it on this machine."""
    from runner.demo import ensure_filled

    settings = _settings(
        data_dir=folder, demo=True, host="127.0.0.1", port=port, site_name="ombud",
        public_url=f"http://127.0.0.1:{port}", policy=DEMO_POLICY,
    )  # fmt: skip
    ensure_filled(settings, console, cases)
    if not fill_only:
        _serve(settings, worker=True)


@main.command()
@click.argument("case")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=None)
@click.option("--lang", default="zh")
@click.option("--by", "username", default="")
@plainly
def evidence(case: str, output: Path | None, lang: str, username: str) -> None:
    """Write the evidence pack of CASE (acceptance number or case id)."""
    from runner.evidence.export import export_evidence

    with _Opened() as site:
        pack = export_evidence(site, actor=_actor(site, username), case=case, language=lang)
        target = output or Path(pack.name)
        target.write_bytes(pack.data)
        console.print(f"{target} ({len(pack.data):,} bytes)", markup=False)
        console.print(f'python3 verify.py {target} --key "{pack.public_key}"', markup=False)


@main.command()
@click.argument("case")
@click.option("--by", "username", default="")
@click.confirmation_option(prompt="This cannot be undone. Erase the customer's personal data?")
@plainly
def erase(case: str, username: str) -> None:
    """Erase the customer's personal data of CASE (acceptance number or case id)."""
    from runner.engine.erasure import erase_person
    from runner.store.complaints import case_by_number

    with _Opened() as site:
        with site.database.read() as connection:
            case_id = case_by_number(connection, case) or case
        erase_person(site, actor=_actor(site, username), case_id=case_id)
        console.print("Erased. The events and their proofs stay.")


@main.command()
@plainly
def upgrade() -> None:
    """Bring an older database to this version. Make a backup first."""
    from runner.store.database import Database

    database = Database(_settings().url)
    database.upgrade()
    database.close()
    console.print("The database is up to date.")


@main.command()
@click.argument("pack", type=click.Path(path_type=Path), required=False)
@click.option("--key", default=None, help="The public key line; default: this site's.")
@click.option("--digest", is_flag=True, help="Print the SHA-256 of the verifier in every pack.")
@plainly
def verify(pack: Path | None, key: str | None, digest: bool) -> None:
    """Check an evidence pack as an auditor would."""
    if digest:
        from runner.evidence.pack import verifier_digest

        click.echo(verifier_digest())
        return
    if pack is None:
        raise click.UsageError("Give the pack, or --digest.")
    from runner.engine.checkpoints import public_key
    from runner.evidence import verify as verifier

    if key is None:
        with _Opened() as site:
            key = public_key(site)
    sys.exit(0 if verifier.verify(pack, key) else 1)


@main.command("public-key")
@plainly
def public_key_command() -> None:
    """Print the public key line to give to auditors."""
    from runner.engine.checkpoints import public_key

    with _Opened() as site:
        console.print(public_key(site), markup=False)


@main.command()
@click.argument("username")
@click.option("--name", required=True, help="Name shown to others.")
@click.option("--group", "groups", multiple=True, help="Repeat for each group.")
@click.option("--email", default=None)
@click.option("--language", default="zh")
@click.password_option()
@plainly
def person(
    username: str,
    name: str,
    groups: tuple[str, ...],
    email: str | None,
    language: str,
    password: str,
) -> None:
    """Add an account."""
    from runner.engine import people
    from runner.engine.access import SYSTEM

    with _Opened() as site:
        added = people.add_person(
            site,
            actor=SYSTEM,
            username=username,
            display_name=name,
            email=email,
            language=language,
            groups=frozenset(groups),
            password=password,
        )
        console.print(f"{added.username}: {', '.join(sorted(added.groups))}", markup=False)


class _Opened:
    """The site of the settings, closed at the end. Only what makes a site may find none: reading
    commands never make an empty database or a new key by mistake."""

    def __init__(self, settings: Settings | None = None, *, must_exist: bool = True) -> None:
        self._settings = settings or _settings()
        self._must_exist = must_exist

    def __enter__(self):  # type: ignore[no-untyped-def]  # avoids importing the engine at start
        from runner.engine.site import open_site

        if self._must_exist and not _exists(self._settings):
            raise FileNotFoundError(
                f"There is no site in {self._settings.data_dir}/. Set OMBUD_DATA_DIR to its "
                "folder (of the demonstration: var/demo), or make one with ombud release."
            )
        self._site = open_site(self._settings)
        return self._site

    def __exit__(self, *error: object) -> None:
        self._site.database.close()


def opened_site() -> _Opened:
    """For commands in modules of their own: the site of the settings, which must be there."""
    return _Opened()


def _settings(**given: object) -> Settings:
    known = {name: value for name, value in given.items() if value is not None}
    settings = dataclasses.replace(Settings.from_environment(), **known)  # type: ignore[arg-type]
    if (settings.data_dir / DEMO_MARK).exists():  # its checkpoints and packs say so for ever
        policy = settings.policy or DEMO_POLICY
        settings = dataclasses.replace(settings, demo=True, policy=policy)
    return settings


def _exists(settings: Settings) -> bool:
    """Whether there is a database to open; one on a server is asked when it is opened."""
    return bool(settings.database_url) or (settings.data_dir / "ombud.db").exists()


def _serve(settings: Settings, *, worker: bool) -> None:
    from runner import serving
    from runner.web.app import create_app
    from runner.worker.loop import Worker

    serving.check_port(settings)
    with _Opened(settings, must_exist=False) as site:
        serving.serve(
            create_app(site, loopback=settings.host in LOOPBACK, proxies=settings.trusted_proxies),
            settings,
            Worker(site, settings) if worker else None,
            lambda address: console.print(f"Ombud is at {address}  (Ctrl C stops it)"),
        )


def _actor(site, username: str):  # type: ignore[no-untyped-def]  # as above
    from runner.engine import people
    from runner.engine.access import SYSTEM

    return people.find_person(site, username=username) if username else SYSTEM


def _bytes(path: Path) -> bytes:
    """The file's bytes, or as many as show that it is too large."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


main.add_command(migrate_group(lambda: _Opened(), _actor))
main.add_command(manual_command(lambda: _Opened(), _settings))
main.add_command(document_command(lambda: _Opened(), _actor))
