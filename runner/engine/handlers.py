"""The service-task handlers this installation has, by job type."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import service_tasks
from service_tasks.contract import Handler


@cache
def load_handlers() -> Mapping[str, Handler]:
    """Every ``HANDLER`` of the modules of ``service_tasks``.

    Raises ``ValueError`` where a module's handler is not named like the module.
    """
    found: dict[str, Handler] = {}
    for module in pkgutil.iter_modules(service_tasks.__path__):
        handler = getattr(importlib.import_module(f"service_tasks.{module.name}"), "HANDLER", None)
        if handler is None:
            continue
        if handler.job_type != module.name:
            raise ValueError(
                f"service_tasks/{module.name}.py: expected job type {module.name!r}, "
                f"found {handler.job_type!r}"
            )
        found[handler.job_type] = handler
    return MappingProxyType(found)
