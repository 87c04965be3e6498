"""asyncssh's SFTP server with its defaults: asyncssh_server.py PORT FOLDER. Commands are not run."""
import asyncio
import sys

import asyncssh

port, folder = int(sys.argv[1]), sys.argv[2]


async def serve():
    await asyncssh.listen(
        "127.0.0.1",
        port,
        server_host_keys=[f"{folder}/host_{kind}" for kind in ("ed25519", "ecdsa", "rsa")],
        authorized_client_keys=f"{folder}/home/.ssh/authorized_keys",
        sftp_factory=True,
    )
    await asyncio.Event().wait()


asyncio.run(serve())
