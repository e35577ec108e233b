"""
Make samples/contoso.ldif anew, from a real domain controller: `make samples`.

The directory is set up by `directory/contoso.py`, and read as `adaudit` reads one: by a user with
no rights beyond everyone's, through `ldapsearch`, whose LDIF this is. What the server itself
answers about Send-As goes into samples/contoso.answers.json.
"""

import json
import re
from pathlib import Path
from typing import NamedTuple

from tests.live.controller import Controller, started
from tests.live.domain import CONTOSO

_SAMPLES = Path(__file__).parents[2] / "samples"
_READER = "rsato"
_SD_FLAGS = "!1.2.840.113556.1.4.801=::MAMCAQc="  # owner, group and DACL: [MS-ADTS] 3.1.1.3.4.1.11
_ACCOUNTS = [*(f"EX{number:02}$" for number in range(1, 13) if number != 10), "MAIL11$"]

_ALWAYS = ["objectClass", "distinguishedName", "name", "objectGUID"]
_DESCRIBED = [*_ALWAYS, "cn", "nTSecurityDescriptor"]
_EXCHANGE = """serialNumber versionNumber networkAddress legacyExchangeDN msExchServerRole
    msExchMixedMode adminDisplayName portNumber msExchServerBindings msExchServerAutoStart
    msExchSmtpFullyQualifiedDomainName msExchAuthenticationFlags msExchNTAuthenticationProviders
    msExchAccessSSLFlags msExchSmtpInboundCommandSupportOptions msExchHomeRoutingGroup"""
_ACCOUNT = """sAMAccountName objectSid sIDHistory groupType member primaryGroupID
    userAccountControl dNSHostName servicePrincipalName"""


class Section(NamedTuple):
    """One search; its title becomes a comment in the file."""

    title: str
    base: str
    scope: str
    attributes: list[str]
    filter: str = "(objectClass=*)"


def _sections() -> list[Section]:
    configuration = CONTOSO.configuration
    services = f"CN=Services,{configuration}"
    return [
        Section("the domain", CONTOSO.base, "base", [*_ALWAYS, "dc", "objectSid"]),
        Section(
            "partitions",
            f"CN=Partitions,{configuration}",
            "one",
            [*_ALWAYS, "cn", "nCName", "nETBIOSName", "dnsRoot", "systemFlags"],
        ),
        Section(
            "settings of the directory service",
            f"CN=Directory Service,CN=Windows NT,{services}",
            "base",
            [*_ALWAYS, "cn", "dSHeuristics"],
        ),
        Section(
            "extended rights",
            f"CN=Extended-Rights,{configuration}",
            "one",
            [*_ALWAYS, "cn", "displayName", "rightsGuid", "validAccesses", "appliesTo"],
        ),
        Section("the configuration", configuration, "base", _DESCRIBED),
        Section("its services", services, "base", _DESCRIBED),
        Section(
            "Exchange",
            f"CN=Microsoft Exchange,{services}",
            "sub",
            [*_DESCRIBED, *_EXCHANGE.split()],
        ),
        Section(
            "accounts",
            CONTOSO.base,
            "sub",
            [*_ALWAYS, "cn", *_ACCOUNT.split()],
            "(|(objectClass=group)(objectClass=user)(objectClass=foreignSecurityPrincipal))",
        ),
    ]


def _schema(ldif: str) -> Section:
    classes = sorted(set(re.findall(r"^objectClass: (\S+)$", ldif, re.MULTILINE)))
    wanted = "".join(f"(lDAPDisplayName={name})" for name in classes)
    attributes = ["cn", "lDAPDisplayName", "schemaIDGUID", "subClassOf", "objectClassCategory"]
    return Section(
        "the classes that occur above",
        f"CN=Schema,{CONTOSO.configuration}",
        "one",
        [*_ALWAYS, *attributes],
        f"(|{wanted})",
    )


def _search(controller: Controller, section: Section) -> str:
    """Read one section as LDIF."""
    answer = controller.run(
        [
            *("ldapsearch", "-LLL", "-x", "-H", f"ldaps://{CONTOSO.fqdn}"),
            *("-D", f"{_READER}@{CONTOSO.dns_name}", "-w", controller.password),
            *("-b", section.base, "-s", section.scope, "-E", _SD_FLAGS),
            *(section.filter, *section.attributes),
        ]
    )
    return f"# {section.title}\n\n{answer.stdout}"


def main() -> None:
    """Write both files."""
    with started(CONTOSO, "contoso") as controller:
        ldif = "version: 1\n\n"
        for section in _sections():
            ldif += _search(controller, section)
        ldif += _search(controller, _schema(ldif))
        answers = controller.ask(_ACCOUNTS)
    (_SAMPLES / "contoso.ldif").write_text(ldif, encoding="ascii")
    text = json.dumps(answers, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    (_SAMPLES / "contoso.answers.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
