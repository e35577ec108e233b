"""
What is asked of a server, as the bytes of LDAP messages: the one module that imports ldap3.

ldap3 serves as the codec of requests, filters and controls. Its connections are not used: they
let writes through even where told not to, verify no certificate unless told to, follow
referrals, and lose the controls in follow-up requests.
"""

import warnings
from collections.abc import Callable, Sequence
from typing import TypeAlias

from adaudit.collect.allowed import START_TLS as START_TLS_NAME
from adaudit.collect.search import Scope, Search

with warnings.catch_warnings():
    # ldap3 2.9.1 imports names that pyasn1 0.6 calls deprecated
    warnings.simplefilter("ignore", DeprecationWarning)
    from ldap3.core.results import RESULT_CODES
    from ldap3.operation.bind import bind_operation
    from ldap3.operation.extended import extended_operation
    from ldap3.operation.search import search_operation
    from ldap3.operation.unbind import unbind_operation
    from ldap3.protocol.convert import build_controls_list
    from ldap3.protocol.microsoft import security_descriptor_control
    from ldap3.protocol.rfc2696 import paged_search_control
    from ldap3.protocol.rfc4511 import Control, LDAPMessage, MessageID, ProtocolOp
    from ldap3.utils.asn1 import encode  # type: ignore[attr-defined]  # made while importing

_SCOPES = {Scope.BASE: "BASE", Scope.ONE_LEVEL: "LEVEL", Scope.SUBTREE: "SUBTREE"}
_OWNER_GROUP_DACL = 0x7  # [MS-ADTS] 3.1.1.3.4.1.11; without it a plain reader gets none at all
_SACL = 0x8
_VERSION = 3

Request: TypeAlias = Callable[[int], bytes]
"""An operation that becomes a message by its message id"""


def search_page(search: Search, page_size: int, cookie: bytes) -> Request:
    """One page of a search of the plan; `cookie` is that of the page before. [RFC2696]"""
    controls = [paged_search_control(criticality=True, size=page_size, cookie=cookie)]
    if search.with_descriptor:
        parts = _OWNER_GROUP_DACL | (_SACL if search.with_sacl else 0)
        controls += security_descriptor_control(criticality=True, sdflags=parts)
    operation = _search(str(search.base), search.scope, search.filter, search.requested)
    return _message("searchRequest", operation, controls)


def search_values(dn: str, attribute: str) -> Request:
    """Ask one object for one attribute: `member;range=1500-*`."""
    operation = _search(dn, Scope.BASE, "(objectClass=*)", (attribute,))
    return _message("searchRequest", operation)


def bind_simple(user: str, password: str) -> Request:
    """Bind with a name and a password; without both as nobody. [RFC4513] 5.1"""
    if not user:
        return _message("bindRequest", bind_operation(_VERSION, "ANONYMOUS"))
    # as bytes: of text ldap3 changes characters that Active Directory takes as they are
    secret = password.encode()
    return _message("bindRequest", bind_operation(_VERSION, "SIMPLE", user, secret))


def bind_sasl(mechanism: str, token: bytes | None) -> Request:
    """One step of a SASL bind."""
    operation = bind_operation(_VERSION, "SASL", sasl_mechanism=mechanism, sasl_credentials=token)
    return _message("bindRequest", operation)


def start_tls() -> Request:
    """Ask for TLS on this connection. [RFC4511] 4.14"""
    return _message("extendedReq", extended_operation(START_TLS_NAME.decode()))


def unbind() -> Request:
    """Say that the connection ends."""
    return _message("unbindRequest", unbind_operation())  # type: ignore[no-untyped-call]


def result_name(code: int) -> str:
    """The name of a result code with its number: `sizeLimitExceeded (4)`. [RFC4511] A"""
    return f"{RESULT_CODES.get(code, 'result')} ({code})"


def _search(dn: str, scope: Scope, text: str, attributes: Sequence[str]) -> object:
    base = dn.encode("utf-8", "surrogateescape")
    return search_operation(
        search_base=base,
        search_filter=text,
        search_scope=_SCOPES[scope],
        dereference_aliases="NEVER",
        attributes=list(attributes),
        size_limit=0,
        time_limit=0,
        types_only=False,
        auto_escape=False,
        auto_encode=False,
    )


def _message(kind: str, operation: object, controls: Sequence[Control] = ()) -> Request:
    def encoded(message_id: int) -> bytes:
        message = LDAPMessage()
        message["messageID"] = MessageID(message_id)
        message["protocolOp"] = ProtocolOp().setComponentByName(kind, operation)
        if controls:
            message["controls"] = build_controls_list(list(controls))
        return bytes(encode(message))

    return encoded
