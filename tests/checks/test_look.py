"""The command that a finding suggests asks the controller that grants it."""

import shlex

from adaudit.audit import choose, report_on
from adaudit.explanation import explain
from tests.builders import World

OWN = "O:DAG:DAD:(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;DA)"


def test_what_a_local_group_of_a_child_domain_is_granted_is_asked_there() -> None:
    """Objects of the configuration are on the controllers of every domain, with its own groups."""
    world = World(scope="all")
    world.domain("CONTOSO", "DC=contoso,DC=example")
    child = world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    local = child.group(
        "Site Admins", 1201, scope="domain local", members=[child.user("ann", 1101)]
    )
    site = world.add(f"CN=Budapest,CN=Sites,{world.configuration}", "site", OWN)
    site.descriptor = world._bytes(f"{OWN}(A;;WD;;;{local.sid})")
    report = report_on("contoso", world.snapshot, ("a.snapshot",), choose())

    (finding,) = (found for found in report.findings if found.check == "tier-zero-control")
    words = shlex.split(finding.look or "")
    given = dict(zip(words[3::2], words[4::2], strict=True))
    with world.snapshot() as snapshot:
        asked = (given["--who"], given["--on"], given["--right"])
        assert explain(snapshot, *asked, given["--in"]).decision == "allowed"
        assert explain(snapshot, *asked).decision == "denied"
