"""The key of age that what is encrypted is for: made once for each server, as a user makes one."""

import shutil
import subprocess


def missing():
    """Why nothing can be encrypted here; empty if it can."""
    return '' if shutil.which('age') and shutil.which('age-keygen') else 'it needs age: apt install age'


def identity(server):
    file = server.folder / 'identity.txt'
    if not file.exists():
        subprocess.run(['age-keygen', '-o', str(file)], capture_output=True, check=True)
    return file


def recipient(server):
    return subprocess.run(['age-keygen', '-y', str(identity(server))], capture_output=True, text=True, check=True).stdout.strip()


def opened(server, folder, to):
    """Decrypts all below a folder that ends with .age, by age's own command; what is wrong with it, or empty."""
    for file in sorted(folder.rglob('*.age')):
        plain = to / file.relative_to(folder).with_suffix('')
        plain.parent.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(['age', '-d', '-i', str(identity(server)), '-o', str(plain), str(file)], capture_output=True, text=True, check=False)
        if done.returncode:
            return f'{file.name} cannot be decrypted: {done.stderr[:100]}'
    return ''
