"""``ombud worker-token``: which programs outside may do what. Exit status as of all commands."""

from __future__ import annotations

import click

from runner.settings import terminal_language
from runner.terminal import console, errors, plainly


@click.group("worker-token")
def worker_token() -> None:
    """Tokens of programs outside: make, list, revoke."""


@worker_token.command("add")
@click.argument("name")
@click.option("--type", "types", multiple=True, help="A job type it may serve; may be repeated.")
@click.option("--message", "messages", multiple=True, help="A message it may publish; the same.")
@click.option("--signal", "signals", multiple=True, help="A signal it may broadcast; the same.")
@click.option(
    "--inputs-only",
    is_flag=True,
    help="Give it only what the diagram maps in, not every variable its element sees.",
)
@plainly
def add(
    name: str,
    types: tuple[str, ...],
    messages: tuple[str, ...],
    signals: tuple[str, ...],
    inputs_only: bool,
) -> None:
    """Make a token for the program NAME and print it, this once. It opens only what is named."""
    from runner.cli import opened_site
    from runner.engine.access import SYSTEM
    from runner.engine.worker_tokens import add_worker_token

    with opened_site() as site:
        token = add_worker_token(
            site,
            actor=SYSTEM,
            name=name,
            job_types=types,
            inputs_only=inputs_only,
            messages=messages,
            signals=signals,
        )
    errors.print(
        "令牌只显示这一次，请妥善保存。 / The token is shown this once; keep it safe.", markup=False
    )
    console.print(token, markup=False, soft_wrap=True)


@worker_token.command("list")
@plainly
def list_() -> None:
    """Say who may serve which job types and send which messages and signals."""
    from runner.cli import opened_site
    from runner.engine.worker_tokens import worker_tokens

    zh = terminal_language() == "zh"
    with opened_site() as site:
        for token in worker_tokens(site):
            words = [token.name, *([", ".join(token.job_types)] if token.job_types else [])]
            if token.messages:
                words.append(("消息：" if zh else "messages: ") + ", ".join(token.messages))
            if token.signals:
                words.append(("信号：" if zh else "signals: ") + ", ".join(token.signals))
            if token.inputs_only:
                words.append("仅映射的输入" if zh else "mapped inputs only")
            if token.revoked_at is not None:
                words.append(("已撤销 " if zh else "revoked ") + site.local_time(token.revoked_at))
            elif token.seen_at is not None:
                words.append(("最近使用 " if zh else "seen ") + site.local_time(token.seen_at))
            else:
                words.append("未使用" if zh else "never used")
            console.print("  ".join(words), markup=False, soft_wrap=True)


@worker_token.command("revoke")
@click.argument("name")
@plainly
def revoke(name: str) -> None:
    """Close NAME's token at once. What it holds comes back when its locks end."""
    from runner.cli import opened_site
    from runner.engine.access import SYSTEM
    from runner.engine.worker_tokens import revoke_worker_token

    with opened_site() as site:
        revoke_worker_token(site, actor=SYSTEM, name=name)
    console.print(f"{name}: 已撤销。 / revoked.", markup=False)
