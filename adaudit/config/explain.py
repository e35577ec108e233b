"""What pydantic found wrong, in words for the reader of the file, at its place in the file."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from pydantic_core import ErrorDetails

from adaudit.config.auth import METHODS, TlsConfig
from adaudit.config.document import Document, Tree
from adaudit.config.evidence import EvidenceConfig, EvidenceFile, LiveConfig
from adaudit.config.faults import Fault, KeyPath, did_you_mean, guess, key_text, quoted
from adaudit.config.models import AuditConfig, ChecksConfig, LimitsConfig, Waiver
from adaudit.config.secret import Secret
from adaudit.config.strict import StrictModel
from adaudit.config.target import KINDS

_Models: TypeAlias = Mapping[str, type[StrictModel]]

_BELOW: dict[str, type[StrictModel] | _Models] = {
    "targets": KINDS,
    "auth": METHODS,
    "tls": TlsConfig,
    "password": Secret,
    "nt_hash": Secret,
    "evidence": EvidenceConfig,
    "event_logs": EvidenceFile,
    "smtp_logs": EvidenceFile,
    "registry": EvidenceFile,
    "live": LiveConfig,
    "checks": ChecksConfig,
    "limits": LimitsConfig,
    "waivers": Waiver,
}
"""The model below a key, or the models by the name that pydantic's path gives the chosen one"""
_PLAIN = {
    "missing": "is required",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
}
_LIMITS = {"greater_than_equal": ("least", "ge"), "less_than_equal": ("most", "le")}


@dataclass(slots=True)
class _Spot:
    """Where a path of pydantic's leads in the document."""

    value: Tree
    path: KeyPath = ()
    model: type[StrictModel] = AuditConfig
    """The innermost model on the way"""
    kind: str | None = None
    """The name of `model` where it is one of several"""
    choices: _Models = field(default_factory=dict)
    """The models by name of which `model` is, or is to be, one"""

    def step(self, step: str | int) -> None:
        """Go one step of pydantic's path down."""
        if isinstance(self.value, str):
            return  # a plain value that counts as a list of one or as a mapping of one key
        if isinstance(step, int):
            if isinstance(self.value, list):  # else a mapping that counts as a list of one
                self._descend(step, self.value[step])
        elif self.kind is None and step in self.choices:
            self.kind, self.model = step, self.choices[step]
        else:
            self._descend(step, self.value.get(step) if isinstance(self.value, dict) else None)
            below = _BELOW.get(step)
            self.kind, self.choices = None, {}
            if isinstance(below, Mapping):
                self.choices = below
            elif below:
                self.model = below

    def _descend(self, step: str | int, value: Tree) -> None:
        self.path, self.value = (*self.path, step), value


def explain(errors: Iterable[ErrorDetails], document: Document) -> Iterator[Fault]:
    """Yield a fault for each error that is not the mere consequence of another fault."""
    unknown, other = [], []
    for error in errors:
        if error["type"] == "extra_forbidden":
            unknown.append((_spot(error["loc"][:-1], document.tree), str(error["loc"][-1])))
        else:
            other.append((_spot(error["loc"], document.tree), error))
    for spot, key in unknown:
        path = (*spot.path, key)
        yield Fault(document.keys[path], key_text(path), _unknown(spot, key))
    meant = {(*spot.path, guess(key, spot.model.model_fields)) for spot, key in unknown}
    known = document.empty | meant
    for spot, error in other:
        path, text = _reason(spot, error)
        is_counted_without_faulty_items = error["type"] == "too_short" and spot.value
        if path not in known and not is_counted_without_faulty_items:
            yield fault_at(document, path, text)


def fault_at(document: Document, path: KeyPath, text: str) -> Fault:
    """Make a fault at the value of `path`, or of what stands nearest above it."""
    nearest = path
    while nearest not in document.values:
        nearest = nearest[:-1]
    return Fault(document.values[nearest], key_text(path), text)


def _spot(location: KeyPath, tree: Tree) -> _Spot:
    spot = _Spot(tree)
    for step in location:
        spot.step(step)
    return spot


def _unknown(spot: _Spot, key: str) -> str:
    owners = [f"`{kind}`" for kind, model in spot.choices.items() if key in model.model_fields]
    if key in spot.choices:
        return f"stands beside `{spot.kind}`: a target has one source"
    if owners:
        *others, last = owners
        listed = f"{', '.join(others)} or {last}" if others else last
        return f"goes with {listed}, not with `{spot.kind}`"
    return f"unknown key{did_you_mean(key, spot.model.model_fields)}"


def _reason(spot: _Spot, error: ErrorDetails) -> tuple[KeyPath, str]:
    if error["type"] in {"union_tag_invalid", "union_tag_not_found"}:
        return _no_choice(spot, error)
    return spot.path, _text(error["type"], error, spot.value)


def _text(kind: str, error: ErrorDetails, value: Tree) -> str:
    context = error.get("ctx", {})
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in _LIMITS:
        word, limit = _LIMITS[kind]
        return f"must be at {word} {context[limit]}"
    if kind == "literal_error":
        return _none_of(value, _names(context["expected"]))
    return _wrong_form(kind, value) if kind.endswith("_type") else error["msg"]


def _names(listed: str) -> list[str]:
    """Read pydantic's `'a', 'b' or 'c'`."""
    return re.findall(r"[^', ]+", listed.replace(" or ", ","))


def _none_of(value: Tree, known: Iterable[str]) -> str:
    if not isinstance(value, str):
        return _wrong_form("string_type", value)
    *names, last = (f"`{name}`" for name in known)
    choice = f"{', '.join(names)} or {last}" if names else last
    return f"{quoted(value)} is not {choice}{did_you_mean(value, known)}"


def _no_choice(spot: _Spot, error: ErrorDetails) -> tuple[KeyPath, str]:
    if not isinstance(spot.value, dict):
        return spot.path, _wrong_form("model_type", spot.value)
    if "method" in spot.value and spot.choices is METHODS:
        methods = _names(error.get("ctx", {}).get("expected_tags", ""))
        return (*spot.path, "method"), _none_of(spot.value["method"], methods)
    return spot.path, f"names no source: one of {', '.join(f'`{kind}`' for kind in spot.choices)}"


def _wrong_form(kind: str, value: Tree) -> str:
    wanted = {"model_type": "a mapping of keys", "tuple_type": "a list"}.get(kind, "a single value")
    found = "a single value"
    if isinstance(value, dict | list):
        found = "a mapping" if isinstance(value, dict) else "a list"
    return f"expected {wanted}, found {found}"
