"""What is asked for, and the same rules applied to a name."""

import pytest

from adaudit.collect.plan import (
    DESCRIPTOR,
    ROOT_DSE,
    Wanted,
    domain_searches,
    fingerprint,
    forest_searches,
    naming_context,
    partition_name,
    partition_search,
    wanted,
    wants_descriptor,
)
from adaudit.collect.search import Scope, Search
from adaudit.directory.dn import Dn

DOMAIN = Dn("DC=contoso,DC=example")
CONFIGURATION = DOMAIN.child("CN=Configuration")
FEW = (*forest_searches(CONFIGURATION), *domain_searches(DOMAIN))
ALL = (
    *forest_searches(CONFIGURATION, everything=True),
    *domain_searches(DOMAIN, everything=True),
)
ZONES = Dn("DC=DomainDnsZones,DC=contoso,DC=example")
EVERY_SEARCH = (ROOT_DSE, *FEW, *ALL, partition_search(ZONES))
SECRETS = {
    # what no controller gives to anyone, [MS-ADTS] 3.1.1.4.4
    *("currentvalue", "dbcspwd", "initialauthincoming", "initialauthoutgoing", "lmpwdhistory"),
    *("ntpwdhistory", "priorvalue", "supplementalcredentials", "trustauthincoming"),
    *("trustauthoutgoing", "unicodepwd", "msds-executescriptpassword", "peklist"),
    # what it gives to some
    *("msds-managedpassword", "ms-mcs-admpwd", "ms-mcs-admpwdhistory", "mslaps-password"),
    *("mslaps-encryptedpassword", "mslaps-encryptedpasswordhistory", "userpassword"),
    *("mslaps-encrypteddsrmpassword", "mslaps-encrypteddsrmpasswordhistory", "unixuserpassword"),
    *("msfve-recoverypassword", "msfve-keypackage", "mstpm-ownerinformation"),
    *("mskds-rootkeydata", "mspkiaccountcredentials", "mspkidpapimasterkeys"),
    *("mspki-credentialroamingtokens", "msds-transformationrulescompiled"),
    "msexchsmtpoutboundsecuritypassword",
}
IDENTITY = {"objectclass", "objectguid"}


def want(dn: str, *classes: str) -> Wanted:
    found = wanted(Dn(dn), frozenset(classes))
    assert found is not None
    return found


@pytest.mark.parametrize("search", EVERY_SEARCH, ids=lambda search: search.what)
def test_no_search_asks_for_a_secret(search: Search) -> None:
    secrets = ("password", "pwd", "secret", "credential", "supplemental", "recovery", "key")
    harmless = {
        "diagnosticregkey",  # a place in the registry
        *("pwdlastset", "ms-mcs-admpwdexpirationtime", "mslaps-passwordexpirationtime"),
        "pkiextendedkeyusage",  # what a certificate is for
    }
    asked = {name.lower() for name in search.requested} - harmless
    assert not asked & SECRETS
    assert not [name for name in asked for word in secrets if word in name]


@pytest.mark.parametrize("search", EVERY_SEARCH, ids=lambda search: search.what)
def test_every_search_asks_for_class_and_guid_and_for_nothing_twice(search: Search) -> None:
    asked = [name.lower() for name in search.requested]
    assert set(asked) >= IDENTITY
    assert len(set(asked)) == len(asked)
    assert "*" not in asked


@pytest.mark.parametrize(
    ("classes", "other_than", "text"),
    [
        ((), (), "(objectClass=*)"),
        (("group",), (), "(objectClass=group)"),
        (
            ("classSchema", "attributeSchema"),
            (),
            "(|(objectClass=classSchema)(objectClass=attributeSchema))",
        ),
        (("user",), ("computer",), "(&(objectClass=user)(!(objectClass=computer)))"),
    ],
)
def test_classes_make_the_filter(
    classes: tuple[str, ...], other_than: tuple[str, ...], text: str
) -> None:
    assert Search("x", DOMAIN, Scope.SUBTREE, (), classes, other_than).filter == text


@pytest.mark.parametrize(
    ("scope", "found"),
    [
        (Scope.BASE, ["DC=contoso,DC=example"]),
        (Scope.ONE_LEVEL, ["CN=a,DC=contoso,DC=example"]),
        (
            Scope.SUBTREE,
            [
                "DC=contoso,DC=example",
                "CN=a,DC=contoso,DC=example",
                "CN=b,CN=a,DC=contoso,DC=example",
            ],
        ),
    ],
)
def test_the_scope_says_how_far_a_search_reaches(scope: Scope, found: list[str]) -> None:
    names = [
        "DC=contoso,DC=example",
        "CN=a,DC=contoso,DC=example",
        "CN=b,CN=a,DC=contoso,DC=example",
        "DC=example",
    ]
    search = Search("x", DOMAIN, scope)
    assert [name for name in names if search.finds(Dn(name).path, frozenset())] == found


