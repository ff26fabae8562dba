"""What automation does: one idempotent handler per module, named like its job type."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from service_tasks.contract import Handler


@cache
def handlers() -> Mapping[str, Handler]:
    """Every handler by job type. Raises ``TypeError`` for a module that declares none, or one of
    another name: a diagram must never name a handler that is not the one it gets."""
    found: dict[str, Handler] = {}
    for module in pkgutil.iter_modules(__path__):
        if module.name in {"contract", "mail_text", "outside"}:
            continue
        handler = getattr(importlib.import_module(f"{__name__}.{module.name}"), "HANDLER", None)
        if not isinstance(handler, Handler) or handler.job_type != module.name:
            raise TypeError(f"service_tasks/{module.name}.py: expected HANDLER for {module.name!r}")
        found[module.name] = handler
    return found
