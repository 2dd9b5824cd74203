"""Structured logs on standard error: JSON for journald, lines with colours for a person at a terminal.

A traceback never shows local values: they may hold card numbers. That is why structlog's default renderer
(rich, with locals) is not used, and why log records of libraries are drawn by the same two renderers.
"""

import logging
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

import msgspec
import structlog

LEVELS = ("debug", "info", "warning", "error")


def set_up_logs(level: str = "info", *, is_person: bool | None = None) -> None:
    """Configure structlog and the logs of libraries; the last call counts.

    Args:
        level: one of `LEVELS`; libraries are heard from `warning` on.
        is_person: colours and lines instead of JSON; None: when standard error is a terminal.
    """
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    drawing = _for_person() if (sys.stderr.isatty() if is_person is None else is_person) else _for_machine()
    structlog.configure(
        processors=[*shared, *drawing],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,  # a later call must reach loggers that have spoken already
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *drawing],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))


def log_what_ends_the_program() -> None:
    """From now on an exception nobody caught is one log entry, for journald as for a person."""
    sys.excepthook = _log_uncaught


def _for_person() -> list[structlog.types.Processor]:
    return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]


def _for_machine() -> list[structlog.types.Processor]:
    return [
        structlog.processors.format_exc_info,
        structlog.processors.JSONRenderer(serializer=_to_json),
    ]


def _to_json(entry: object, *, default: Callable[[Any], Any]) -> str:
    """`default` tells what JSON has no form for."""
    return msgspec.json.encode(entry, enc_hook=default).decode()


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    structlog.get_logger(__name__).critical("program_failed", exc_info=(kind, error, trace))
