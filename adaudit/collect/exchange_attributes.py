"""
The attributes that are read of Exchange's objects in the configuration.

Passwords are left out on purpose: msExchSmtpOutboundSecurityPassword is never asked for.
"""

_OF_ANY = ("name", "displayName", "systemFlags", "whenCreated", "otherWellKnownObjects")
_OF_ORGANISATION = (
    *("legacyExchangeDN", "msExchMixedMode", "msExchAdminGroupsEnabled", "msExchAdminGroupMode"),
    *("msExchDefaultAdminGroup", "msExchAdmins", "msExchServerGroups", "msExchServerGlobalGroups"),
    "msExchServerLocalGroups",
)
_OF_SERVER = (
    *("serialNumber", "versionNumber", "networkAddress", "msExchServerRole", "heuristics"),
    *("msExchCurrentServerRoles", "msExchHomeRoutingGroup", "msExchComputerLink"),
    *("msExchInstallPath", "diagnosticRegKey", "msExchResponsibleMTAServer"),
)
_OF_VIRTUAL_SERVER = (
    *("msExchSmtpFullyQualifiedDomainName", "msExchAuthenticationFlags", "msExchAccessSSLFlags"),
    *("msExchNTAuthenticationProviders", "msExchAccessFlags", "msExchServerBindings"),
    *("msExchSecureBindings", "msExchSaslLogonDomain", "msExchDefaultDomain", "msExchLogType"),
    *("msExchSmtpInboundCommandSupportOptions", "msExchServerAutoStart", "msExchIPSecurity"),
    *("msExchSmtpOutboundSecurityFlag", "msExchSmtpOutboundSecurityUserName"),
    *("msExchAuthMailDisposition", "msExchSubmitRelaySD", "msExchLogonACL"),
    *("msExchSmtpRelayForAuth", "msExchSmtpRelayIpList", "msExchSmtpPerformReverseDnsLookup"),
    *("msExchSmtpMasqueradeDomain", "msExchSmtpDoMasquerade", "msExchSmtpSmartHost"),
    *("msExchSmtpSmartHostType", "msExchSmtpOutgoingPort", "msExchSmtpOutgoingSecurePort"),
)
_OF_ROUTING = (
    *("msExchRoutingMasterDN", "msExchRoutingGroupMembersDN", "msExchSourceBridgeheadServersDN"),
    *("msExchTargetBridgeheadServersDN", "routingList", "deliveryMechanism", "cost"),
)
_OF_RECEIVE_CONNECTOR = (
    *("msExchSmtpReceiveBindings", "msExchSmtpReceiveRemoteIPRanges", "msExchSmtpReceiveEnabled"),
)

EXCHANGE = (
    *(*_OF_ANY, *_OF_ORGANISATION, *_OF_SERVER, *_OF_VIRTUAL_SERVER, *_OF_ROUTING),
    *_OF_RECEIVE_CONNECTOR,
)
"""Names as the schema writes them."""
