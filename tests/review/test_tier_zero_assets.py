"""Which objects are tier 0 beside groups and accounts, and what is told of those not read."""

import pytest

from adaudit.errors import DirectoryError
from adaudit.review.tier_zero import Kind
from adaudit.review.tier_zero.policies import Link, parse_links
from tests.builders import Made
from tests.review.tier_zero_forest import (
    DEFAULT_POLICY,
    Forest,
    add_domain,
    forest,
    group_in,
    kind_of,
    link,
    policy_dn,
    unit,
    user_in,
    why,
)

OTHER_POLICY = "{11111111-016D-11D2-945F-00C04FB984F9}"
SYSTEM = "CN=System,DC=contoso,DC=example"
SERVICES = "CN=Public Key Services,CN=Services,CN=Configuration,DC=contoso,DC=example"


def add(contoso: Forest, dn: str, object_class: str, **attributes: object) -> Made:
    return contoso.world.add(dn, object_class, **attributes)


def subjects(contoso: Forest) -> set[str]:
    return {gap.subject for gap in contoso.tier_zero().unread}


# what there is of every domain and forest


def test_nothing_of_a_forest_that_was_read_is_unread() -> None:
    assert forest().tier_zero().unread == ()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DC=contoso,DC=example", Kind.DOMAIN_HEAD),
        (f"CN=AdminSDHolder,{SYSTEM}", Kind.ADMIN_SD_HOLDER),
        ("CN=DC1,OU=Domain Controllers,DC=contoso,DC=example", Kind.CONTROLLER),
        ("OU=Domain Controllers,DC=contoso,DC=example", Kind.CONTROLLERS_UNIT),
        ("CN=krbtgt,CN=Users,DC=contoso,DC=example", Kind.ACCOUNT),
        (SYSTEM, Kind.SYSTEM),
        (f"CN=Policies,{SYSTEM}", Kind.SYSTEM),
        (f"CN={DEFAULT_POLICY},CN=Policies,{SYSTEM}", Kind.POLICY),
        ("CN=Configuration,DC=contoso,DC=example", Kind.CONFIGURATION),
        ("CN=Schema,CN=Configuration,DC=contoso,DC=example", Kind.SCHEMA),
        (SERVICES, Kind.PKI),
    ],
)
def test_what_every_forest_has_is_tier_zero(name: str, kind: Kind) -> None:
    contoso = forest()
    (made,) = (each for each in contoso.world.objects if str(each.dn) == name)

    assert kind_of(contoso.tier_zero(), made) is kind


@pytest.mark.parametrize(
    "name",
    [
        "AdminSDHolder",
        "System",
        "Schema",
        "Configuration",
        "Public Key Services",
        DEFAULT_POLICY,
    ],
)
def test_what_every_forest_has_and_was_not_read_is_told(name: str) -> None:
    contoso = forest()
    lost = contoso.made(name)

    assert subjects(contoso.without(lambda made: made is lost)) == {str(lost.dn)}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Domain Admins", r"CONTOSO\Domain Admins"),
        ("Enterprise Admins", r"CONTOSO\Enterprise Admins"),
        ("krbtgt", r"CONTOSO\krbtgt"),
        ("Administrators", r"BUILTIN\Administrators"),
        ("DC1", "domain controllers of contoso.example"),
    ],
)
def test_a_principal_that_every_forest_has_and_was_not_read_is_told(name: str, told: str) -> None:
    contoso = forest()
    lost = contoso.made(name)

    assert subjects(contoso.without(lambda made: made is lost)) == {told}


def test_a_group_whose_members_were_not_all_read_is_told() -> None:
    contoso = forest()
    contoso.world.gap(contoso.made("Domain Admins"), "`member` is incomplete")

    assert subjects(contoso) == {r"CONTOSO\Domain Admins"}


def test_a_root_that_was_not_read_is_told_and_its_groups_are_in_doubt() -> None:
    contoso = forest()
    child = contoso.world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    add_domain(child, {})
    root = contoso.root
    contoso.without(
        lambda made: made.dn.path.startswith("dc=example,dc=contoso,cn=users") or made is root.head
    )
    tier_zero = contoso.tier_zero()

    told = {gap.subject: gap.reason for gap in tier_zero.unread}
    assert told["domain contoso.example"].endswith("with the administrators of the whole forest")
    assert tier_zero.doubt(root.sid.relative(519)) == "its domain was not read"
    assert tier_zero.doubt(child.sid.relative(1100)) is None


def test_where_all_domains_were_read_nobody_is_in_doubt() -> None:
    contoso = forest()

    assert contoso.tier_zero().doubt(contoso.root.sid.relative(1100)) is None


