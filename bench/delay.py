"""A proxy that delays: each byte arrives a while after it was sent, in both directions, at any bandwidth.

    python3 delay.py LISTEN_PORT SERVER_PORT SECONDS_ONE_WAY

A connection starts as it would on such a link: what the client sends counts as sent one round trip after it connected, and the
server learns of the connection one way later.
"""

import collections
import socket
import sys
import threading
import time

CHUNK = 1 << 18
BUFFER = 64 << 20  # bytes on their way in each direction; far above what SSH has in flight, so never the bound


class Direction:
    """Bytes on their way from one socket to another."""

    def __init__(self, source, target, delay):
        self.source, self.target, self.delay = source, target, delay
        self.chunks, self.size, self.state = collections.deque(), 0, threading.Condition()

    def read(self):
        while True:
            try:
                data = self.source.recv(CHUNK)
            except OSError:
                data = b''
            due = time.monotonic() + self.delay
            with self.state:
                while self.size > BUFFER:
                    self.state.wait()
                self.chunks.append((due, data))
                self.size += len(data)
                self.state.notify()
            if not data:
                return

    def write(self):
        broken = False
        while True:
            with self.state:
                while not self.chunks:
                    self.state.wait()
                due, data = self.chunks.popleft()
                self.size -= len(data)
                self.state.notify()
            wait = due - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            try:
                if data and not broken:
                    self.target.sendall(data)
                elif not data:
                    self.target.shutdown(socket.SHUT_WR)
            except OSError:
                broken = True
                hang_up(self.source)  # the reader ends, and with it this
            if not data:
                return


def hang_up(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def start(work):
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def serve(client, port, delay):
    server = socket.socket()
    for end in (client, server):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    up, down = Direction(client, server, delay), Direction(server, client, delay)
    time.sleep(2 * delay)
    threads = [start(up.read)]
    time.sleep(delay)
    try:
        server.connect(('127.0.0.1', port))
    except OSError:
        hang_up(client)
        client.close()
        return
    threads += [start(up.write), start(down.read), start(down.write)]
    for thread in threads:
        thread.join()
    client.close()
    server.close()


def main(listen, port, delay):
    threading.stack_size(256 << 10)
    with socket.create_server(('127.0.0.1', listen), backlog=128) as door:
        while True:
            client, _ = door.accept()
            threading.Thread(target=serve, args=(client, port, delay), daemon=True).start()


if __name__ == '__main__':
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
