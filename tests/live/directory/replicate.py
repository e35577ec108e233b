"""
`replicate.py SMB_CONF ADDRESS`: ask for the secrets of an account by replication, as DCSync does.

Bound as each account that is named on standard input (a JSON list), it asks the controller for one
object with all its secrets ([MS-DRSR] 4.1.10), and prints `{account: whether it got them}`.
"""

import json
import sys

from sam import Sam, credentials
from samba import WERRORError, drs_utils, werror
from samba.dcerpc import drsuapi, misc

_PORT = 49152  # the only one that tests/live/settings.py leaves


def main(smb_conf: str, address: str) -> None:
    """Ask the server at `address`, and print its answers."""
    sam = Sam(smb_conf)
    answers = {account: _gets(sam, address, account) for account in json.load(sys.stdin)}
    json.dump(answers, sys.stdout)


def _gets(sam: Sam, address: str, account: str) -> bool:
    binding = f"ncacn_ip_tcp:{address}[{_PORT},seal]"
    pipe = drsuapi.drsuapi(binding, sam.settings, credentials(sam, account))
    handle, _ = drs_utils.drs_DsBind(pipe)
    try:
        _, answer = pipe.DsGetNCChanges(handle, 8, _request(sam))
    except WERRORError as error:
        if error.args[0] != werror.WERR_DS_DRA_ACCESS_DENIED:
            raise
        return False
    attributes = answer.first_object.object.attribute_ctr.attributes
    secrets = [each for each in attributes if each.attid == drsuapi.DRSUAPI_ATTID_unicodePwd]
    return bool(secrets and secrets[0].value_ctr.num_values)


def _request(sam: Sam) -> drsuapi.DsGetNCChangesRequest8:
    request = drsuapi.DsGetNCChangesRequest8()
    own = misc.GUID(sam.database.get_invocation_id())
    request.destination_dsa_guid = misc.GUID(sam.database.get_ntds_GUID())
    request.source_dsa_invocation_id = own
    request.naming_context = drsuapi.DsReplicaObjectIdentifier()
    request.naming_context.dn = f"CN=krbtgt,{sam.users}"
    request.highwatermark = drsuapi.DsReplicaHighWaterMark()
    request.uptodateness_vector = None
    request.replica_flags = drsuapi.DRSUAPI_DRS_WRIT_REP | drsuapi.DRSUAPI_DRS_INIT_SYNC
    request.max_object_count = 1
    request.max_ndr_size = 1 << 20
    request.extended_op = drsuapi.DRSUAPI_EXOP_REPL_OBJ
    request.mapping_ctr.num_mappings = 0
    request.mapping_ctr.mappings = None
    return request


if __name__ == "__main__":
    main(*sys.argv[1:])
