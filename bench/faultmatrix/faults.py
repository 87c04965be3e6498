"""The faults: when each strikes, what it does, and what a user does after it."""

import os
import signal
import time

import disks
from gate import Trap, cut

STALL_LIMIT = 540


class Fault:
    limit = None
    slow = False  # waits for deadlines, and takes no processor

    def __init__(self, case, verb, span):
        self.case, self.verb, self.rng, self.span = case, verb, case.rng, span
        if self.limit:
            case.limit = self.limit

    @classmethod
    def why_not(cls, name, bench):
        return ''

    def disks(self):
        """Before anything is there."""

    def strikes(self):
        return self.rng.choice((1, 1, 2, 3))

    def strike(self):
        """One run, struck at some instant."""
        words, rng = self.verb.words, self.rng
        trap = Trap(None)
        if rng.random() < 0.7 and self.span.turns:
            trap.turns = max(1, int(self.span.turns * rng.uniform(0.1, 1.03)))
            trap.delay = rng.choice((0, 0, 0, rng.uniform(0, 0.02), rng.uniform(0, 0.3)))
            when = f'turn {trap.turns} of about {self.span.turns} + {trap.delay * 1000:.0f} ms'
            wait = None
        else:
            wait = self.span.seconds * rng.uniform(0.3, 1.1)
            when = f'{wait:.2f} s of about {self.span.seconds:.2f} s'
        plan = self.plan()
        self.case.note(f'to strike at {when}: {plan[0]}')
        self.case.gate.arm(trap)
        run = self.case.start(words)

        def action():
            if run.process.poll() is None:
                run.struck = True
                plan[1](run)
        trap.action = action
        if wait is not None:
            try:
                run.process.wait(wait)
            except Exception:
                trap.fire()
        self.case.finish(run)
        with trap.lock:
            trap.over.set()
        self.case.strikes += run.struck
        return run

    def plan(self):
        """What it does, and a function that does it, with all chances taken before."""
        raise NotImplementedError

    def heal(self):
        self.case.gate.heal()

    def moved_away(self, run):
        """Does what a message says about the state; true if there was something to do."""
        return False


class Nothing(Fault):
    """No fault: the control."""

    def strikes(self):
        return 1

    def strike(self):
        self.case.gate.arm(None)
        return self.case.run(self.verb.words)


class Kill(Fault):
    def strikes(self):
        return self.rng.randint(1, 5)  # the run that makes good is killed, too

    def plan(self):
        return 'kill -9', lambda run: os.kill(run.process.pid, signal.SIGKILL)


class Cut(Fault):
    def plan(self):
        every, commands = self.rng.random() < 0.5, self.rng.random() < 0.5
        server = self.case.bench.server

        def act(run):
            pairs = self.case.gate.live()
            chosen = pairs if every else pairs[:1]
            cut(server.process.pid, server.port, {pair.port for pair in chosen}, commands)
        return f'kill {"all sessions" if every else "one session"} of the sshd{", with their commands" if commands else ""}', act


class Reset(Fault):
    def plan(self):
        how = self.rng.choice(('one connection', 'all connections', 'all connections, and the port stays closed'))

        def act(run):
            pairs = self.case.gate.live()
            self.case.gate.reset(pairs[:1] if how == 'one connection' else pairs, refuse=how.endswith('closed'))
        return f'reset {how}', act


class Stall(Fault):
    limit, slow = STALL_LIMIT, True

    def strikes(self):
        return 1

    def plan(self):
        new = self.rng.random() < 0.5
        return f'stall {"for good" if new else "the connections that are there"}', lambda run: self.case.gate.stall(new)


class FullHere(Fault):
    @classmethod
    def why_not(cls, name, bench):
        return disks.why_not() or ('writes nothing here' if name == 'put' else '')

    def disks(self):
        case = self.case
        place = {'restore': case.out, 'get': case.out}.get(case.verb, case.state)
        if case.verb == 'ship' and getattr(self.verb, 'after', '') == 'move' and self.rng.random() < 0.5:
            place = case.moved
        self.disk = disks.Small(place, 12)
        case.disks.append(self.disk)

    def plan(self):
        leave = self.rng.choice((0, 0, 4096, 8192, 20480, 65536, 300_000))
        inodes = self.rng.random() < 0.2
        return f'fill {self.disk.folder.name}, leaving {leave} bytes{", no inode" if inodes else ""}', lambda run: self.disk.fill(leave, inodes)

    def strike(self):
        if self.rng.random() < 0.5:
            what, fill = self.plan()
            self.case.note(f'before the start: {what}')
            fill(None)
            self.case.strikes += 1
            return self.case.run(self.verb.words)
        return super().strike()

    def heal(self):
        super().heal()
        self.disk.free()


class FullThere(FullHere):
    @classmethod
    def why_not(cls, name, bench):
        return disks.why_not() or ('writes nothing there' if name in ('restore', 'get') else '')

    def disks(self):
        self.disk = disks.Small(self.case.there, 32)
        self.case.disks.append(self.disk)

    def plan(self):
        leave = self.rng.choice((0, 0, 4096, 8192, 40960, 300_000, 1_500_000))
        inodes = self.rng.random() < 0.2
        return f'fill the server, leaving {leave} bytes{", no inode" if inodes else ""}', lambda run: self.disk.fill(leave, inodes)


