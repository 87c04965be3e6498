"""A port that leads to the server. It counts whose turn it is and how many bytes passed, so that a fault can strike at a chosen point
of the conversation."""

import contextlib
import ctypes
import os
import re
import signal
import socket
import threading
import time
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
CHUNK = 1 << 16


class Trap:
    """Fires once: when that many turns were taken, or when its time has come."""

    def __init__(self, action, turns=None, delay=0.0):
        self.action, self.turns, self.delay = action, turns, delay
        self.fired, self.over = threading.Event(), threading.Event()
        self.lock = threading.Lock()

    def fire(self):
        with self.lock:
            if self.fired.is_set() or self.over.is_set():
                return
            self.fired.set()
        self.action()

    def spring(self):
        """In the thread that carries the bytes: without a delay, nothing is carried until the fault has struck."""
        turns, self.turns = self.turns, None
        if turns is None:
            return
        if self.delay:
            timer = threading.Timer(self.delay, self.fire)
            timer.daemon = True
            timer.start()
        else:
            self.fire()


class Pair:
    def __init__(self, client, server):
        self.client, self.server, self.last, self.open, self.lost = client, server, None, 2, False
        self.port = server.getsockname()[1]

    def lose(self):
        """Both sides get what was sent to them so far, and then the end. What they still send is lost."""
        self.lost = True
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_WR)

    def close(self, reset=False):
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                if reset:
                    disconnect(end)
                else:
                    end.shutdown(socket.SHUT_RDWR)


def disconnect(end):
    """Connecting to "unspecified" sends a reset at once, even while another thread reads."""
    LIBC.connect(end.fileno(), (ctypes.c_char * 16)(), 16)


class Gate:
    def __init__(self, port):
        self.target, self.lock, self.moves = port, threading.Condition(), 0
        self.pairs, self.turns, self.trap = set(), 0, None
        self.stalled, self.stall_new, self.refuse = set(), False, False
        self.first = None  # when the first connection came
        self.carried, self.marks, self.cuts = {'up': 0, 'down': 0}, [], 0
        self.door = socket.create_server(('127.0.0.1', 0), backlog=128)
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.door.accept()
            except OSError:
                return
            if self.refuse:
                disconnect(client)
                client.close()
                continue
            try:
                server = socket.create_connection(('127.0.0.1', self.target))
            except OSError:
                client.close()
                continue
            for end in (client, server):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            pair = Pair(client, server)
            with self.lock:
                self.first = self.first or time.monotonic()
                self.pairs.add(pair)
                if self.stall_new:
                    self.stalled.add(pair)
            threading.Thread(target=self.pump, args=(pair, client, server, 'up'), daemon=True).start()
            threading.Thread(target=self.pump, args=(pair, server, client, 'down'), daemon=True).start()

    def pump(self, pair, source, target, direction):
        while True:
            try:
                data = source.recv(CHUNK)
            except OSError:
                data = b''
            with self.lock:
                if data and pair.last != direction:
                    pair.last = direction
                    self.turns += 1
                trap = self.trap
            if data and trap and trap.turns is not None and self.turns >= trap.turns:
                trap.spring()
            with self.lock:
                while data and pair in self.stalled:
                    self.lock.wait(0.2)
            try:
                if data and pair.lost:
                    continue
                if data:
                    target.sendall(data)
                    self.count(direction, len(data))
                    continue
                target.shutdown(socket.SHUT_WR)
            except OSError:
                if data and pair.lost:
                    continue
                pair.close()
            break
        with self.lock:
            pair.open -= 1
            if not pair.open:
                self.pairs.discard(pair)
                self.lock.notify_all()
        if not pair.open:
            pair.client.close()
            pair.server.close()

    def count(self, direction, size):
        with self.lock:
            self.carried[direction] += size
            total = sum(self.carried.values())
            due = [action for at, action in self.marks if at <= total]
            self.marks = [mark for mark in self.marks if mark[0] > total]
        for action in due:
            action()

    def begin(self, every=0):
        """Counts bytes from here on; every so many bytes, of both directions together, all connections are lost."""
        with self.lock:
            self.carried, self.marks, self.cuts = {'up': 0, 'down': 0}, [], 0
        if every:
            self.at(every, lambda: self.cut_again(every))

    def at(self, total, action):
        """Does it once so many bytes have passed, in the thread that carries them."""
        with self.lock:
            self.marks.append((total, action))

    def cut_again(self, every):
        with self.lock:
            self.cuts += 1
            self.marks.append((sum(self.carried.values()) + every, lambda: self.cut_again(every)))
        for pair in self.live():
            pair.lose()

    def arm(self, trap):
        with self.lock:
            self.turns, self.trap, self.first = 0, trap, None

    def live(self):
        with self.lock:
            return list(self.pairs)

    def stall(self, new):
        with self.lock:
            self.stalled, self.stall_new = set(self.pairs), new

    def reset(self, pairs, refuse=False):
        self.refuse = refuse
        for pair in pairs:
            pair.close(reset=True)

    def heal(self):
        with self.lock:
            self.stalled, self.stall_new, self.refuse = set(), False, False
            self.lock.notify_all()

    def settle(self, sshd, patience=10):
        """Waits until the sessions of the connections that came through here have ended."""
        pids = sessions(sshd, self.target, {pair.port for pair in self.live()})
        with self.lock:
            for pair in self.pairs:
                pair.close()
            self.lock.wait_for(lambda: not self.pairs, patience)
        end = time.monotonic() + patience
        while any(Path(f'/proc/{pid}').exists() for pid in pids) and time.monotonic() < end:
            time.sleep(0.01)

    def close(self):
        with contextlib.suppress(OSError):
            self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()
        self.heal()
        for pair in self.live():
            pair.close()


def descendants(pid):
    found, wait = [], [pid]
    while wait:
        with contextlib.suppress(OSError):  # it may just have ended
            for task in Path(f'/proc/{wait.pop()}/task').iterdir():
                children = [int(child) for child in (task / 'children').read_text().split()]
                found += children
                wait += children
    return found


def sessions(sshd, port, clients):
    """Processes of the sshd that serve a connection from one of these ports."""
    inodes = set()
    for line in Path('/proc/net/tcp').read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].split(':')[1], 16) == port and int(fields[2].split(':')[1], 16) in clients:
            inodes.add(f'socket:[{fields[9]}]')
    found = []
    for pid in descendants(sshd):
        with contextlib.suppress(OSError):
            if any(os.readlink(fd) in inodes for fd in Path(f'/proc/{pid}/fd').iterdir()):
                found.append(pid)
    return found


def cut(sshd, port, clients, commands):
    """Kills the sessions; with their commands, or leaving those running."""
    for pid in sessions(sshd, port, clients):
        for each in ([*descendants(pid)] if commands else []) + [pid]:
            with contextlib.suppress(OSError):
                if re.match(r'sshd|sh|bash|openssl|sha|internal', Path(f'/proc/{each}/comm').read_text()):
                    os.kill(each, signal.SIGKILL)
