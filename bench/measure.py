"""Runs one command and says what it and all its processes took.

    python3 measure.py RESULT TIMEOUT COMMAND…     writes JSON into RESULT

A process of its own, so that nothing else's children are counted. Processes that the command leaves behind are waited for a moment.
SIGTERM ends the command by kill -9.
"""

import ctypes
import json
import os
import signal
import sys
import threading
import time

PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 1.0
LOOK = 0.05  # seconds between two looks at the memory of all processes together


def children(pid):
    try:
        with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as file:
            return [int(word) for word in file.read().split()]
    except OSError:  # it may just have ended
        return []


def resident(pid):
    try:
        with open(f'/proc/{pid}/statm', encoding='ascii') as file:
            return int(file.read().split()[1]) * os.sysconf('SC_PAGE_SIZE')
    except OSError:
        return 0


class Memory(threading.Thread):
    """The most that all descendants of this process held at one time, as far as it was seen."""

    def __init__(self):
        super().__init__(daemon=True)
        self.most, self.over = 0, threading.Event()

    def run(self):
        while not self.over.wait(LOOK):
            waiting, total = children(os.getpid()), 0
            while waiting:
                pid = waiting.pop()
                total += resident(pid)
                waiting += children(pid)
            self.most = max(self.most, total)


def run(command, timeout):
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    start = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
            os.execvp(command[0], command)
        finally:
            os._exit(127)
    late = []

    def stop(number, _):
        late.append(number == signal.SIGALRM)
        try:
            os.killpg(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # it has just ended

    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    memory = Memory()
    memory.start()
    usages = []
    while True:
        ended, status, usage = os.wait4(-1, 0)
        usages.append(usage)
        if ended == pid:
            break
    wall = time.perf_counter() - start
    signal.setitimer(signal.ITIMER_REAL, 0)
    memory.over.set()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            ended, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if ended:
            usages.append(usage)
        else:
            time.sleep(0.01)
    return {'wall': wall, 'cpu': sum(u.ru_utime + u.ru_stime for u in usages), 'peak': max(memory.most, *(u.ru_maxrss * 1024 for u in usages)),
            'exit': os.waitstatus_to_exitcode(status), 'late': any(late)}


if __name__ == '__main__':
    outcome = run(sys.argv[3:], float(sys.argv[2]))
    with open(sys.argv[1], 'w', encoding='utf-8') as file:
        json.dump(outcome, file)
