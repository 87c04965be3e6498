package dev.offsite.doctor;

import java.util.Locale;

/** The doctor's checks, in the order in which they are shown. */
public enum Check {
    /** The configured source, key and known_hosts exist on this machine. */
    CONFIGURATION(Side.CONFIGURATION),
    /** The host name resolves and the port is open. */
    REACHABLE(Side.ACCESS),
    SSH(Side.ACCESS),
    /** The server's host key is in known_hosts. */
    HOST_KEY(Side.ACCESS),
    LOGIN(Side.ACCESS),
    SFTP(Side.ACCESS),
    /** The verify login, if there is one, works and can read uploaded files. */
    VERIFY_LOGIN(Side.ACCESS),
    ROOT(Side.RIGHTS),
    /** A folder can be made below the root, and the root itself if it is missing. */
    MAKE_FOLDER(Side.RIGHTS),
    WRITE(Side.RIGHTS),
    /** What was written can be read back unchanged. */
    READ(Side.RIGHTS),
    /** A file gets the permissions that it is to have. */
    MODES(Side.RIGHTS),
    /** The server's clock agrees with ours, judged by the time of the file just written. */
    CLOCK(Side.RIGHTS),
    RENAME(Side.RIGHTS),
    /** A rename replaces an existing file in one step. */
    OVERWRITE(Side.RIGHTS),
    /** The server can be told to write copies to its disk. */
    SYNC(Side.RIGHTS),
    /** The server reports symbolic links as links. */
    SYMLINK(Side.RIGHTS),
    /** There is room for everything in the source. */
    FREE_SPACE(Side.RIGHTS),
    /** One finding for each hash command. */
    HASH_COMMAND(Side.RIGHTS),
    /** Where a command finds the file that SFTP shows. */
    PATH(Side.RIGHTS),
    /** How a ship will verify its copies, and whether the job accepts that. */
    VERIFICATION(Side.RIGHTS),
    REMOVE_FILE(Side.RIGHTS),
    REMOVE_FOLDER(Side.RIGHTS);

    /** What a failed check has to do with. */
    public enum Side {
        CONFIGURATION,
        /** Getting in at all. */
        ACCESS,
        /** What we may do there. */
        RIGHTS
    }

    private final Side side;

    Check(Side side) {
        this.side = side;
    }

    public Side side() {
        return side;
    }

    /** For programs. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** For people. */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