def test_an_object_is_listed_once_and_the_list_is_by_kind_and_path() -> None:
    contoso = forest()
    contoso.made("Domain Admins").put(member=contoso.made("Administrator"))
    assets = list(contoso.tier_zero().assets)

    order = [(list(Kind).index(asset.kind), asset.dn.path) for asset in assets]
    assert order == sorted(order)
    assert len({asset.dn for asset in assets}) == len(assets)


def test_the_number_of_an_asset_is_that_of_its_object() -> None:
    contoso = forest()
    snapshot = contoso.world.snapshot()

    for asset in contoso.tier_zero().assets:
        assert snapshot.at(asset.number).dn == asset.dn


# containers


def test_a_unit_above_a_privileged_account_is_tier_zero_and_one_beside_it_is_not() -> None:
    contoso = forest()
    outer = unit(contoso.root, "Admins")
    inner = contoso.world.add(f"OU=Europe,{outer.dn}", "organizationalUnit")
    beside = unit(contoso.root, "Staff")
    ann = user_in(inner, contoso.root, "ann", 1100)
    user_in(beside, contoso.root, "bob", 1101)
    contoso.made("Domain Admins").put(member=ann)
    tier_zero = contoso.tier_zero()

    assert kind_of(tier_zero, outer) is kind_of(tier_zero, inner) is Kind.CONTAINER
    assert why(tier_zero, outer) == f"above {ann.dn}"
    assert kind_of(tier_zero, beside) is None


# system objects, keys, trusts


def test_a_backup_key_is_tier_zero_and_another_secret_is_not() -> None:
    contoso = forest()
    key = add(contoso, f"CN=BCKUPKEY_P Secret,{SYSTEM}", "secret")
    other = add(contoso, f"CN=G$Other Secret,{SYSTEM}", "secret")
    tier_zero = contoso.tier_zero()

    assert kind_of(tier_zero, key) is Kind.SECRET
    assert kind_of(tier_zero, other) is None


def test_the_keys_of_managed_accounts_are_tier_zero() -> None:
    contoso = forest()
    dn = "CN=1,CN=Master Root Keys,CN=Group Key Distribution Service,CN=Services"
    key = add(contoso, f"{dn},CN=Configuration,DC=contoso,DC=example", "msKds-ProvRootKey")

    assert kind_of(contoso.tier_zero(), key) is Kind.SECRET


def test_a_trust_is_tier_zero() -> None:
    contoso = forest()
    trust = add(contoso, f"CN=fabrikam.example,{SYSTEM}", "trustedDomain")

    assert kind_of(contoso.tier_zero(), trust) is Kind.TRUST


# DNS


@pytest.mark.parametrize("name", ["contoso.example", "CONTOSO.EXAMPLE", "_msdcs.contoso.example"])
def test_a_zone_of_the_domain_is_tier_zero_with_what_is_above_it(name: str) -> None:
    contoso = forest()
    partition = add(contoso, "DC=DomainDnsZones,DC=contoso,DC=example", "domainDNS")
    container = add(contoso, f"CN=MicrosoftDNS,{partition.dn}", "container")
    zone = add(contoso, f"DC={name},{container.dn}", "dnsZone")
    tier_zero = contoso.tier_zero()

    assert {kind_of(tier_zero, made) for made in (partition, container, zone)} == {Kind.DNS}


def test_another_zone_is_not() -> None:
    contoso = forest()
    zone = add(contoso, f"DC=shop.example,CN=MicrosoftDNS,{SYSTEM}", "dnsZone")

    assert kind_of(contoso.tier_zero(), zone) is None


def test_a_dns_partition_that_the_forest_has_and_was_not_read_is_told() -> None:
    contoso = forest()
    name = "DC=DomainDnsZones,DC=contoso,DC=example"
    partitions = "CN=Partitions,CN=Configuration,DC=contoso,DC=example"
    add(contoso, f"CN=1,{partitions}", "crossRef", nCName=name, systemFlags=5)
    assert subjects(contoso) == {name}

    add(contoso, name, "domainDNS")
    assert subjects(contoso) == set()


# policies


def linked(contoso: Forest, container: Made, options: int = 0) -> Made:
    policy = add(contoso, policy_dn(contoso.root, OTHER_POLICY), "groupPolicyContainer")
    container.attributes.pop("gplink", None)
    container.put(gPLink=link(policy, options))
    return policy


@pytest.mark.parametrize(
    ("options", "kind"), [(0, Kind.POLICY), (2, Kind.POLICY), (1, None), (3, None)]
)
def test_a_policy_that_is_linked_to_the_head_is_unless_the_link_is_disabled(
    options: int, kind: Kind | None
) -> None:
    contoso = forest()
    assert contoso.root.head
    policy = linked(contoso, contoso.root.head, options)

    assert kind_of(contoso.tier_zero(), policy) is kind


