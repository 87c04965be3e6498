"""Twisted Conch's server for the accounts of the machine: conch_server.py PORT FOLDER. Shells and commands run."""
import sys

from twisted.conch import unix
from twisted.conch.checkers import InMemorySSHKeyDB, SSHPublicKeyChecker
from twisted.conch.ssh.factory import SSHFactory
from twisted.conch.ssh.keys import Key
from twisted.cred.portal import Portal
from twisted.internet import reactor

port, folder = int(sys.argv[1]), sys.argv[2]
host_keys = {key.sshType(): key for key in (Key.fromFile(f"{folder}/host_{kind}") for kind in ("ed25519", "ecdsa", "rsa"))}


class HomeFolder(str):
    """Debian's version asks the home folder for its .path."""

    @property
    def path(self):
        return str(self)


class Account(unix.UnixConchUser):
    def getHomeDir(self):
        return HomeFolder(self.pwdData[5])


class Accounts:
    def requestAvatar(self, name, mind, *interfaces):
        account = Account(name.decode())
        return interfaces[0], account, account.logout


class Factory(SSHFactory):
    def getPublicKeys(self):
        return {kind: key.public() for kind, key in host_keys.items()}

    def getPrivateKeys(self):
        return dict(host_keys)

    def getPrimes(self):
        return None


with open(f"{folder}/home/.ssh/authorized_keys", "rb") as lines:
    allowed = InMemorySSHKeyDB({b"backup": [Key.fromString(line) for line in lines]})
factory = Factory()
factory.portal = Portal(Accounts(), [SSHPublicKeyChecker(allowed)])
reactor.listenTCP(port, factory, interface="127.0.0.1")
reactor.run()
