"""The types of single values: each read from the text that stands in the file."""

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    PlainValidator,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from adaudit.config.faults import holds, quoted
from adaudit.config.strict import fault
from adaudit.config.url import URL_PATTERN, LdapUrl
from adaudit.endpoint import (
    ENDPOINT_PATTERN,
    HOST_PATTERN,
    SMTP_PORT,
    Endpoint,
    parse_endpoint,
    parse_host,
)
from adaudit.errors import AddressError, ConfigError

_T = TypeVar("_T")
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,8}")
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_PUNCTUATION = r"\x00-\x1f!-,/:-@\[-^`{-\x7f"
_NAME = rf"^[^ .\-{_PUNCTUATION}](?:[^{_PUNCTUATION}]{{0,62}}[^ .\-{_PUNCTUATION}])?$"
"""Letters and digits of any script, inside also `._-` and spaces; in Python and in ECMAScript"""
_COMPUTER = (
    rf"^(?![0-9.]+$)[^ .\-{_PUNCTUATION}](?:[^ {_PUNCTUATION}]{{0,253}}[^ .\-{_PUNCTUATION}])?$"
)
"""Likewise, without spaces, and no IPv4 address"""
_SITE = r"^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$"
"""What `dask worker --resources` can carry: no space, comma or `=`"""
_CHECK = r"^[a-z0-9]+(?:-[a-z0-9]+)*$"
_FINDING = r"^[0-9a-f]{12}$"
_ANYTHING = r"[*? ]*"
_HOST_FORM = "`ex01.contoso.example`, `192.0.2.1` or `[2001:db8::1]`"
_TIER_ZERO = (
    r"^(?:[Ss]-1-(?:[0-9]+|0[xX][0-9A-Fa-f]+)(?:-[0-9]+)*"
    r"|[^\\=]+\\[^\\=]+"
    r"|[A-Za-z][A-Za-z0-9.-]*=.+)$"
)
"""A SID, `DOMAIN\\name` or a DN"""
_VARIABLE = r"^[A-Za-z_][A-Za-z0-9_]*$"


def _reader(read: Callable[[str], object]) -> BeforeValidator:
    """Read text; what has its type already goes on to pydantic's own check."""
    return BeforeValidator(lambda value: read(value) if isinstance(value, str) else value)


