"""From a YAML file to an AuditConfig, or to one error that lists every fault."""

from pathlib import Path

from pydantic import ValidationError

from adaudit.config.document import decode, parse
from adaudit.config.explain import explain, fault_at
from adaudit.config.faults import quoted, refusal
from adaudit.config.models import AuditConfig, repetitions
from adaudit.errors import ConfigError

_LARGEST = 1 << 20
"""Bytes; ten thousand targets fit"""


def load(path: Path, *, elsewhere: bool = False) -> AuditConfig:
    """
    Read a target list; relative paths in it are taken from its folder.

    Of a list that is carried out `elsewhere`, the paths are those of other computers: nothing is
    looked for here, and they come out absolute.
    Raises ConfigError, whose message lists every fault at once, one a line, as
    `file:line:column: key path: what is wrong`. No secret is read yet, and none is repeated.
    """
    file = str(path)
    context = {
        "folder": path.parent.absolute() if elsewhere else path.parent,
        "elsewhere": elsewhere,
    }
    document = parse(decode(_read(path, file), file), file)
    faults = [*document.faults]
    faults += (fault_at(document, *conflict) for conflict in repetitions(document.tree))
    try:
        config = AuditConfig.model_validate(document.tree, context=context)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        raise refusal(file, [*faults, *explain(errors, document)]) from None
    if faults:
        raise refusal(file, faults)
    return config


def _read(path: Path, file: str) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise ConfigError(f"cannot read {quoted(file)}: {error.strerror}") from error
    if len(data) > _LARGEST:
        raise ConfigError(
            f"{quoted(file)} is larger than {_LARGEST >> 20} MiB, so it is no target list"
        )
    return data
