"""What each verb is to do in a small site, and what is lost, wrong or missing after it."""

import datetime
import os

from judge import MANIFEST, all_dated, dated, files, make_dated, sha


def day(ago):
    return (datetime.date.today() - datetime.timedelta(days=ago)).strftime('%Y%m%d')


def short(paths):
    paths = sorted(map(str, paths))
    return ', '.join(map(repr, paths[:3])) + (f' and {len(paths) - 3} more' if len(paths) > 3 else '')


class Verb:
    here, there = True, True  # whether it writes on this machine (beside the state), or on the server
    stateful = True
    final = 0  # the exit code when all is as well as it can be

    def __init__(self, case):
        self.case, self.rng = case, case.rng

    def next(self, number):
        """Before the strike of that number; the first is 0."""

    def before(self):
        """Just before a run."""

    def check(self, run):
        """After any run: what must never be. `missing` is asked only of a run that says that all is well."""
        case = self.case
        for text in self.lost():
            case.found('lost', f'{run}: {text}')
        for text in self.wrong():
            case.found('wrong', f'{run}: {text}')
        if run and run.code == 0 and not run.late:
            for text in self.missing():
                case.found('silent', f'{run}: {text}')

    def wrong_dated(self, versions, allowed=()):
        """Wrong bytes under a final name, or a SHA256SUMS that does not hold."""
        for name, folder in all_dated(self.case.root).items():
            for path, digest in folder.there.items():
                known = versions(name, path)
                if digest not in known and (name, path) not in allowed:
                    yield f'{name}/{path!r} is no version of its source'
            if folder.complaint and not any(name == damaged for damaged, _ in allowed):
                yield f'{name}: sha256sum -c: {folder.complaint}'

    again = property(lambda self: self.words)


class Ship(Verb):
    words = ('ship',)
    here = False

    def __init__(self, case, after):
        super().__init__(case)
        self.after = after if after == 'delete' or self.rng.random() < 0.7 else 'move'
        self.count, self.versions, self.owed, self.old = 0, {}, {}, {}

    def prepare(self, shipped):
        case, rng = self.case, self.rng
        settings = {'after': self.after, 'keep': 'all'}
        if self.after == 'move':
            settings['move-to'] = case.moved
        if rng.random() < 0.3:
            settings['keep'] = 2
            for ago in range(4, 0, -1):
                self.old[day(ago)] = {f'app-{ago}.dump': case.content('small'), 'same.tar': case.content('8KiB')}
                make_dated(case.root, day(ago), self.old[day(ago)], case.write)
        case.configure(**settings)
        self.add(rng.randint(3, 8))
        if shipped or rng.random() < 0.2:
            run = case.run(self.words)
            self.check(run)
            if run.code:
                case.found('other', f'{run}: an undisturbed run fails: {run.text[-300:]}')
            self.add(rng.randint(1, 4))

    def add(self, count):
        for _ in range(count):
            size = 'big' if self.rng.random() < 0.004 and 'power' not in self.case.fault and 'full' not in self.case.fault else None
            self.put(self.case.name(self.count), self.case.content(size))
            self.count += 1

    def put(self, path, data):
        self.case.write(self.case.source, path, data)
        self.versions.setdefault(path, set()).add(sha(data))
        self.owed[path] = sha(data)

    def next(self, number):
        if number:
            self.add(self.rng.randint(1, 3))
            here = [path for path in self.owed if (self.case.source / path).exists()]
            if self.after == 'keep' and self.rng.random() < 0.5:
                self.put(self.rng.choice(here), self.case.content())

    def offsite(self):
        found = set()
        for folder in all_dated(self.case.root).values():
            found.update(folder.good().items())
        return found

    def lost(self):
        case = self.case
        safe = self.offsite() | set(files(case.source).items()) | (set(files(case.moved).items()) if case.moved.is_dir() else set())
        gone = [path for path, digest in self.owed.items() if (path, digest) not in safe]
        if gone:
            yield f'neither here nor off-site: {short(gone)}'
        if self.old:
            newest = max(self.old)
            if not (case.root / newest).is_dir() or dated(case.root / newest).good() != {p: sha(d) for p, d in self.old[newest].items()}:
                yield f'the folder {newest}, which keep=2 keeps, is not as it was'

    def wrong(self):
        yield from self.wrong_dated(lambda name, path: self.versions.get(path, set()) | {sha(self.old.get(name, {}).get(path, b'none'))})
        if self.case.moved.is_dir():
            bad = [path for path, digest in files(self.case.moved).items() if digest not in self.versions.get(path, ())]
            if bad:
                yield f'moved, but other bytes: {short(bad)}'

    def missing(self):
        safe = self.offsite()
        gone = [path for path, digest in self.owed.items() if (path, digest) not in safe]
        if gone:
            yield f'not off-site: {short(gone)}'


