"""
The computer account of an Exchange server is not known for sure.

What it reports: nothing as a finding; each server whose account cannot be found, or for which more
than one could be meant, as something that could not be judged.

Why it matters: the account's memberships decide what the server may do. A guess would make the
whole answer one.

How to mend it: correct `networkAddress` of the server object or `dNSHostName` of the account, or
collect the domain that the account is in.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.directory.entry import Gap
from adaudit.exchange.accounts import MappingState
from adaudit.findings import Finding, Severity

SEVERITY = Severity.INFO


def run(context: Context) -> Iterator[Finding | Gap]:
    """Say which servers have no account, or more than one."""
    for label, mapping in context.flow.accounts.items():
        if mapping.state is not MappingState.MAPPED:
            yield Gap(label, mapping.why)