def test_a_policy_that_is_linked_to_a_site_is() -> None:
    contoso = forest()
    site = add(contoso, "CN=Budapest,CN=Sites,CN=Configuration,DC=contoso,DC=example", "site")
    policy = linked(contoso, site)
    tier_zero = contoso.tier_zero()

    assert why(tier_zero, policy) == f"linked to {site.dn}"
    assert kind_of(tier_zero, site) is Kind.SITE


def test_a_policy_that_is_linked_to_the_unit_of_the_controllers_is() -> None:
    contoso = forest()
    (controllers,) = (m for m in contoso.world.objects if str(m.dn).startswith("OU=Domain C"))
    policy = linked(contoso, controllers)

    assert kind_of(contoso.tier_zero(), policy) is Kind.POLICY


def test_a_policy_that_is_linked_above_a_privileged_account_is() -> None:
    contoso = forest()
    admins = unit(contoso.root, "Admins")
    ann = user_in(admins, contoso.root, "ann", 1100)
    contoso.made("Domain Admins").put(member=ann)
    policy = linked(contoso, admins)

    assert kind_of(contoso.tier_zero(), policy) is Kind.POLICY


def test_a_policy_that_is_linked_above_ordinary_accounts_is_not() -> None:
    contoso = forest()
    staff = unit(contoso.root, "Staff")
    user_in(staff, contoso.root, "bob", 1101)
    policy = linked(contoso, staff)

    assert kind_of(contoso.tier_zero(), policy) is None


def test_a_policy_that_is_linked_above_groups_alone_is_not_for_groups_take_none() -> None:
    contoso = forest()
    groups = unit(contoso.root, "Groups")
    inner = group_in(groups, contoso.root, "Inner", 1201)
    contoso.made("Domain Admins").put(member=inner)
    policy = linked(contoso, groups)
    tier_zero = contoso.tier_zero()

    assert kind_of(tier_zero, policy) is None
    assert kind_of(tier_zero, groups) is Kind.CONTAINER


def test_a_policy_that_is_not_linked_is_not() -> None:
    contoso = forest()
    policy = add(contoso, policy_dn(contoso.root, OTHER_POLICY), "groupPolicyContainer")

    assert kind_of(contoso.tier_zero(), policy) is None


def test_links_that_were_not_read_anywhere_are_told() -> None:
    contoso = forest()
    assert contoso.root.head
    del contoso.root.head.attributes["gplink"]

    assert subjects(contoso) == {"gPLink"}


def test_links_that_are_damaged_are_told() -> None:
    contoso = forest()
    assert contoso.root.head
    contoso.root.head.attributes["gplink"] = [b"[LDAP://cn={1},DC=contoso"]

    assert subjects(contoso) == {"gPLink of DC=contoso,DC=example"}


def test_links_are_parsed_in_the_form_that_consoles_write() -> None:
    """[MS-GPOL] 2.2.2: `[<GPO DN>;<options>]`, and a space where none are left."""
    text = "[LDAP://cn={1},cn=policies,DC=a;0][LDAP://CN={2},CN=Policies,DC=a;2]"

    assert parse_links(text) == [
        Link("cn={1},cn=policies,DC=a", 0),
        Link("CN={2},CN=Policies,DC=a", 2),
    ]
    assert parse_links(" ") == []
    with pytest.raises(DirectoryError, match="no list of linked policies"):
        parse_links("[LDAP://cn={1};0] more")


# configuration and schema


@pytest.mark.parametrize(
    "name",
    [
        "CN=Partitions",
        "CN=Services",
        "CN=Directory Service,CN=Windows NT,CN=Services",
        "CN=Extended-Rights",
        "CN=DisplaySpecifiers",
    ],
)
def test_what_the_directory_goes_by_is_configuration(name: str) -> None:
    contoso = forest()
    dn = f"{name},CN=Configuration,DC=contoso,DC=example"
    contoso.without(lambda made: str(made.dn) == dn)
    made = add(contoso, dn, "container")

    assert kind_of(contoso.tier_zero(), made) is Kind.CONFIGURATION


def test_other_services_are_not() -> None:
    contoso = forest()
    made = add(
        contoso, "CN=NetServices,CN=Services,CN=Configuration,DC=contoso,DC=example", "container"
    )

    assert kind_of(contoso.tier_zero(), made) is None


