"""The ratios as horizontal bars, in SVG: all of Offsite, and each peer at its best setting. Pure."""

from html import escape

from figures import fastest, is_offsite, is_peer, ratio, summary

LABELS, BARS, FIGURES = 260, 420, 110  # widths
BAR, GAP, HEAD = 15, 4, 34  # heights
MOST = 4.0  # longer bars are cut
OURS, PEER, REFERENCE = '#1668c1', '#9aa5b1', '#d3d9df'


def svg(results):
    parts, y = [], 58
    for workload in results['workloads']:
        peer = fastest(workload['tools'])
        run = best(workload['tools'])
        if peer and run and not workload.get('verb', 'ship').startswith('cut'):  # there, time is not the point
            parts.append(text(10, y + 14, workload['title'], weight='bold'))
            y += HEAD - 8
            top = y
            for tool in run:
                parts += bar(tool, ratio(tool, peer), y)
                y += BAR + GAP
            x = LABELS + BARS / MOST
            parts.append(f'<line x1="{x:.1f}" y1="{top - 2}" x2="{x:.1f}" y2="{y}" stroke="#333" stroke-dasharray="3 3"/>')
            y += HEAD - 16
    width = LABELS + BARS + FIGURES
    day = escape(results['date'].split()[0]) + (', quick' if results['quick'] else '')
    head = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{y}" viewBox="0 0 {width} {y}" '
            'font-family="Helvetica, Arial, sans-serif" font-size="12">',
            f'<rect width="{width}" height="{y}" fill="#fff"/>',
            text(10, 22, f'Time to ship or restore, and to verify, as a ratio to the fastest peer ({day})', size=15, weight='bold'),
            text(10, 40, 'Shorter is faster; the dashed line is the fastest peer. Blue: Offsite. Pale: for reference, hashed by openssl.', fill='#555')]
    return '\n'.join([*head, *parts, '</svg>']) + '\n'


def best(tools):
    """The fastest first."""
    kept = {}
    for tool in sorted((t for t in tools if t['samples']), key=lambda t: (bool(t['note']), summary(t)['wall'])):
        kept.setdefault(tool['name'] if is_offsite(tool) else tool['family'], tool)
    return sorted(kept.values(), key=lambda t: summary(t)['wall'])


def bar(tool, times, y):
    colour = OURS if is_offsite(tool) else PEER if is_peer(tool) else REFERENCE
    width = min(times, MOST) / MOST * BARS
    figure = f"{times:.2f}" + (' →' if times > MOST else '') + f"  ({summary(tool)['wall']:.2f} s)"
    return [text(LABELS - 6, y + 12, tool['label'], anchor='end'),
            f'<rect x="{LABELS}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>',
            text(LABELS + width + 5, y + 12, figure, fill='#333')]


def text(x, y, words, size=12, weight='normal', anchor='start', fill='#111'):
    return (f'<text x="{x:.1f}" y="{y}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" fill="{fill}">'
            f'{escape(words)}</text>')