def _flag(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise fault(f"{quoted(text)} is neither `true` nor `false`")
    return text.lower() == "true"


def _yes(text: str) -> bool:
    if text.lower() != "true":
        raise fault("can only be `true`")
    return True


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise fault(f"{quoted(text)} is not a whole number")
    return int(text)


def _day(text: str) -> date:
    try:
        if re.fullmatch(_DAY, text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise fault(f"{quoted(text)} is not a date: {error}") from error
    raise fault(f"{quoted(text)} is not a date like `2027-03-31`")


def _full(text: str) -> str:
    if not text.strip():
        raise fault("must not be empty")
    return text


def _line(text: str) -> str:
    unfit = next((char for char in text if ord(char) < 0x20), None)
    if unfit:
        raise fault(holds(unfit))
    return text


def _matching(pattern: str, meaning: str) -> AfterValidator:
    def check(text: str) -> str:
        if not re.fullmatch(pattern, text) or not text.isprintable():
            raise fault(f"{quoted(text)} {meaning}")
        return text

    return AfterValidator(check)


def _selective(text: str) -> str:
    if re.fullmatch(_ANYTHING, text):
        raise fault(f"{quoted(text)} matches everything: leave it out, or name something")
    return text


def _variable(text: str) -> str:
    if not re.fullmatch(_VARIABLE, text):
        raise fault("not the name of an environment variable, which is written without `$`")
    return text


def _located(path: Path, info: ValidationInfo) -> Path:
    """Take a relative path from the folder of the target list."""
    if _line(str(path)).strip() in {"", "."}:
        raise fault("must not be empty")
    folder: Path = (info.context or {}).get("folder", Path())
    return folder / path


def _cache(text: str) -> Path:
    if re.match(r"[A-Za-z]{2,}:", text):
        raise fault(
            "must be the path of a ticket file, without `FILE:`; no other cache can be read"
        )
    return Path(text)


def _existing(path: Path, info: ValidationInfo) -> Path:
    """Refuse what is no file here, unless the list is to be read somewhere else."""
    if (info.context or {}).get("elsewhere"):
        return path
    try:
        if path.is_file():
            return path
        reason = "is not a file" if path.exists() else "does not exist"
    except OSError as error:
        reason = f"cannot be reached: {error.strerror}"
    raise fault(f"{quoted(str(path))} {reason}")


def _url(value: object) -> LdapUrl:
    if isinstance(value, LdapUrl):
        return value
    if not isinstance(value, str):
        raise fault("expected a URL like `ldap://dc1.contoso.example`")
    return _parsed(LdapUrl.parse, value)


def _smtp_server(value: object) -> Endpoint:
    if isinstance(value, Endpoint):
        return value
    if not isinstance(value, str):
        raise fault("expected a host like `ex01.contoso.example`")
    text = _plain_host(value, f"{_HOST_FORM}, with or without `:port`")
    return _parsed(partial(parse_endpoint, port=SMTP_PORT), text)


def _host(text: str) -> str:
    return _parsed(parse_host, _plain_host(text, _HOST_FORM))


def _plain_host(text: str, form: str) -> str:
    """Take the forms that the schema knows, so no zone; a refusal repeats no password."""
    if "://" in text:
        raise fault(f"a host is no URL: write {form}")
    if not re.fullmatch(ENDPOINT_PATTERN, text):
        raise fault(f"not a host of the form {form}")
    return text


def _parsed(parse: Callable[[str], _T], text: str) -> _T:
    try:
        return parse(text)
    except (AddressError, ConfigError) as error:
        raise fault(error.message) from error


def _as_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


class _OneOrMoreSchema:
    """Says in JSON Schema that a list of one may be written without its brackets."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        array = handler(core)
        return {"anyOf": [array["items"], array]}


Text: TypeAlias = Annotated[str, Field(min_length=1), AfterValidator(_full)]
Line: TypeAlias = Annotated[Text, AfterValidator(_line)]
Glob: TypeAlias = Annotated[
    Line, AfterValidator(_selective), Field(json_schema_extra={"pattern": "[^*? ]"})
]
"""A text in which `*` stands for any characters and `?` for one"""
Flag: TypeAlias = Annotated[bool, _reader(_flag)]
Yes: TypeAlias = Annotated[Literal[True], _reader(_yes)]
Seconds: TypeAlias = Annotated[int, Field(ge=1, le=3600), _reader(_whole)]
PageSize: TypeAlias = Annotated[int, Field(ge=1, le=1000), _reader(_whole)]
Count: TypeAlias = Annotated[int, Field(ge=1, le=1000), _reader(_whole)]
FormatVersion: TypeAlias = Annotated[Literal[1], _reader(_whole)]
Day: TypeAlias = Annotated[
    date, _reader(_day), WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY})
]
Name: TypeAlias = Annotated[
    str,
    _matching(_NAME, "is no name: use 1 to 64 letters, digits, `.`, `_`, `-` and spaces inside"),
    Field(json_schema_extra={"pattern": _NAME, "maxLength": 64}),
]
ComputerName: TypeAlias = Annotated[
    str,
    _matching(_COMPUTER, "is no name of a computer like `EX01` or `ex01.contoso.example`"),
    Field(json_schema_extra={"pattern": _COMPUTER, "maxLength": 255}),
]
Site: TypeAlias = Annotated[
    str,
    _matching(_SITE, "is no site: use 1 to 64 of A-Z, a-z, 0-9, and `.`, `_`, `-` inside"),
    Field(json_schema_extra={"pattern": _SITE, "maxLength": 64}),
]
CheckId: TypeAlias = Annotated[
    str,
    _matching(_CHECK, "is no check id: `adaudit checks` lists them"),
    Field(json_schema_extra={"pattern": _CHECK}),
]
FindingId: TypeAlias = Annotated[
    str,
    _matching(_FINDING, "is no finding id: 12 digits of 0-9 and a-f, as reports show them"),
    Field(json_schema_extra={"pattern": _FINDING}),
]
TierZeroName: TypeAlias = Annotated[
    str,
    _matching(_TIER_ZERO, r"is no SID, no DN and no name like `CONTOSO\Backup`"),
    Field(json_schema_extra={"pattern": _TIER_ZERO}),
]
"""Whatever is to be taken for tier 0: a principal or an object"""
VariableName: TypeAlias = Annotated[
    str, AfterValidator(_variable), WithJsonSchema({"type": "string", "pattern": _VARIABLE})
]
LaterFile: TypeAlias = Annotated[
    Path, AfterValidator(_located), WithJsonSchema({"type": ["string", "number"], "minLength": 1})
]
"""A path that is looked at when it is needed"""
ExistingFile: TypeAlias = Annotated[LaterFile, AfterValidator(_existing)]
"""A path that must be a file when the list is loaded to be read on this computer"""
TicketFile: TypeAlias = Annotated[LaterFile, _reader(_cache)]
Url: TypeAlias = Annotated[
    LdapUrl, PlainValidator(_url), WithJsonSchema({"type": "string", "pattern": URL_PATTERN})
]
Host: TypeAlias = Annotated[
    str,
    AfterValidator(_host),
    WithJsonSchema({"type": ["string", "number"], "pattern": HOST_PATTERN}),
]
"""A DNS name or an IP address, an IPv6 address as a value without its brackets"""
SmtpHost: TypeAlias = Annotated[
    Endpoint,
    PlainValidator(_smtp_server),
    WithJsonSchema({"type": ["string", "number"], "pattern": ENDPOINT_PATTERN}),
]
OneOrMore: TypeAlias = Annotated[
    tuple[_T, ...], Field(min_length=1), BeforeValidator(_as_tuple), _OneOrMoreSchema()
]