def test_definitions_are_schema() -> None:
    contoso = forest()
    made = contoso.world.schema_class("user", "bf967aba-0de6-11d0-a285-00aa003049e2")
    other = contoso.world.schema_attribute("cn", "bf96793f-0de6-11d0-a285-00aa003049e2")

    assert kind_of(contoso.tier_zero(), made) is kind_of(contoso.tier_zero(), other) is Kind.SCHEMA


# certificate services


def authority(contoso: Forest, *templates: str, host: str | None = None) -> Made:
    more = {"certificateTemplates": list(templates)} if templates else {}
    more |= {"dNSHostName": host} if host else {}
    return add(
        contoso, f"CN=Contoso CA,CN=Enrollment Services,{SERVICES}", "pKIEnrollmentService", **more
    )


def template(contoso: Forest, name: str, *purposes: str, **more: object) -> Made:
    if purposes:
        more["pKIExtendedKeyUsage"] = list(purposes)
    dn = f"CN={name},CN=Certificate Templates,{SERVICES}"
    return add(contoso, dn, "pKICertificateTemplate", **more)


@pytest.mark.parametrize(
    "name", ["CN=NTAuthCertificates", "CN=AIA", "CN=OID", "CN=Certification Authorities"]
)
def test_what_says_whom_to_trust_is_of_the_certificate_services(name: str) -> None:
    contoso = forest()
    made = add(contoso, f"{name},{SERVICES}", "container")

    assert kind_of(contoso.tier_zero(), made) is Kind.PKI


@pytest.mark.parametrize(
    ("container", "kind"),
    [("AIA", Kind.PKI), ("Certification Authorities", Kind.PKI), ("CDP", None)],
)
def test_an_authority_that_is_trusted_is_too(container: str, kind: Kind | None) -> None:
    contoso = forest()
    made = add(contoso, f"CN=Contoso CA,CN={container},{SERVICES}", "certificationAuthority")

    assert kind_of(contoso.tier_zero(), made) is kind


def test_a_template_is_tier_zero_where_an_authority_publishes_it() -> None:
    contoso = forest()
    published = template(contoso, "Smartcard", "1.3.6.1.4.1.311.20.2.2")
    other = template(contoso, "Other", "1.3.6.1.4.1.311.20.2.2")
    tier_zero_before = contoso.tier_zero()
    made = authority(contoso, "smartcard")
    tier_zero = contoso.tier_zero()

    assert kind_of(tier_zero_before, published) is None
    assert kind_of(tier_zero, published) is Kind.TEMPLATE
    assert kind_of(tier_zero, other) is None
    assert kind_of(tier_zero, made) is Kind.PKI


@pytest.mark.parametrize(
    ("purposes", "policies", "logs_on"),
    [
        (["1.3.6.1.5.5.7.3.2"], [], True),
        (["1.3.6.1.4.1.311.20.2.2"], [], True),
        (["1.3.6.1.5.2.3.4"], [], True),
        (["2.5.29.37.0"], [], True),
        ([], [], True),
        (["1.3.6.1.5.5.7.3.1"], ["1.3.6.1.5.5.7.3.2"], True),
        (["1.3.6.1.5.5.7.3.1"], [], False),
        (["1.3.6.1.4.1.311.10.3.4"], ["1.3.6.1.4.1.311.10.3.4"], False),
    ],
)
def test_the_reason_says_whether_a_template_lets_its_holder_log_on(
    purposes: list[str], policies: list[str], *, logs_on: bool
) -> None:
    contoso = forest()
    more = {"msPKI-Certificate-Application-Policy": policies} if policies else {}
    made = template(contoso, "T", *purposes, **more)
    authority(contoso, "T")

    expected = "published by Contoso CA" + (", lets its holder log on" if logs_on else "")
    assert why(contoso.tier_zero(), made) == expected


def test_a_published_template_that_was_not_read_is_told() -> None:
    contoso = forest()
    authority(contoso, "Lost")

    assert subjects(contoso) == {"certificate template Lost"}


def test_the_host_of_an_authority_is_tier_zero_by_the_name_that_it_registered() -> None:
    contoso = forest()
    authority(contoso, host="CA01-certificates.contoso.example")
    name = {"dNSHostName": "ca01-certificates.contoso.example"}
    host = contoso.root.computer("CA01-CERTIFICAT", 1100, **name)
    child = contoso.world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    add_domain(child, {})
    elsewhere = {"dNSHostName": "ca01-certificates.emea.contoso.example"}
    other = child.computer("CA01-CERTIFICAT", 1100, **elsewhere)
    tier_zero = contoso.tier_zero()

    assert why(tier_zero, host) == "the host of Contoso CA, which signs certificates"
    assert tier_zero.is_trusted(host.sid)
    assert not tier_zero.is_trusted(other.sid)
