"""Evidence about the Exchange servers from outside the directory: files, and what is asked live."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Self, TypeAlias

from pydantic import BeforeValidator, GetJsonSchemaHandler, JsonValue, model_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from adaudit.config.auth import AnySealedAuth, KerberosAuth
from adaudit.config.scalars import (
    ComputerName,
    ExistingFile,
    Flag,
    Host,
    OneOrMore,
    Seconds,
    SmtpHost,
)
from adaudit.config.strict import Conflict, StrictModel, fault, repeated, without


class EvidenceFile(StrictModel):
    """A file, and the computer that it is of if the file itself does not say so."""

    file: ExistingFile
    """The file, relative to the folder of the list"""
    computer: ComputerName | None = None
    """Computer that the file is of, as `EX01` or `ex01.contoso.example`"""


def _as_mapping(value: object) -> object:
    if isinstance(value, str | Path):
        return {"file": value}
    if not isinstance(value, dict | EvidenceFile):
        raise fault("expected a file name or `{file: NAME, computer: NAME}`")
    return value


class _NameOrMappingSchema:
    """Says in JSON Schema that a file may be written as its name alone."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [{"type": ["string", "number"], "minLength": 1}, handler(core)]}


_AnyFile: TypeAlias = Annotated[EvidenceFile, BeforeValidator(_as_mapping), _NameOrMappingSchema()]
"""`EvidenceFile` as a field that is also read from a plain name"""

_OVER_RPC: list[JsonValue] = [{"required": ["registry"]}, {"required": ["event_logs"]}]
_ASKS: dict[str, JsonValue] = {
    "anyOf": [
        {"required": ["smtp"]},
        *_OVER_RPC,
        {"required": ["dns"], "properties": {"dns": {"const": True}}},
    ],
    "dependentSchemas": {"auth": {"anyOf": _OVER_RPC}},
}


class LiveConfig(StrictModel, json_schema_extra=_ASKS):
    """What is asked of servers over the network while collecting; nothing is ever changed."""

    smtp: OneOrMore[SmtpHost] = ()
    """Mail servers, `host[:port]`, that are greeted and left again: no mail is sent"""
    registry: OneOrMore[Host] = ()
    """Computers whose registry is read"""
    event_logs: OneOrMore[Host] = ()
    """Computers whose application log is read"""
    dns: Flag = False
    """Resolve the names of the Exchange servers"""
    auth: AnySealedAuth = KerberosAuth()
    """Who reads registries and event logs; without it the current user, by Kerberos"""
    timeout: Seconds = 10
    """Seconds to wait for a connection, and for each answer"""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        lists = {
            "smtp": [str(server).lower() for server in self.smtp],
            "registry": [host.lower() for host in self.registry],
            "event_logs": [host.lower() for host in self.event_logs],
        }
        return without([*_twice(lists), *_idle(self)], self)


class EvidenceConfig(StrictModel, json_schema_extra={"minProperties": 1}):
    """Files of evidence, and what is asked of servers while collecting."""

    event_logs: OneOrMore[_AnyFile] = ()
    """Application logs: `.evt`, `.evtx`, or exported as `.csv` or `.txt`"""
    smtp_logs: OneOrMore[_AnyFile] = ()
    """Protocol logs of SMTP virtual servers or connectors: W3C extended format, or `.csv`"""
    captures: OneOrMore[ExistingFile] = ()
    """Packet captures of SMTP between servers: `.pcap`, `.pcapng`"""
    registry: OneOrMore[_AnyFile] = ()
    """Exported registry keys: `.reg`"""
    smtp_probes: OneOrMore[ExistingFile] = ()
    """What `adaudit probe smtp --format json` wrote, from where the sending server stands"""
    hosts: OneOrMore[ExistingFile] = ()
    """Names and addresses of servers, as in a hosts file"""
    live: LiveConfig | None = None
    """What is asked of servers over the network while collecting"""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if not self.model_fields_set:
            raise fault("must not be empty")
        lists = {
            "event_logs": [item.file for item in self.event_logs],
            "smtp_logs": [item.file for item in self.smtp_logs],
            "captures": self.captures,
            "registry": [item.file for item in self.registry],
            "smtp_probes": self.smtp_probes,
            "hosts": self.hosts,
        }
        return without(_twice(lists), self)


def _twice(lists: Mapping[str, Iterable[Hashable]]) -> Iterator[Conflict]:
    for key, values in lists.items():
        yield from (((key, index), "is in the list twice") for index, _ in repeated(values))


def _idle(live: LiveConfig) -> Iterator[Conflict]:
    reads = live.registry or live.event_logs
    if not (live.smtp or reads or live.dns):
        yield (), "asks for nothing: give `smtp`, `registry`, `event_logs` or `dns: true`"
    if isinstance(live.auth, KerberosAuth) and live.auth.password:
        yield ("auth", "password"), "is not taken here: get a ticket with `kinit`, or use `ntlm`"
    if "auth" in live.model_fields_set and not reads:
        yield ("auth",), "does nothing without `registry` or `event_logs`"