class Scrub(Verb):
    words = ('scrub', '--all')
    here = False

    def prepare(self, shipped):
        case, rng = self.case, self.rng
        self.contents = {}
        for number in range(rng.randint(3, 7)):
            self.contents[case.name(number)] = None
        for path in self.contents:
            self.contents[path] = case.content()
            case.write(case.source, path, self.contents[path])
        case.configure(keep='all')
        run = case.run(('ship',))
        if run.code:
            case.found('other', f'{run}: an undisturbed run fails: {run.text[-300:]}')
        self.shipped = max(all_dated(case.root), default=day(0))
        if rng.random() < 0.5:
            some = {path: data for path, data in self.contents.items() if rng.random() < 0.7} or dict(self.contents)
            make_dated(case.root, day(1), some, case.write)
        self.want = {name: folder.listed for name, folder in all_dated(case.root).items()}
        self.damaged, self.doomed = set(), set()
        self.unrepairable = rng.random() < 0.15

    def next(self, number):
        for _ in range(self.rng.randint(1, 3)):
            self.damage()

    def damage(self):
        case, rng = self.case, self.rng
        name = rng.choice(sorted(self.want))
        path = rng.choice(sorted(self.want[name]))
        how = rng.choice(('flip', 'cut', 'gone'))
        if name == self.shipped or rng.random() < 0.3:  # only there does the product know what was listed
            name = self.shipped
            how = rng.choice(('flip', 'cut', 'gone', 'gone', 'manifest gone', 'both gone', 'line gone', 'folder gone'))
            path = rng.choice(sorted(self.want[name]))
        file, manifest = case.root / name / path, case.root / name / MANIFEST
        case.note(f'damage: {name}/{path!r}: {how}')
        if how == 'folder gone' and len(all_dated(case.root)) < 2:
            how = 'gone'
        if how in ('gone', 'both gone'):
            file.unlink(missing_ok=True)
        if how in ('manifest gone', 'both gone'):
            manifest.unlink(missing_ok=True)
        if how == 'line gone' and manifest.is_file():
            lines = manifest.read_bytes().splitlines(keepends=True)
            del lines[rng.randrange(len(lines))]
            manifest.write_bytes(b''.join(lines))
        if how == 'folder gone':
            for base, _, names in os.walk(case.root / name, topdown=False):
                for each in names:
                    os.unlink(os.path.join(base, each))
                os.rmdir(base)
        if how in ('flip', 'cut') and file.is_file():
            data = bytearray(file.read_bytes())
            if data and how == 'flip':
                data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
            else:
                del data[len(data) // 2:]
            if sha(data) == self.want[name][path]:
                # The copy would be well: an empty file has nothing to flip or cut, and a second damage can undo the first.
                data.append(0)
            file.write_bytes(data)
        if how in ('flip', 'cut', 'gone', 'both gone', 'folder gone'):
            self.damaged.add((name, path))
            if self.unrepairable and not self.doomed and how != 'folder gone':
                self.doomed = {(each, path) for each in self.want if path in self.want[each]}
                (case.source / path).unlink()
                self.final = 1

    def lost(self):
        here = set(files(self.case.source).items())
        return [f'{path!r} is gone from the source' for path, data in self.contents.items()
                if (path, sha(data)) not in here and not any(path == doomed for _, doomed in self.doomed)]

    def wrong(self):
        # What this damaged is allowed until a run says that all is well; everything else must hold at any time.
        allowed = self.damaged | self.doomed
        if self.case.runs and self.case.runs[-1].code == 0:
            allowed = self.doomed
        yield from self.wrong_dated(lambda name, path: {sha(self.contents[path])} if path in self.contents else set(), allowed)

    def missing(self):
        there = all_dated(self.case.root)
        gone = [f'{name}/{path}' for name, listed in self.want.items() for path, digest in listed.items()
                if (name, path) not in self.doomed and (name not in there or there[name].good().get(path) != digest)]
        if gone:
            yield f'damaged or not listed on the server: {short(gone)}'
        if self.doomed:
            yield f'nothing can restore {short(path for _, path in self.doomed)}, and the run says that all is well'


class Prune(Verb):
    here = False

    def prepare(self, shipped):
        case, rng = self.case, self.rng
        self.trash = rng.choice(('7d', '7d', '12h', '0'))
        self.undo = self.trash != '0' and rng.random() < 0.3
        self.words = ('prune', '--undo') if self.undo else ('prune',)
        case.configure(keep=3, trash=self.trash, **{'source': case.source})
        case.write(case.source, 'b', b'b')
        if shipped:
            case.run(('ship',))
        self.contents = {}
        for ago in range(rng.randint(6, 11), 0, -1):
            self.contents[day(ago)] = {case.name(number): case.content(rng.choice(SMALL)) for number in range(rng.randint(1, 3))}
            make_dated(case.root, day(ago), self.contents[day(ago)], case.write)
        extra = 1 if (case.root / day(0)).is_dir() else 0
        self.kept = sorted(self.contents)[extra - 3:]
        if self.undo:
            run = case.run(('prune',))
            self.words = ('prune',)
            self.check(run)
            self.words = ('prune', '--undo')

    def intact(self, folder, name):
        return folder.is_dir() and dated(folder).good() == {path: sha(data) for path, data in self.contents[name].items()}

    def lost(self):
        root = self.case.root
        for name in self.contents:
            if not self.intact(root / name, name):
                if name in self.kept:
                    yield f'the folder {name}, which keep=3 keeps, is not as it was'
                elif self.trash != '0' and not self.intact(root / '.trash' / name, name):
                    yield f'the folder {name} is neither in the root nor in the trash as it was'

    def wrong(self):
        yield from self.wrong_dated(lambda name, path: {sha(self.contents.get(name, {}).get(path, b'b'))})
        for name in self.contents:
            if (self.case.root / name).is_dir() and not self.intact(self.case.root / name, name):
                yield f'the folder {name} is there, but not as it was'

    def missing(self):
        there = {name for name in all_dated(self.case.root) if name in self.contents}
        want = set(self.contents) if '--undo' in self.words else set(self.kept)
        if there != want:
            yield f'in the root: {short(there)}; expected {short(want)}'


SMALL = ('empty', 'small', '8KiB', 'medium')


class Tree(Verb):
    """restore, get and put: from a tree to another. What was in the way is left or replaced whole, as the command says."""

    stateful = False

    def make(self):
        case, rng = self.case, self.rng
        tree = {case.name(number): case.content() for number in range(rng.randint(3, 9))}
        if rng.random() < 0.02 and 'full' not in case.fault and 'power' not in case.fault:
            tree['big.tar'] = case.content('big')
        return tree

    def in_the_way(self):
        """Some files at the destination before the first run: equal or different ones."""
        self.overwrite = self.rng.random() < 0.5
        self.other = {}
        for path, data in self.tree.items():
            if self.rng.random() < 0.15:
                self.other[path] = data if self.rng.random() < 0.3 else self.case.content('small')
                self.case.write(self.to, path, self.other[path])
        self.conflict = [path for path, data in self.other.items() if data != self.tree[path] and not self.overwrite]
        self.final = 1 if self.conflict else 0

    def want(self, path):
        return sha(self.other[path]) if path in self.conflict else sha(self.tree[path])

    def lost(self):
        there = files(self.to) if self.to.is_dir() else {}
        for path, data in self.other.items():
            if there.get(path) not in (sha(data), sha(self.tree[path])) or path in self.conflict and there.get(path) != sha(data):
                yield f'{path!r} was at the destination, and is neither as it was nor as it should be'
        before = files(self.origin)
        if before != self.original:
            yield f'the origin has changed: {short(set(before.items()) ^ set(self.original.items()))}'

    def wrong(self):
        there = files(self.to) if self.to.is_dir() else {}
        bad = [path for path, digest in there.items()
               if path != MANIFEST and digest != sha(self.tree.get(path, b'none')) and digest != sha(self.other.get(path, b'none'))]
        if bad:
            yield f'other bytes under a final name: {short(bad)}'

    def missing(self):
        there = files(self.to) if self.to.is_dir() else {}
        gone = [path for path in self.tree if there.get(path) != sha(self.tree[path])]
        if gone:
            yield f'not as it should be at the destination: {short(gone)}'


class Restore(Tree):
    there = False

    def prepare(self, shipped):
        case = self.case
        self.tree, name = self.make(), day(self.rng.randint(1, 3))
        case.configure(keep='all')
        make_dated(case.root, day(5), {'older': b'older'}, case.write)
        make_dated(case.root, name, self.tree, case.write)
        if shipped:
            case.write(case.source, 'older', b'older')
            case.run(('ship',))
        self.origin, self.to = case.root, case.out
        self.in_the_way()
        self.original = files(self.origin)
        self.words = ('restore', 'db', name, '--to', str(case.out), *(('--overwrite',) if self.overwrite else ()))


class Get(Tree):
    there = False

    def prepare(self, shipped):
        case = self.case
        self.tree, self.origin, self.to = self.make(), case.there / 'tree', case.out
        case.configure(keep='all')
        if shipped:
            case.write(case.source, 'a', b'a')
            case.run(('ship',))
        for path, data in self.tree.items():
            case.write(self.origin, path, data)
        self.in_the_way()
        self.original = files(self.origin)
        self.words = ('get', *(('--overwrite',) if self.overwrite else ()), str(self.origin), str(self.to))


class Put(Tree):
    here = False

    def prepare(self, shipped):
        case = self.case
        self.tree, self.origin, self.to = self.make(), case.folder / 'tree', case.there / 'copy'
        case.configure(keep='all')
        if shipped:
            case.write(case.source, 'a', b'a')
            case.run(('ship',))
        for path, data in self.tree.items():
            case.write(self.origin, path, data)
        self.in_the_way()
        self.original = files(self.origin)
        self.words = ('put', *(('--overwrite',) if self.overwrite else ()), str(self.origin), str(self.to))


VERBS = {'ship': lambda case: Ship(case, 'keep'), 'ship-delete': lambda case: Ship(case, 'delete'), 'scrub': Scrub, 'prune': Prune,
         'restore': Restore, 'get': Get, 'put': Put}
