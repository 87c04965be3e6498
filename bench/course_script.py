"""What a course on SSH in Python would write: put each file, look at its size, compare its SHA-256. One peer of the benchmark.

    python3 course_script.py HOST PORT USER KEY KNOWN_HOSTS SOURCE ROOT
"""

import hashlib
import os
import posixpath
import shlex
import sys

import paramiko


def local_hash(path):
    digest = hashlib.sha256()
    with open(path, 'rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def remote_hash(client, path):
    _, out, err = client.exec_command('sha256sum -- ' + shlex.quote(path))
    answer = out.read().decode()
    if out.channel.recv_exit_status() != 0:
        raise RuntimeError(err.read().decode())
    return answer.split()[0]


def make_folder(sftp, path):
    try:
        sftp.stat(path)
    except FileNotFoundError:
        sftp.mkdir(path)


def main(host, port, user, key, known_hosts, source, root):
    client = paramiko.SSHClient()
    client.load_host_keys(known_hosts)
    client.set_missing_host_key_policy(paramiko.RejectPolicy())
    client.connect(host, int(port), user, key_filename=key, allow_agent=False, look_for_keys=False)
    sftp = client.open_sftp()
    for folder, _, names in os.walk(source):
        target = posixpath.normpath(posixpath.join(root, os.path.relpath(folder, source)))
        make_folder(sftp, target)
        for name in names:
            local, remote = os.path.join(folder, name), posixpath.join(target, name)
            sftp.put(local, remote)
            if sftp.stat(remote).st_size != os.path.getsize(local):
                raise RuntimeError(remote + ': the size differs')
            if remote_hash(client, remote) != local_hash(local):
                raise RuntimeError(remote + ': the hash differs')
    client.close()


if __name__ == '__main__':
    main(*sys.argv[1:])
