"""
Registries and event logs of other computers, read over their RPC interfaces. [MS-RRP], [MS-EVEN]

Only here is impacket imported. It does not verify what a server signs or encrypts, so what is read
here is marked as not verified. Nothing but the calls that an `Interface` lists is ever sent.
"""
