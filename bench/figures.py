"""From samples to figures: medians, spreads, ratios. Pure."""

from statistics import median


def summary(tool):
    """The medians of a tool's samples; None if it has none."""
    samples = tool['samples']
    if not samples:
        return None
    walls = [s['wall'] for s in samples]
    server = [s['server_cpu'] for s in samples if s['server_cpu'] is not None]
    return {'wall': median(walls), 'least': min(walls), 'most': max(walls), 'cpu': median(s['cpu'] for s in samples),
            'server_cpu': median(server) if server else None, 'peak': max(s['peak'] for s in samples),
            'logins': int(max(s['logins'] for s in samples)), 'runs': len(samples)}


def is_offsite(tool):
    """Whether it is Offsite: this build or the one before."""
    return tool['family'] in ('offsite', 'before')


def is_peer(tool):
    """Whether the others are compared with it: a peer that hashes as they do."""
    return not is_offsite(tool) and tool['hash'] == 'sha256sum'


def fastest(tools, accept=is_peer):
    """The tool with the least median, of those accepted that ran in all rounds, if any did; None without any."""
    run = [tool for tool in tools if accept(tool) and tool['samples']]
    return min([tool for tool in run if not tool['note']] or run, key=lambda tool: summary(tool)['wall'], default=None)


def ratio(tool, other):
    """How many times the other's median this one's is; None if one of them has none."""
    return summary(tool)['wall'] / summary(other)['wall'] if tool and other and tool['samples'] and other['samples'] else None


def ours(tools, newest, hash):
    """Offsite on the newest Java or on Java 17, with that hash command; where it knows no choice of commands, its only one is sha256sum."""
    all_ours = [t for t in tools if t['family'] == 'offsite' and t['newest'] == newest]
    only = len({t['hash'] for t in all_ours}) == 1
    return next((t for t in all_ours if t['hash'] == hash or (hash == 'sha256sum' and only)), None)