class PowerThere(Fault):
    @classmethod
    def why_not(cls, name, bench):
        return bench.no_loop or ('writes nothing there' if name in ('restore', 'get') else '')

    def disks(self):
        self.disk = disks.Powered(self.case.there, 64)
        self.case.disks.append(self.disk)

    def strike(self):
        self.disk.flush()
        self.snapshot = None
        self.at_exit = self.rng.random() < 0.5
        if self.at_exit:
            run = self.case.run(self.verb.words)
            time.sleep(self.rng.choice((0, self.rng.uniform(0, 0.5))))
            self.snapshot = self.disk.snapshot()
            self.case.strikes += 1
            self.case.note(f'power cut there after {run.words}')
        else:
            run = super().strike()
            if not self.snapshot:
                self.snapshot = self.disk.snapshot()
                self.case.strikes += 1
        self.verb.check(run)  # what could be seen before the power was gone
        self.case.gate.settle(self.case.bench.server.process.pid)
        self.disk.power_up(self.snapshot)
        self.case.gate.heal()
        run.code = None if run.code == 0 else run.code  # it may have been right; what is missing now is for the next to find
        return run

    def plan(self):
        def act(run):
            gate = self.case.gate
            gate.stall(True)
            self.snapshot = self.disk.snapshot()
            gate.reset(gate.live(), refuse=True)
        return 'cut the power of the server', act


class PowerHere(PowerThere):
    """The power of this machine: the state, the source, and the product itself."""

    @classmethod
    def why_not(cls, name, bench):
        return bench.no_loop or ('not asked: a second run of it makes good' if name in ('restore', 'get', 'put') else '')

    def disks(self):
        self.case.here = self.case.folder / 'here'
        self.disk = disks.Powered(self.case.here, 64)
        self.case.disks.append(self.disk)
        case = self.case
        case.source, case.moved, case.state = case.here / 'source', case.here / 'moved', case.here / 'state'
        case.source.mkdir()

    def plan(self):
        def act(run):
            os.kill(run.process.pid, signal.SIGSTOP)
            self.snapshot = self.disk.snapshot()
            os.kill(run.process.pid, signal.SIGKILL)
        return 'cut the power here', act


class Damaged(Fault):
    """Damages one file of the state between two runs."""

    shipped = True

    def strikes(self):
        return self.rng.choice((1, 1, 2))

    def strike(self):
        case, rng = self.case, self.rng
        files = sorted(file for file in case.state.rglob('*') if file.is_file() and file.name != 'lock')
        self.file = None
        if files:
            file = self.file = rng.choice([f for f in files if f.name == 'ledger.mv'] * 3 + files)
            data = bytearray(file.read_bytes())
            how = rng.choice(('flip', 'flip', 'cut', 'cut', 'zeros', 'garbage', 'empty', 'no UTF-8', 'gone'))
            if how == 'flip' and data:
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            elif how == 'cut':
                del data[rng.randrange(len(data) + 1):]
            elif how == 'zeros':
                start = rng.randrange(len(data) + 1)
                data[start:start + 4096] = bytes(len(data[start:start + 4096]))
            elif how == 'garbage':
                data = bytearray(rng.randbytes(len(data)))
            elif how == 'empty':
                data = bytearray()
            elif how == 'no UTF-8':
                data[:3] = b'\xff\xfe\xc3'
            if how == 'gone':
                file.unlink()
            else:
                file.write_bytes(data)
            case.note(f'damage of {file.relative_to(case.state)}: {how}')
            case.strikes += 1
        before = self.inodes()
        run = case.run(self.verb.words)
        again = [str(path) for path, inode in self.inodes().items() if before.get(path, inode) != inode]
        if again and self.file and case.verb in ('ship', 'ship-delete', 'prune') and not self.names_it(run):
            case.found('silent', f'{run}: after damage of {self.file.name}, sent again without a line about it: {again[:3]}')
        return run

    def inodes(self):
        found = {}
        for base, _, names in os.walk(self.case.root):
            for name in names:
                if not name.startswith('.') and name != 'SHA256SUMS':
                    path = os.path.join(base, name)
                    found[path] = (os.stat(path).st_ino, os.stat(path).st_mtime_ns)
        return found

    def names_it(self, run):
        return self.file.name in run.text or str(self.case.state) in run.text or 'ledger' in run.text

    def moved_away(self, run):
        if not self.file or not run.code:
            return False
        if self.file.name in run.text and self.file.exists():
            self.case.note(f'moves {self.file.name} away, which the message names')
            self.file.rename(self.file.with_name(self.file.name + '.away'))
        elif str(self.case.state) in run.text:
            self.case.note('moves the state away, which the message names')
            self.case.state.rename(self.case.state.with_name('state.away'))
        else:
            return False
        self.file = None
        return True


FAULTS = {'none': Nothing, 'kill': Kill, 'cut': Cut, 'reset': Reset, 'stall': Stall, 'full-here': FullHere, 'full-there': FullThere,
          'power-there': PowerThere, 'power-here': PowerHere, 'damaged': Damaged}
