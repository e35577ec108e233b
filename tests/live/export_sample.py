"""
Make samples/contoso.ldif anew, from a real domain controller: `make samples`.

The directory is set up by `directory/contoso.py`, and read with the searches of `adaudit` itself,
by a user with no rights beyond everyone's, through `ldapsearch`, whose LDIF this is. What the
server answers about Send-As goes into samples/contoso.answers.json. Event logs and probes come from
`export_evidence.py`; the hosts file, the SMTP log and the registry exports are written by hand.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from adaudit.collect.plan import domain_searches, forest_searches
from adaudit.collect.search import Scope, Search
from adaudit.directory.dn import Dn
from tests.live.controller import Controller, started
from tests.live.domain import CONTOSO
from tests.live.export_evidence import write_event_logs, write_probes

_SAMPLES = Path(__file__).parents[2] / "samples"
_READER = "rsato"
_SD_FLAGS = "!1.2.840.113556.1.4.801=::MAMCAQc="  # owner, group and DACL: [MS-ADTS] 3.1.1.3.4.1.11
ALL_PARTS = "!1.2.840.113556.1.4.801=::MAMCAQ8="
"""Audit entries too, for those who may have them"""
_SCOPES = {Scope.BASE: "base", Scope.ONE_LEVEL: "one", Scope.SUBTREE: "sub"}
_ACCOUNTS = [*(f"EX{number:02}$" for number in range(1, 13) if number != 10), "MAIL11$"]
_NAMES = ("cn", "name", "distinguishedName")
_NO_SUCH_OBJECT = 32


def _ldif(controller: Controller) -> Iterator[str]:
    """What each search finds; of the schema, only the classes of what the others find."""
    classes: set[str] = set()
    searches = [*forest_searches(Dn(CONTOSO.configuration)), *domain_searches(Dn(CONTOSO.base))]
    searches.sort(key=lambda search: search.what == "schema")
    for search in searches:
        only = f"(|{''.join(f'(lDAPDisplayName={name})' for name in sorted(classes))})"
        wanted = only if search.what == "schema" else search.filter
        text = found(controller, search, _READER, wanted)
        classes |= set(re.findall(r"^objectClass: (\S+)$", text, re.MULTILINE))
        yield f"# {search.what}\n\n{text}"


def found(
    controller: Controller, search: Search, reader: str, wanted: str = "", parts: str = _SD_FLAGS
) -> str:
    """The LDIF of what a search finds for an account, with another filter than its own perhaps."""
    domain = controller.domain
    command = [
        *("ldapsearch", "-LLL", "-x", "-H", f"ldaps://{domain.fqdn}"),
        *("-D", f"{reader}@{domain.dns_name}", "-w", controller.password),
        *("-b", search.base.text, "-s", _SCOPES[search.scope], "-E", parts),
        *(wanted or search.filter, *_NAMES, *search.requested),
    ]
    answer = controller.run(command, check=False)
    if answer.returncode not in {0, _NO_SUCH_OBJECT}:
        raise RuntimeError(answer.stderr)
    return answer.stdout


def main() -> None:
    """Write all files."""
    with started(CONTOSO, "contoso") as controller:
        ldif = "version: 1\n\n" + "".join(_ldif(controller))
        answers = controller.ask(_ACCOUNTS)
    (_SAMPLES / "contoso.ldif").write_text(ldif, encoding="ascii")
    text = json.dumps(answers, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    (_SAMPLES / "contoso.answers.json").write_text(text, encoding="utf-8")
    write_event_logs(_SAMPLES)
    write_probes(_SAMPLES)


if __name__ == "__main__":
    main()
