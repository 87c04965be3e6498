"""Runs one command and says what it and all its processes took.

    python3 measure.py RESULT TIMEOUT COMMAND…     writes JSON into RESULT

A process of its own, so that nothing else's children are counted. Processes that the command leaves behind are waited for a moment.
"""

import ctypes
import json
import os
import signal
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 1.0


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
        os.killpg(pid, signal.SIGKILL)

    for number in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    signal.setitimer(signal.ITIMER_REAL, timeout)
    usages = []
    while True:
        ended, status, usage = os.wait4(-1, 0)
        usages.append(usage)
        if ended == pid:
            break
    wall = time.perf_counter() - start
    signal.setitimer(signal.ITIMER_REAL, 0)
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
    return {'wall': wall, 'cpu': sum(u.ru_utime + u.ru_stime for u in usages), 'peak': max(u.ru_maxrss for u in usages) * 1024,
            'exit': os.waitstatus_to_exitcode(status), 'late': any(late)}


if __name__ == '__main__':
    outcome = run(sys.argv[3:], float(sys.argv[2]))
    with open(sys.argv[1], 'w', encoding='utf-8') as file:
        json.dump(outcome, file)
