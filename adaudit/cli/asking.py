"""What the commands that answer single questions have in common."""

WHO_HELP = r"Account or group: NAME, DOMAIN\NAME, DN or SID."
ON_HELP = "Object: its DN, or the name of an Exchange server, account, group or domain."
RIGHT_HELP = (
    "Right or operation: Send-As, WriteDacl, ResetPassword, write:member, read:ms-Mcs-AdmPwd, "
    "create:user, Delete, Move, DCSync, …; or a mask, 0x100 or CR:GUID."
)
