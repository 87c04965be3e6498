"""An SFTP server over the file system, made with paramiko: paramiko_server.py PORT FOLDER. Commands are refused."""
import os
import socket
import sys
import threading

import paramiko
from paramiko import SFTPAttributes, SFTPServer

port, folder = int(sys.argv[1]), sys.argv[2]
host_key = paramiko.RSAKey(filename=f"{folder}/host_rsa")
with open(f"{folder}/home/.ssh/authorized_keys") as lines:
    allowed = {line.split()[1] for line in lines}


class Login(paramiko.ServerInterface):
    def get_allowed_auths(self, username):
        return "publickey"

    def check_auth_publickey(self, username, key):
        return paramiko.AUTH_SUCCESSFUL if key.get_base64() in allowed else paramiko.AUTH_FAILED

    def check_channel_request(self, kind, chanid):
        return paramiko.OPEN_SUCCEEDED


def answered(request):
    """Turns the failure of a system call into the answer that SFTP has for it."""

    def answer(*arguments):
        try:
            result = request(*arguments)
        except OSError as failure:
            return SFTPServer.convert_errno(failure.errno)
        return paramiko.SFTP_OK if result is None else result

    return answer


class OpenFile(paramiko.SFTPHandle):
    def __init__(self, flags, path, stream):
        super().__init__(flags)
        self.filename = path
        self.readfile = self.writefile = stream

    @answered
    def stat(self):
        return SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))

    @answered
    def chattr(self, attributes):
        SFTPServer.set_file_attr(self.filename, attributes)


class Files(paramiko.SFTPServerInterface):
    def canonicalize(self, path):
        return os.path.normpath(os.path.join(folder, "files", path))

    @answered
    def list_folder(self, path):
        return [SFTPAttributes.from_stat(entry.stat(follow_symlinks=False), entry.name) for entry in os.scandir(path)]

    @answered
    def stat(self, path):
        return SFTPAttributes.from_stat(os.stat(path))

    @answered
    def lstat(self, path):
        return SFTPAttributes.from_stat(os.lstat(path))

    @answered
    def open(self, path, flags, attributes):
        mode = 0o666 if attributes.st_mode is None else attributes.st_mode
        number = os.open(path, flags, mode)
        if flags & os.O_RDWR:
            return OpenFile(flags, path, os.fdopen(number, "a+b" if flags & os.O_APPEND else "r+b"))
        if flags & os.O_WRONLY:
            return OpenFile(flags, path, os.fdopen(number, "ab" if flags & os.O_APPEND else "wb"))
        return OpenFile(flags, path, os.fdopen(number, "rb"))

    @answered
    def remove(self, path):
        os.remove(path)

    @answered
    def rename(self, old, new):
        os.rename(old, new)

    @answered
    def posix_rename(self, old, new):
        os.replace(old, new)

    @answered
    def mkdir(self, path, attributes):
        os.mkdir(path)
        SFTPServer.set_file_attr(path, attributes)

    @answered
    def rmdir(self, path):
        os.rmdir(path)

    @answered
    def chattr(self, path, attributes):
        SFTPServer.set_file_attr(path, attributes)

    @answered
    def readlink(self, path):
        return os.readlink(path)

    @answered
    def symlink(self, target, path):
        os.symlink(target, path)


def serve(connection):
    transport = paramiko.Transport(connection)
    transport.add_server_key(host_key)
    transport.set_subsystem_handler("sftp", SFTPServer, Files)
    try:
        transport.start_server(server=Login())
        transport.join()
    except (EOFError, OSError, paramiko.SSHException) as failure:
        print(failure, flush=True)


listener = socket.create_server(("127.0.0.1", port), backlog=50)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