@pytest.mark.parametrize(
    ("dn", "context"),
    [
        ("CN=a,CN=Users,DC=contoso,DC=example", "DC=contoso,DC=example"),
        ("DC=contoso,DC=example", "DC=contoso,DC=example"),
        ("cn=a,cn=configuration,dc=contoso,dc=example", "cn=configuration,dc=contoso,dc=example"),
        (
            "CN=Schema,CN=Configuration,DC=contoso,DC=example",
            "CN=Configuration,DC=contoso,DC=example",
        ),
        ("CN=Configuration,DC=contoso,DC=example", "CN=Configuration,DC=contoso,DC=example"),
        ("CN=Configurations,DC=contoso,DC=example", "DC=contoso,DC=example"),
        (
            "DC=@,DC=zone,CN=DNS,DC=DomainDnsZones,DC=contoso,DC=example",
            "DC=DomainDnsZones,DC=contoso,DC=example",
        ),
        (r"CN=a\,DC=x,DC=contoso,DC=example", "DC=contoso,DC=example"),
    ],
)
def test_the_naming_context_is_read_off_the_name(dn: str, context: str) -> None:
    assert naming_context(Dn(dn)) == Dn(context)


@pytest.mark.parametrize("dn", ["", "CN=a", "O=Airius"])
def test_a_name_outside_a_forest_has_no_naming_context(dn: str) -> None:
    assert naming_context(Dn(dn)) is None


def test_a_descriptor_is_wanted_of_all_that_belongs_to_exchange_and_of_what_it_inherits_from() -> (
    None
):
    exchange = f"CN=Microsoft Exchange,CN=Services,{CONFIGURATION}"
    for dn in (
        f"CN=1,CN=SMTP,{exchange}",
        exchange,
        f"CN=Services,{CONFIGURATION}",
        str(CONFIGURATION),
    ):
        assert want(dn, "container").descriptor, dn


def test_a_descriptor_is_wanted_of_the_domain_and_its_exchange_system_objects() -> None:
    assert want(str(DOMAIN), "domaindns").descriptor
    assert want(f"CN=Microsoft Exchange System Objects,{DOMAIN}", "container").descriptor


def test_no_descriptor_is_wanted_of_principals_and_the_schema() -> None:
    assert not want(f"CN=g,{DOMAIN}", "group").descriptor
    assert not want(f"CN=Group,CN=Schema,{CONFIGURATION}", "classschema").descriptor


def test_service_principal_names_are_wanted_of_all_accounts_as_any_may_hold_one() -> None:
    computer = want(f"CN=EX01,{DOMAIN}", "user", "computer").attributes
    user = want(f"CN=Anna,{DOMAIN}", "user").attributes
    assert "serviceprincipalname" in computer & user


def test_the_age_of_the_password_is_wanted_of_computers_only() -> None:
    computer = want(f"CN=EX01,{DOMAIN}", "user", "computer").attributes
    user = want(f"CN=Anna,{DOMAIN}", "user").attributes
    assert "pwdlastset" in computer - user


def test_the_account_of_a_connector_is_wanted_and_its_password_is_not() -> None:
    exchange = f"CN=Microsoft Exchange,CN=Services,{CONFIGURATION}"
    connector = want(f"CN=Outside,{exchange}", "msexchroutingsmtpconnector").attributes
    assert "msexchsmtpoutboundsecurityusername" in connector
    assert "msexchsmtpoutboundsecuritypassword" not in connector


def test_members_are_wanted_of_groups() -> None:
    assert "member" in want(f"CN=g,{DOMAIN}", "group").attributes


def test_nothing_is_wanted_of_other_objects() -> None:
    assert wanted(Dn(f"CN=c,{DOMAIN}"), frozenset({"contact"})) is None
    assert wanted(Dn(f"CN=s,CN=Sites,{CONFIGURATION}"), frozenset({"site"})) is None


def test_everything_is_all_objects_of_each_partition_with_their_descriptors() -> None:
    assert [(search.base, search.scope, search.filter) for search in ALL] == [
        (CONFIGURATION, Scope.SUBTREE, "(objectClass=*)"),
        (CONFIGURATION.child("CN=Schema"), Scope.SUBTREE, "(objectClass=*)"),
        (DOMAIN, Scope.SUBTREE, "(objectClass=*)"),
        (
            Dn(f"CN=Policies,CN=System,{DOMAIN}"),
            Scope.ONE_LEVEL,
            "(objectClass=groupPolicyContainer)",
        ),
    ]
    assert [search.with_descriptor for search in ALL] == [True, True, True, False]


