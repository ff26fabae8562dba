"""Filling an empty site with a demonstration: release, people, and complaints that really ran."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from runner.clock import SetClock
from runner.definitions.files import read_folder
from runner.definitions.shipped import shipped_folder
from runner.demo.cast import add_cast
from runner.demo.pace import arrival
from runner.demo.simulation import Simulation
from runner.demo.stories import Story, load_stories
from runner.engine import checkpoints, releases, start_timers
from runner.engine.access import SYSTEM
from runner.engine.instances import start_complaint
from runner.engine.site import Site
from runner.settings import Settings

SPAN = timedelta(days=90)
POLICY, DUTY = "demo-consumer", "weekly_summary"
PREPARED = timedelta(days=1)  # release and accounts are there before the first complaint

Progress = Callable[[int, int, str], None]


def first_moment(now: datetime) -> datetime:
    """Where the clock of a site to be filled has to stand."""
    return now - SPAN - PREPARED


def fill(
    site: Site,
    settings: Settings,
    *,
    now: datetime,
    progress: Progress,
    stories: Sequence[Story] | None = None,
) -> Simulation:
    """Fills an empty site whose clock is set to ``first_moment(now)`` or before; ends with a signed
    checkpoint, its clock at ``now``.

    Every case is started, worked on and closed by the engine's commands and marked simulated. The
    same ``now`` gives the same cases, answers and times. ``progress`` gets (stories begun, stories,
    local time). Raises what a command refuses: then the demonstration does not fit the procedure.
    """
    if not isinstance(site.clock, SetClock):
        raise TypeError("expected a site with a clock that can be set")
    chosen = load_stories() if stories is None else list(stories)
    made = releases.make_release(
        site, actor=SYSTEM, files=read_folder(shipped_folder()), reason="首次发布 / First release"
    )
    releases.approve_release(site, actor=SYSTEM, digest=made.digest)
    releases.make_effective(site, actor=SYSTEM, digest=made.digest)
    start_timers.disarm(site)  # three months of periodic duties would bury the complaints
    cast = add_cast(site)
    with site.database.read() as connection:
        definitions = site.definitions(connection, made.digest)
    simulation = Simulation(site, settings, definitions, cast, now)
    for story in chosen:
        simulation.begin(story, arrival(simulation.calendar(story), now, story))

    def report(moment: datetime) -> None:
        progress(len(simulation.cases), len(chosen), site.local_time(moment))

    simulation.run(report)
    start_timers.arm_again(site)
    _begin_duty(site)
    checkpoints.make_checkpoint(site)
    progress(len(chosen), len(chosen), site.local_time(now))
    return simulation


def _begin_duty(site: Site) -> None:
    """One periodic duty that waits for somebody, to be seen beside the complaints."""
    start_complaint(
        site,
        actor=SYSTEM,
        variables={"duty_id": DUTY},
        channel=start_timers.CHANNEL,
        start_element="duty_due",
        process_id="period_review",
        policy_id=POLICY,
        idempotency_key=f"demo duty {DUTY}",
        simulated=True,
    )
