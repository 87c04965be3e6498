"""The ways to the server: loopback, one of 50 ms round trip, by netem where the kernel has it, else through delay.py, and one that is cut."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from faultmatrix.gate import Gate
from server import free_port

ONE_WAY = 0.025


class Direct:
    """Loopback as it is."""

    words, prefix = 'loopback', ()

    def __init__(self, server, port=None, process=None):
        self.server, self.port, self.sshd = server, port or server.port, process or server.process


@contextlib.contextmanager
def cut(server):
    """A link through a gate that counts, and that cuts when it is told to."""
    gate = Gate(server.port)
    try:
        server.trust(gate.port)
        link = Direct(server, gate.port)
        link.gate = gate
        yield link
    finally:
        gate.close()


@contextlib.contextmanager
def slow(server, port=0):
    """A link of 50 ms round trip, for as long as the block runs."""
    port = port or free_port()
    with netem(server, port) or proxy(server, port) as link:
        server.trust(port)
        yield link


def proxy(server, port):
    @contextlib.contextmanager
    def block():
        process = subprocess.Popen([sys.executable, '-B', str(Path(__file__).with_name('delay.py')), str(port), str(server.port),
                                    str(ONE_WAY)], stdin=subprocess.DEVNULL)
        try:
            server.wait_for(port)
            link = Direct(server, port)
            link.words = 'a delaying proxy (bench/delay.py), 25 ms each way, any bandwidth'
            yield link
        finally:
            process.terminate()
            process.wait()

    return block()


def netem(server, port):
    """A second sshd in a network namespace whose loopback delays; the clients run in there too. None where that cannot be."""
    lo = f'ip link set lo up && tc qdisc add dev lo root netem delay {ONE_WAY * 1000:g}ms limit 1000000'
    if os.getuid() != 0 or subprocess.run(['unshare', '--net', 'sh', '-c', lo], capture_output=True, check=False).returncode:
        return None

    @contextlib.contextmanager
    def block():
        process = server.start(port, prefix=['unshare', '--net', 'sh', '-c', lo + ' && exec "$@"', 'sh'])
        try:
            link = Direct(server, port, process)
            link.prefix = ('nsenter', f'--net=/proc/{process.pid}/ns/net')
            link.words = 'tc netem in a network namespace, 25 ms each way, any bandwidth'
            probe = f'i=0; until (: </dev/tcp/127.0.0.1/{port}) 2>/dev/null || [ $((i+=1)) -gt 50 ]; do sleep 0.1; done'
            subprocess.run([*link.prefix, 'bash', '-c', probe], check=True)
            yield link
        finally:
            process.terminate()
            process.wait()

    return block()
