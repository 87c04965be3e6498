package dev.offsite.sftp.pipeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A request in SFTP version 3 (draft-ietf-secsh-filexfer-02). */
public final class SftpPacket {

    public static final int VERSION = 2;
    public static final int STATUS = 101;
    public static final int HANDLE = 102;
    public static final int DATA = 103;
    public static final int NAME = 104;
    public static final int ATTRS = 105;
    public static final int EXTENDED_REPLY = 201;

    private static final int INIT = 1;
    private static final int OPEN = 3;
    private static final int CLOSE = 4;
    private static final int READ = 5;
    private static final int WRITE = 6;
    private static final int LSTAT = 7;
    private static final int SETSTAT = 9;
    private static final int OPENDIR = 11;
    private static final int READDIR = 12;
    private static final int REMOVE = 13;
    private static final int MKDIR = 14;
    private static final int RMDIR = 15;
    private static final int REALPATH = 16;
    private static final int STAT = 17;
    private static final int RENAME = 18;
    private static final int READLINK = 19;
    private static final int EXTENDED = 200;

    private static final int FOR_READING = 0x01;
    private static final int FOR_WRITING = 0x02;
    private static final int CREATE_AND_TRUNCATE = 0x08 | 0x10;
    private static final int EXCLUSIVELY = 0x20;
    private static final int ATTR_PERMISSIONS = 4;
    private static final int ATTR_ACMODTIME = 8;

    /** Leaves the mode to the server. */
    public static final int NO_MODE = -1;

    public static final String POSIX_RENAME = "posix-rename@openssh.com";
    /** OpenSSH's PROTOCOL, section 4.8. */
    public static final String LIMITS = "limits@openssh.com";
    /** OpenSSH's PROTOCOL, section 4.6. */
    public static final String FSYNC = "fsync@openssh.com";

    public static final String CHECK_FILE_NAME = "check-file-name";
    public static final String CHECK_FILE_HANDLE = "check-file-handle";
    public static final String SHA256 = "sha256";

    /** What Java decodes bytes to that are no UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    /** Plus such a byte: half of a pair, which is in no valid name. */
    private static final int NO_UTF_8 = 0xdc00;

    /** Where the number of a request stands: after its length and type. */
    private static final int ID = Integer.BYTES + 1;

    private final int reply;
    private final ByteArrayOutputStream packet = new ByteArrayOutputStream();
    private byte[] data = {};
    private int offset;
    private int length;

    /** {@code reply}: the type of the reply if all is well. */
    private SftpPacket(int type, int reply) {
        this.reply = reply;
        number(0);
        packet.write(type);
        number(0);
    }

    /** The first packet; its number is the version. */
    public static SftpPacket init() {
        return new SftpPacket(INIT, VERSION);
    }

    /** Creates a file, or truncates it; if {@code exclusively}, nothing may have its name, not even a link. */
    public static SftpPacket create(String path, boolean exclusively, int mode) {
        int flags = FOR_WRITING | CREATE_AND_TRUNCATE | (exclusively ? EXCLUSIVELY : 0);
        return new SftpPacket(OPEN, HANDLE).text(path).number(flags).mode(mode);
    }

    /** Opens an existing file to write. */
    public static SftpPacket openToWrite(String path) {
        return new SftpPacket(OPEN, HANDLE).text(path).number(FOR_WRITING).number(0);
    }

    public static SftpPacket openToRead(String path) {
        return new SftpPacket(OPEN, HANDLE).text(path).number(FOR_READING).number(0);
    }

    /** Has the server write an open file to its disk. */
    public static SftpPacket sync(byte[] handle) {
        return extended(FSYNC, STATUS).bytes(handle);
    }

    public static SftpPacket close(byte[] handle) {
        return new SftpPacket(CLOSE, STATUS).bytes(handle);
    }

    /** Reads at most {@code length} bytes at {@code place} of the file. */
    public static SftpPacket read(byte[] handle, long place, int length) {
        return new SftpPacket(READ, DATA).bytes(handle).number(place).number(length);
    }

    /** Writes a part of {@code data} at {@code place} of the file; it is not copied first. */
    public static SftpPacket write(byte[] handle, long place, byte[] data, int offset, int length) {
        SftpPacket write = new SftpPacket(WRITE, STATUS).bytes(handle).number(place);
        write.number(length);
        write.data = data;
        write.offset = offset;
        write.length = length;
        return write;
    }

    public static SftpPacket remove(String path) {
        return new SftpPacket(REMOVE, STATUS).text(path);
    }

    /** Replaces {@code to} in one step if it is {@code posix}. */
    public static SftpPacket rename(String from, String to, boolean posix) {
        SftpPacket rename = posix ? extended(POSIX_RENAME, STATUS) : new SftpPacket(RENAME, STATUS);
        return rename.text(from).text(to);
    }

    /** The parent must exist. */
    public static SftpPacket makeFolder(String path, int mode) {
        return new SftpPacket(MKDIR, STATUS).text(path).mode(mode);
    }

    public static SftpPacket openFolder(String path) {
        return new SftpPacket(OPENDIR, HANDLE).text(path);
    }

    /** Asks for some more entries of an open folder; refused with EOF after the last. */
    public static SftpPacket readFolder(byte[] handle) {
        return new SftpPacket(READDIR, NAME).bytes(handle);
    }

    public static SftpPacket removeFolder(String path) {
        return new SftpPacket(RMDIR, STATUS).text(path);
    }

