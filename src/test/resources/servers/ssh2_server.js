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
    if (size !== undefined) fs.truncateSync(name, size);
    if (mode !== undefined) fs.chmodSync(name, mode & 0o7777);
    if (mtime !== undefined) fs.utimesSync(name, atime, mtime);
    done(id);
  };
  const named = (id, name) => sftp.name(id, [{ filename: name, longname: name, attrs: {} }]);

  // One after the other, as the protocol wants for requests on one file.
  const attempt = (request) => (id, ...rest) => {
    try {
      request(id, ...rest);
    } catch (failure) {
      done(id, failure);
    }
  };
  const on = (name, request) => sftp.on(name, attempt(request));
  const simple = (name, request) => on(name, (id, ...rest) => {
    request(...rest);
    done(id);
  });

  on('OPEN', (id, name, flags, { mode }) => give(id, { file: fs.openSync(name, flagsToString(flags), mode), name }));
  on('READ', withHandle((id, { file }, offset, length) => {
    const bytes = Buffer.alloc(Math.min(length, 128 * 1024));
    const count = fs.readSync(file, bytes, 0, bytes.length, offset);
    if (count === 0) sftp.status(id, STATUS_CODE.EOF);
    else sftp.data(id, bytes.subarray(0, count));
  }));
  on('WRITE', withHandle((id, { file }, offset, bytes) => {
    fs.writeSync(file, bytes, 0, bytes.length, offset);
    done(id);
  }));
  on('CLOSE', (id, handle) => {
    const thing = handles.get(number(handle));
    handles.delete(number(handle));
    if (thing?.file !== undefined) fs.closeSync(thing.file);
    done(id);
  });
  on('FSTAT', withHandle((id, { file }) => sftp.attrs(id, attributes(fs.fstatSync(file)))));
  on('STAT', (id, name) => sftp.attrs(id, attributes(fs.statSync(name))));
  on('LSTAT', (id, name) => sftp.attrs(id, attributes(fs.lstatSync(name))));
  on('SETSTAT', change);
  on('FSETSTAT', withHandle((id, { name }, changes) => change(id, name, changes)));
  on('OPENDIR', (id, name) => give(id, { folder: name, names: fs.readdirSync(name) }));
  on('READDIR', withHandle((id, thing) => {
    const some = thing.names?.splice(0, 64) ?? [];
    if (some.length === 0) return sftp.status(id, STATUS_CODE.EOF);
    return sftp.name(id, some.map((name) => entry(name, fs.lstatSync(path.join(thing.folder, name)))));
  }));
  on('REALPATH', (id, name) => named(id, path.resolve(folder, 'files', name)));
  on('READLINK', (id, name) => named(id, fs.readlinkSync(name)));
  simple('SYMLINK', (target, name) => fs.symlinkSync(target, name));
  simple('REMOVE', (name) => fs.unlinkSync(name));
  simple('RMDIR', (name) => fs.rmdirSync(name));
  simple('MKDIR', (name) => fs.mkdirSync(name));
  simple('RENAME', (from, to) => fs.renameSync(from, to));
}

new Server({ hostKeys }, (client) => {
  client.on('error', () => {});
  client.on('authentication', login);
  client.on('session', (accept) => accept().on('sftp', (acceptSftp) => serve(acceptSftp())));
}).listen(Number(port), '127.0.0.1');
