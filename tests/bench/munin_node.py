"""A stand-in for munin-node: answers the node protocol for any host name, with services of two fields each, size and count.

usage: munin_node.py PORT SERVICES     (any Python 3; serves until it is killed)

https://guide.munin-monitoring.org/en/latest/master/network-protocol.html
"""

import asyncio
import random
import sys

PORT, SERVICES = int(sys.argv[1]), int(sys.argv[2])
CONFIG = """graph_title Backup {}
graph_category backups
graph_vlabel bytes
size.label size
size.warning 1:
count.label count
.
"""


def answer(command: str, argument: str) -> str:
    """What the node says; a fetched value is another each time."""
    match command:
        case "cap":
            return "cap multigraph dirtyconfig\n"
        case "list":
            return " ".join(f"svc{number:02}" for number in range(SERVICES)) + "\n"
        case "version":
            return "munins node on standin version: 2.0\n"
        case "config":
            return CONFIG.format(argument)
        case "fetch":
            return f"size.value {random.uniform(5e8, 6e8):.0f}\ncount.value {random.randint(20, 40)}\n.\n"
    return "# Unknown command\n"


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"# munin node at standin\n")
    while line := (await reader.readline()).decode().strip():
        command, _, argument = line.partition(" ")
        if command in ("quit", "."):
            break
        writer.write(answer(command, argument).encode())
        await writer.drain()
    writer.close()


async def main() -> None:
    async with await asyncio.start_server(serve, "127.0.0.1", PORT) as server:
        await server.serve_forever()


asyncio.run(main())
