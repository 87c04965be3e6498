"""How long starts take, installed from the package: inside the root of bench/package/run."""

import os
import resource  # noqa: F401 (os.wait4 needs it, and there is no Python in the root)
import statistics
import sys
import time

COMMANDS = {"help": ["--help"], "nothing to ship": ["ship"], "status": ["status"]}


def start(program, arguments):
    """Seconds, and peak memory in MB, of one start as the user offsite."""
    began = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.dup2(os.open("/dev/null", os.O_WRONLY), 1)
        os.dup2(1, 2)
        os.execvp("setpriv", ["setpriv", "--reuid=offsite", "--regid=offsite", "--init-groups", program, *arguments])
    _, status, usage = os.wait4(pid, 0)
    took = time.monotonic() - began
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{program} {' '.join(arguments)}: exit code {os.waitstatus_to_exitcode(status)}")
    return took, usage.ru_maxrss / 1024


def main():
    root, rounds, programs = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    os.chroot(root)
    os.chdir("/etc/offsite")
    os.environ.clear()
    os.environ.update(PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME="/var/lib/offsite", LC_ALL="C.UTF-8")
    for name, arguments in COMMANDS.items():
        samples = {program: [] for program in programs}
        for number in range(rounds):
            for program in programs if number % 2 else reversed(programs):
                if name != "status" or program == programs[0]:
                    samples[program].append(start(program, arguments))
        for program in programs:
            if samples[program]:
                seconds = statistics.median(s for s, _ in samples[program])
                memory = statistics.median(m for _, m in samples[program])
                print(f"      {name:16} {program:24} {seconds:.3f} s   {memory:.0f} MB   (median of {rounds})")
        pairs = [mine[0] / other[0] for mine, other in zip(*samples.values())] if len(programs) == 2 and name != "status" else []
        if pairs:
            print(f"      {name:16} package / {programs[1]}: {statistics.median(pairs):.3f} (median of paired starts)")


if __name__ == "__main__":
    main()
