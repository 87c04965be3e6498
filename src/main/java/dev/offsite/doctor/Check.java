package dev.offsite.doctor;

import java.util.Locale;

/** What is looked at, in the order in which it is shown. */
public enum Check {
    /** What the configuration names on this machine: source, key, known_hosts. */
    CONFIGURATION(Side.CONFIGURATION),
    /** The name is known and the port open. */
    REACHABLE(Side.ACCESS),
    /** An SSH server answers there. */
    SSH(Side.ACCESS),
    /** Its key is the one that known_hosts has. */
    HOST_KEY(Side.ACCESS),
    /** It lets us in. */
    LOGIN(Side.ACCESS),
    /** It speaks SFTP. */
    SFTP(Side.ACCESS),
    /** The login that only verifies works, if there is one, and reads what the other one uploads. */
    VERIFY_LOGIN(Side.ACCESS),
    /** What is at the job's root. */
    ROOT(Side.RIGHTS),
    /** A folder can be made below the root, and the root itself where it is missing. */
    MAKE_FOLDER(Side.RIGHTS),
    /** A file can be written there. */
    WRITE(Side.RIGHTS),
    /** What was written can be read, and is the same. */
    READ(Side.RIGHTS),
    /** The server's clock, by the time of the file just written. */
    CLOCK(Side.RIGHTS),
    /** A file can be given its final name. */
    RENAME(Side.RIGHTS),
    /** And that replaces what has the name, in one step. */
    OVERWRITE(Side.RIGHTS),
    /** The server tells a symbolic link from what it leads to. */
    SYMLINK(Side.RIGHTS),
    /** Room for what is in the source. */
    FREE_SPACE(Side.RIGHTS),
    /** One row for each command of the ladder. */
    HASH_COMMAND(Side.RIGHTS),
    /** A command sees the file that SFTP shows, and where. */
    PATH(Side.RIGHTS),
    /** How a ship will verify its copies, and whether the job accepts that. */
    VERIFICATION(Side.RIGHTS),
    /** A file can be removed. */
    REMOVE_FILE(Side.RIGHTS),
    /** A folder can be removed. */
    REMOVE_FOLDER(Side.RIGHTS);

    /** Whose matter a failure is. */
    public enum Side {
        /** Files on this machine that the configuration names. */
        CONFIGURATION,
        /** Whether we get in at all. */
        ACCESS,
        /** What we can do there. */
        RIGHTS
    }

    private final Side side;

    Check(Side side) {
        this.side = side;
    }

    /** Whose matter a failure is. */
    public Side side() {
        return side;
    }

    /** As a program reads it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** As a person reads it. */
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