    /** Asks for the path without links; some servers only tidy up what it is asked about. */
    public static SftpPacket realPath(String path) {
        return new SftpPacket(REALPATH, NAME).text(path);
    }

    /** Asks where a symbolic link leads; refused for anything else. */
    public static SftpPacket readLink(String path) {
        return new SftpPacket(READLINK, NAME).text(path);
    }

    /** Asks for a file's size, or whether it is a folder; a symbolic link is neither, if the server knows it for one. */
    public static SftpPacket stat(String path) {
        return new SftpPacket(LSTAT, ATTRS).text(path);
    }

    /** Like {@link #stat}, for what a symbolic link leads to. */
    public static SftpPacket follow(String path) {
        return new SftpPacket(STAT, ATTRS).text(path);
    }

    public static SftpPacket setMode(String path, int mode) {
        return new SftpPacket(SETSTAT, STATUS).text(path).mode(mode);
    }

    /** Whole seconds: SFTP has no finer unit. */
    public static SftpPacket setModified(String path, Instant modified) {
        return setModified(path, NO_MODE, modified);
    }

    /** Sets the mode, too, unless it is {@link #NO_MODE}. */
    public static SftpPacket setModified(String path, int mode, Instant modified) {
        int seconds = (int) Math.max(0, modified.getEpochSecond());
        SftpPacket set = new SftpPacket(SETSTAT, STATUS).text(path);
        set = mode == NO_MODE
                ? set.number(ATTR_ACMODTIME)
                : set.number(ATTR_PERMISSIONS | ATTR_ACMODTIME).number(mode);
        return set.number(seconds).number(seconds);
    }

    /** Asks for the maximum size of a write. */
    public static SftpPacket limits() {
        return extended(LIMITS, EXTENDED_REPLY);
    }

    /** Asks for the SHA-256 of a whole file (draft-ietf-secsh-filexfer-extensions-00). */
    public static SftpPacket checkFile(String path) {
        return checkBeginning(path, 0);
    }

    /** The same for an open file. */
    public static SftpPacket checkFile(byte[] handle) {
        return checkBeginning(handle, 0);
    }

    /** Asks for the SHA-256 of the first bytes of a file. */
    public static SftpPacket checkBeginning(String path, long length) {
        return bySha256(extended(CHECK_FILE_NAME, EXTENDED_REPLY).text(path), length);
    }

    /** The same for an open file. */
    public static SftpPacket checkBeginning(byte[] handle, long length) {
        return bySha256(extended(CHECK_FILE_HANDLE, EXTENDED_REPLY).bytes(handle), length);
    }

    /** From the start on, to the end if the length is 0, as one block. One algorithm, since not every server takes a list. */
    private static SftpPacket bySha256(SftpPacket check, long length) {
        return check.text(SHA256).number(0L).number(length).number(0);
    }

    private static SftpPacket extended(String name, int reply) {
        return new SftpPacket(EXTENDED, reply).text(name);
    }

    /** Attributes with this mode only, or with none. */
    private SftpPacket mode(int mode) {
        return mode == NO_MODE ? number(0) : number(ATTR_PERMISSIONS).number(mode);
    }

    private SftpPacket number(int number) {
        packet.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(number).array());
        return this;
    }

    private SftpPacket number(long number) {
        packet.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
        return this;
    }

    private SftpPacket text(String text) {
        return bytes(encode(text));
    }

    /** A name on the server: in UTF-8; bytes that are none become characters that {@link #encode} turns into them again. */
    public static String decode(byte[] name) {
        String text = new String(name, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) < 0) {
            return text;
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(name);
        CharBuffer out = CharBuffer.allocate(name.length);
        for (CoderResult rest = decoder.decode(in, out, true);
                rest.isMalformed();
                rest = decoder.decode(in, out, true)) {
            for (int i = 0; i < rest.length(); i++) {
                out.put((char) (NO_UTF_8 + Byte.toUnsignedInt(in.get())));
            }
        }
        return out.flip().toString();
    }

    /** A decoded name as a text, in which each byte that is no UTF-8 is a replacement character. */
    public static String readable(String decoded) {
        if (decoded.chars().noneMatch(c -> Character.isLowSurrogate((char) c))) {
            return decoded;
        }
        return decoded.codePoints()
                .map(c -> c > NO_UTF_8 + Byte.MAX_VALUE && c <= NO_UTF_8 + 0xff ? REPLACEMENT : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    public static byte[] encode(String name) {
        if (name.chars().noneMatch(c -> Character.isLowSurrogate((char) c))) {
            return name.getBytes(StandardCharsets.UTF_8);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        name.codePoints().forEach(c -> {
            if (c > NO_UTF_8 + Byte.MAX_VALUE && c <= NO_UTF_8 + 0xff) {
                bytes.write(c - NO_UTF_8);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    private SftpPacket bytes(byte[] bytes) {
        number(bytes.length);
        packet.writeBytes(bytes);
        return this;
    }

    public void writeTo(OutputStream out, int id) throws IOException {
        byte[] fields = packet.toByteArray();
        ByteBuffer.wrap(fields)
                .putInt(0, fields.length - Integer.BYTES + length)
                .putInt(ID, id);
        out.write(fields);
        out.write(data, offset, length);
    }

    public boolean isAnsweredBy(Answer answer) {
        return answer.type() == reply || answer.type() == STATUS;
    }
}
