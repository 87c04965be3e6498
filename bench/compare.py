"""Whether a copy is what its source is."""

import subprocess


def differences(source, copy):
    """How a copy differs from its source, apart from SHA256SUMS: wrong bytes, what is missing, and what is left over; empty if it does not."""
    done = subprocess.run(['diff', '-rq', '-x', 'SHA256SUMS', str(source), str(copy)], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr)[:200]
