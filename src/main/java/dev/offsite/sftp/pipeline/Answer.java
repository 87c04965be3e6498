package dev.offsite.sftp.pipeline;

import dev.offsite.sftp.RemoteFile;
import dev.offsite.sftp.SftpStatusException;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A server's reply to one {@link SftpPacket}.
 *
 * @param id the number of the request
 * @param refusal why the request is not done; null if it is
 * @param content the handle of an opened file, what was read, or what an extended reply contains; otherwise empty
 * @param entries what a folder contains, or one with the path that was asked for; or one without a name, for attributes
 */
public record Answer(
        int type, int id, SftpStatusException refusal, Optional<ByteBuffer> content, List<RemoteFile> entries) {

    private static final int FILE_TYPE = 0170000;

    public static Answer of(byte[] whole) throws IOException {
        DataInputStream packet = stream(whole);
        int type = packet.readUnsignedByte();
        int id = packet.readInt();
        return switch (type) {
            case SftpPacket.STATUS -> new Answer(type, id, refusal(packet), Optional.empty(), List.of());
            case SftpPacket.HANDLE, SftpPacket.DATA ->
                new Answer(type, id, null, Optional.of(content(packet, whole)), List.of());
            case SftpPacket.NAME -> new Answer(type, id, null, Optional.empty(), names(packet));
            case SftpPacket.ATTRS -> new Answer(type, id, null, Optional.empty(), List.of(RemoteFile.read("", packet)));
            case SftpPacket.EXTENDED_REPLY ->
                new Answer(type, id, null, Optional.of(ByteBuffer.wrap(packet.readAllBytes())), List.of());
            default -> throw unexpected();
        };
    }

    private static SftpStatusException refusal(DataInputStream packet) throws IOException {
        int code = packet.readInt();
        if (code == SftpStatusException.OK) {
            return null;
        }
        // Before version 3 there is no message.
        return new SftpStatusException(code, packet.available() > 0 ? text(packet) : "Failure");
    }

    private static List<RemoteFile> names(DataInputStream packet) throws IOException {
        List<RemoteFile> names = new ArrayList<>();
        for (int left = packet.readInt(); left > 0; left--) {
            String name = SftpPacket.decode(bytes(packet));
            // The line that ls would print.
            bytes(packet);
            names.add(RemoteFile.read(name, packet));
        }
        return names;
    }

    static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    static DataInputStream stream(byte[] packet) {
        return new DataInputStream(new ByteArrayInputStream(packet));
    }

    /** What follows its own length, not copied. */
    private static ByteBuffer content(DataInputStream in, byte[] packet) throws IOException {
        int length = length(in);
        return ByteBuffer.wrap(packet, packet.length - in.available(), length).slice();
    }

    private static int length(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("the server sent something that is not an SFTP packet");
        }
        return length;
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        return in.readNBytes(length(in));
    }

    public static IOException unexpected() {
        return new IOException("the server sent an answer that fits no request");
    }

    public boolean done() {
        return refusal == null;
    }

    /** What was asked about; empty if the request was not done. */
    public Optional<RemoteFile> entry() {
        return entries.stream().findFirst();
    }

    /** Bytes of a regular file; otherwise empty. */
    public OptionalLong size() {
        return entries.stream()
                .filter(entry -> entry.file() && entry.size() >= 0)
                .mapToLong(RemoteFile::size)
                .findFirst();
    }

    /** Whether it describes something that is neither a regular file nor of an unknown type. */
    public boolean isNoFile() {
        return entries.stream().anyMatch(entry -> !entry.file() && (entry.mode() & FILE_TYPE) != 0);
    }

    public Answer refused(SftpStatusException why) {
        return new Answer(type, id, why, Optional.empty(), List.of());
    }

    /** Whether it says that the file has no more. */
    public boolean isEnd() {
        return refusal != null && refusal.code() == SftpStatusException.EOF;
    }

    /** The handle, or what was read; fails as the request did. */
    public byte[] received() throws IOException {
        ByteBuffer bytes = data();
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        return copy;
    }

    /** Like {@link #received}, not copied. */
    ByteBuffer data() throws IOException {
        if (refusal != null) {
            throw refusal;
        }
        return content.orElseThrow(() -> new IOException("the server says that it did it, and sent nothing"))
                .duplicate();
    }
}