def test_the_names_of_policies_are_wanted_and_those_of_people_are_not() -> None:
    policy = Dn(f"CN={{31B2F340-016D-11D2-945F-00C04FB984F9}},CN=Policies,CN=System,{DOMAIN}")
    found = wanted(policy, frozenset({"grouppolicycontainer"}), everything=True)
    user = wanted(Dn(f"CN=Anna,{DOMAIN}"), frozenset({"user"}), everything=True)
    assert found is not None
    assert user is not None
    assert found.descriptor
    assert found.attributes - user.attributes == {"displayname", "gpcfilesyspath"}


def test_all_objects_of_an_application_partition_are_read_as_those_of_a_file_are() -> None:
    search = partition_search(ZONES)
    zone = f"DC=contoso.example,CN=MicrosoftDNS,{ZONES}"
    node = wanted(Dn(f"DC=@,{zone}"), frozenset({"dnsnode"}), everything=True)
    assert search.base == ZONES
    assert (search.filter, search.with_descriptor) == ("(objectClass=*)", True)
    assert node is not None
    assert node.descriptor
    assert {name.lower() for name in search.requested} - {DESCRIPTOR} == node.attributes


def test_an_application_partition_is_called_by_its_dns_name() -> None:
    assert partition_search(ZONES).what == partition_name(ZONES)
    assert partition_name(ZONES) == "partition DomainDnsZones.contoso.example"


def test_what_a_review_looks_at_is_wanted_of_nothing_less_than_everything() -> None:
    asked = {name.lower() for search in FEW for name in search.requested}
    added = {name.lower() for search in ALL for name in search.requested} - asked
    assert added >= {
        *("admincount", "gplink", "managedby", "possSuperiors".lower(), "maycontain"),
        *("msds-groupmsamembership", "msds-allowedtoactonbehalfofotheridentity"),
        *("mspki-certificate-name-flag", "trustattributes", "wellknownobjects"),
    }


def test_everything_asks_for_the_sid_that_self_stands_for_wherever_an_object_may_have_one() -> None:
    known = Dn(f"CN=Everyone,CN=WellKnown Security Principals,{CONFIGURATION}")
    found = wanted(known, frozenset({"foreignsecurityprincipal"}), everything=True)
    assert found is not None
    assert "objectsid" in found.attributes


@pytest.mark.parametrize("search", FEW, ids=lambda search: search.what)
def test_everything_asks_for_all_that_any_search_asks_for(search: Search) -> None:
    above = [each for each in ALL if search.base == each.base or search.base.is_below(each.base)]
    whole = max(above, key=lambda each: len(each.base.rdns))
    assert set(whole.requested) >= set(search.requested)


def test_of_a_file_everything_is_every_object_of_the_forest() -> None:
    for dn in (f"CN=c,{DOMAIN}", f"CN=s,CN=Sites,{CONFIGURATION}", f"CN=u,{DOMAIN}"):
        found = wanted(Dn(dn), frozenset({"contact"}), everything=True)
        assert found is not None
        assert found.descriptor


def test_of_a_file_everything_has_at_least_what_the_checks_need() -> None:
    objects = {f"CN=g,{DOMAIN}": "group", f"CN=Group,CN=Schema,{CONFIGURATION}": "classschema"}
    for dn, name in objects.items():
        everything = wanted(Dn(dn), frozenset({name}), everything=True)
        assert everything is not None
        assert everything.attributes >= want(dn, name).attributes


def test_another_plan_has_another_fingerprint() -> None:
    assert fingerprint() == fingerprint()
    assert fingerprint() != fingerprint(everything=True)


@pytest.mark.parametrize("everything", [False, True])
def test_whether_a_descriptor_is_wanted_is_told_by_the_path_alone(*, everything: bool) -> None:
    exchange = f"CN=Microsoft Exchange,CN=Services,{CONFIGURATION}"
    bases = ["", "CN=a", str(DOMAIN), str(CONFIGURATION), f"CN=Services,{CONFIGURATION}", exchange]
    names = [*bases, *(f"CN=a\\,b,{base}" for base in bases if base), f"CN=x,CN=y,{exchange}"]
    for name in names:
        for classes in (frozenset({"container"}), frozenset({"domaindns"})):
            found = wanted(Dn(name), classes, everything=everything)
            expected = bool(found and found.descriptor)
            told = wants_descriptor(Dn(name).path, classes, everything=everything)
            assert told == expected, (name, classes)
