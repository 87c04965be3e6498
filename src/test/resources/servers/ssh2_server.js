// An SFTP server over the file system, made with npm's ssh2: ssh2_server.js PORT FOLDER NODE_MODULES. Commands are refused.
'use strict';
const fs = require('fs');
const path = require('path');
const [port, folder, modules] = process.argv.slice(2);
const { Server, utils } = require(path.join(modules, 'ssh2'));
const { STATUS_CODE, flagsToString } = utils.sftp;

const hostKeys = ['ed25519', 'ecdsa', 'rsa'].map((kind) => fs.readFileSync(`${folder}/host_${kind}`));
const allowed = fs
  .readFileSync(`${folder}/home/.ssh/authorized_keys`, 'utf8')
  .trim()
  .split('\n')
  .map((line) => utils.parseKey(line));

const CODES = { ENOENT: STATUS_CODE.NO_SUCH_FILE, EACCES: STATUS_CODE.PERMISSION_DENIED, EPERM: STATUS_CODE.PERMISSION_DENIED };
const seconds = (millis) => Math.floor(millis / 1000);
const attributes = ({ mode, uid, gid, size, atimeMs, mtimeMs }) => ({
  mode, uid, gid, size, atime: seconds(atimeMs), mtime: seconds(mtimeMs),
});
const entry = (name, stats) => ({
  filename: name,
  longname: `${stats.isDirectory() ? 'd' : stats.isSymbolicLink() ? 'l' : '-'}rw------- 1 0 0 ${stats.size} Jan 1 1970 ${name}`,
  attrs: attributes(stats),
});

function login(context) {
  const key = context.method === 'publickey'
    && allowed.find((known) => known.type === context.key.algo && known.getPublicSSH().equals(context.key.data));
  if (key && (!context.signature || key.verify(context.blob, context.signature, context.hashAlgo) === true)) {
    context.accept();
  } else {
    context.reject(['publickey']);
  }
}

function serve(sftp) {
  const handles = new Map();
  let last = 0;

  const done = (id, failure) =>
    failure
      ? sftp.status(id, CODES[failure.code] ?? STATUS_CODE.FAILURE, failure.message)
      : sftp.status(id, STATUS_CODE.OK);
  const give = (id, thing) => {
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(++last);
    handles.set(last, thing);
    sftp.handle(id, handle);
  };
  const number = (handle) => (handle.length === 4 ? handle.readUInt32BE() : 0);
  const withHandle = (request) => (id, handle, ...rest) => {
    const thing = handles.get(number(handle));
    return thing ? request(id, thing, ...rest) : sftp.status(id, STATUS_CODE.FAILURE);
  };
  const change = (id, name, { mode, size, atime, mtime }) => {
    try {
      if (size !== undefined) fs.truncateSync(name, size);
      if (mode !== undefined) fs.chmodSync(name, mode & 0o7777);
      if (mtime !== undefined) fs.utimesSync(name, atime, mtime);
      done(id);
    } catch (failure) {
      done(id, failure);
    }
  };
  const named = (id, name) => sftp.name(id, [{ filename: name, longname: name, attrs: {} }]);

  sftp.on('OPEN', (id, name, flags, { mode }) =>
    fs.open(name, flagsToString(flags), mode, (failure, file) => (failure ? done(id, failure) : give(id, { file, name }))));
  sftp.on('READ', withHandle((id, { file }, offset, length) => {
    const bytes = Buffer.alloc(Math.min(length, 128 * 1024));
    fs.read(file, bytes, 0, bytes.length, offset, (failure, count) => {
      if (failure) done(id, failure);
      else if (count === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, bytes.subarray(0, count));
    });
  }));
  sftp.on('WRITE', withHandle((id, { file }, offset, bytes) =>
    fs.write(file, bytes, 0, bytes.length, offset, (failure) => done(id, failure))));
  sftp.on('CLOSE', (id, handle) => {
    const thing = handles.get(number(handle));
    handles.delete(number(handle));
    if (thing?.file === undefined) done(id);
    else fs.close(thing.file, (failure) => done(id, failure));
  });
  sftp.on('FSTAT', withHandle((id, { file }) =>
    fs.fstat(file, (failure, stats) => (failure ? done(id, failure) : sftp.attrs(id, attributes(stats))))));
  sftp.on('STAT', (id, name) =>
    fs.stat(name, (failure, stats) => (failure ? done(id, failure) : sftp.attrs(id, attributes(stats)))));
  sftp.on('LSTAT', (id, name) =>
    fs.lstat(name, (failure, stats) => (failure ? done(id, failure) : sftp.attrs(id, attributes(stats)))));
  sftp.on('SETSTAT', change);
  sftp.on('FSETSTAT', withHandle((id, { name }, changes) => change(id, name, changes)));
  sftp.on('OPENDIR', (id, name) =>
    fs.readdir(name, (failure, names) => (failure ? done(id, failure) : give(id, { folder: name, names }))));
  sftp.on('READDIR', withHandle((id, thing) => {
    const some = thing.names?.splice(0, 64) ?? [];
    if (some.length === 0) return sftp.status(id, STATUS_CODE.EOF);
    return sftp.name(id, some.map((name) => entry(name, fs.lstatSync(path.join(thing.folder, name)))));
  }));
  sftp.on('REALPATH', (id, name) => named(id, path.resolve(folder, 'files', name)));
  sftp.on('READLINK', (id, name) => fs.readlink(name, (failure, target) => (failure ? done(id, failure) : named(id, target))));
  sftp.on('SYMLINK', (id, target, name) => fs.symlink(target, name, (failure) => done(id, failure)));
  sftp.on('REMOVE', (id, name) => fs.unlink(name, (failure) => done(id, failure)));
  sftp.on('RMDIR', (id, name) => fs.rmdir(name, (failure) => done(id, failure)));
  sftp.on('MKDIR', (id, name) => fs.mkdir(name, (failure) => done(id, failure)));
  sftp.on('RENAME', (id, from, to) => fs.rename(from, to, (failure) => done(id, failure)));
}

new Server({ hostKeys }, (client) => {
  client.on('error', () => {});
  client.on('authentication', login);
  client.on('session', (accept) => accept().on('sftp', (acceptSftp) => serve(acceptSftp())));
}).listen(Number(port), '127.0.0.1');
