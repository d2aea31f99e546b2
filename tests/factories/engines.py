"""An agent with a table, read through the engine under test, and what makes such a reading whole."""

import asyncio
from contextlib import asynccontextmanager

from pysnmp.proto import rfc1902

from network.lab.agent import SnmpAgent
from network.lab.definition import SnmpUser
from network.lab.mib import MibView, constant
from network.snmp.device_reader import DeviceReader
from network.snmp.gufo_engine import GufoConnection
from network.snmp.pysnmp_engine import EnginePool
from network.snmp.reader import WalkLimits
from network.snmp.suitability import Suitability
from network.targets import SnmpV2cCredentials, SnmpV3Credentials, Target

A, B = (1, 3, 6, 1, 4, 1, 9999, 1, 1, 1), (1, 3, 6, 1, 4, 1, 9999, 1, 1, 2)
AFTER = (1, 3, 6, 1, 4, 1, 9999, 2, 0)
PUBLIC = SnmpV2cCredentials.of("public")


def table(rows: int = 50, columns=(A, B)):
    cells = {(*column, row): rfc1902.Gauge32(row * 10) for column in columns for row in range(1, rows + 1)}
    return cells | {AFTER: rfc1902.OctetString("behind the columns")}


@asynccontextmanager
async def reading(engine: str, port: int, credentials=PUBLIC, known: Suitability | None = None):
    engines = EnginePool()
    target = Target(address="127.0.0.1", snmp_port=port, snmp=credentials)
    connection = GufoConnection("127.0.0.1", port, credentials) if engine == "fast" else None
    reader = DeviceReader(target, credentials, engines, known, connection=connection)
    try:
        yield reader
    finally:
        reader.close()
        engines.close()


def walk(engine, agent, port, columns=(A, B), *, seconds=8.0, **limits):
    """Walk an agent's columns and return the result with its reader."""

    async def run():
        await agent.start(port)
        try:
            async with reading(engine, port) as reader:
                deadline = asyncio.get_running_loop().time() + seconds
                return await reader.walk(columns, WalkLimits(deadline=deadline, **limits)), reader
        finally:
            agent.close()

    return asyncio.run(run())


def is_whole(result, rows=50):
    return result.complete and all(
        column == {(row,): row * 10 for row in range(1, rows + 1)} for column in result.columns.values()
    )


def user_of(
    auth="SHA-256", priv="AES-128", key="kunci-autentikasi", privacy="kunci-privasi", name="pemantau"
):
    return SnmpV3Credentials.of(name, auth, key, priv, privacy)


async def v3_agent(port, auth="SHA-256", priv="AES-128", name="v3"):
    user = SnmpUser(
        user="pemantau",
        auth_protocol=auth,
        auth_key="kunci-autentikasi",
        priv_protocol=priv,
        priv_key="kunci-privasi",
    )
    view = MibView({oid: constant(value) for oid, value in table().items()})
    return SnmpAgent(name=name, view=view, address="127.0.0.1", port=port, user=user)
