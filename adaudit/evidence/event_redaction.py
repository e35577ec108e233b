"""
What of an event about a refused command may be kept: nothing that authenticates, no mail address.

Events 7002, 7004 and 7010 hold the command that was refused with its arguments, and the answer. A
refused AUTH or X-EXPS carries a credential there, and the answer may repeat one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from adaudit.directory.observations import LogEvent, Observation
from adaudit.evidence.smtp_sessions.redaction import kept_argument, known_verb, told
from adaudit.exchange.transport_events import ProtocolError, decode


def kept(records: Iterable[Observation]) -> Iterator[Observation]:
    """The records of a source, each event without what must not be kept of it."""
    for record in records:
        yield without_secrets(record) if isinstance(record, LogEvent) else record


def without_secrets(event: LogEvent) -> LogEvent:
    """
    An event whose commands are reduced to verb, mechanism and the numbers of XEXCH50.

    What stands beyond the six strings that KB 843106 shows has no known meaning, and is left out.
    """
    error = decode(event)
    if not isinstance(error, ProtocolError):
        return event
    strings = (
        error.virtual_server,
        error.connection,
        error.peer,
        _command(error.command),
        told(known_verb(error.verb), error.response),
        _command(error.full_command),
    )
    return replace(event, strings=strings[: len(event.strings)], data=b"")


def _command(line: str) -> str:
    """A command line with its verb as it was written, where that is one."""
    word, _, argument = line.partition(" ")
    verb = known_verb(word)
    shown = word if verb == word.upper() else verb
    return f"{shown} {kept_argument(verb, argument)}".rstrip() if line else ""
