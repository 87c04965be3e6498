package dev.offsite.component;

import org.apache.camel.spi.Metadata;

/** The message headers of the component. */
public final class OffsiteConstants {

    @Metadata(
            label = "producer",
            description = "The job, by its route id. Used where the endpoint names none. On an event: the event's job.",
            javaType = "String")
    public static final String JOB = "CamelOffsiteJob";

    @Metadata(
            label = "producer",
            description =
                    "put: the name of the copy below the dated folder, with / for folders, without . and ..; by default the"
                            + " name of the file. get: the copy. restore: a name, a folder, or an Ant pattern.",
            javaType = "String")
    public static final String NAME = "CamelOffsiteName";

    @Metadata(
            label = "producer",
            description =
                    "get, list, restore: the dated folder, as 20260131, as 2026-01-31, or latest. Afterwards, for get,"
                            + " restore and drill: the name of the folder that was used.",
            javaType = "String")
    public static final String DATE = "CamelOffsiteDate";

    @Metadata(
            label = "producer",
            description =
                    "get: the local file, or a folder (one that exists, or a path that ends in /). restore: the local folder.",
            javaType = "String")
    public static final String TO = "CamelOffsiteTo";

    @Metadata(
            label = "producer",
            description = "get, restore: whether another file in its place is replaced.",
            javaType = "Boolean",
            defaultValue = "false")
    public static final String OVERWRITE = "CamelOffsiteOverwrite";

    @Metadata(
            label = "producer",
            description = "scrub: whether to hash all copies, whatever the budget is.",
            javaType = "Boolean",
            defaultValue = "false")
    public static final String ALL = "CamelOffsiteAll";

    @Metadata(
            label = "producer",
            description =
                    "Set by put and get: the absolute path of the copy on the target; by restore: that of the dated folder.",
            javaType = "String")
    public static final String PATH = "CamelOffsitePath";

    @Metadata(
            label = "producer",
            description =
                    "Set by put: the verified SHA-256 of the copy, which may be encrypted. By get: that of the file. In lower-case hex.",
            javaType = "String")
    public static final String SHA256 = "CamelOffsiteSha256";

    @Metadata(
            label = "producer",
            description = "Set by put: the size of the copy in bytes. By get: that of the file.",
            javaType = "Long")
    public static final String SIZE = "CamelOffsiteSize";

    @Metadata(
            label = "producer",
            description =
                    "Set by put: how the copy was verified: hash (by the server), readback (read back and hashed here), or"
                            + " size (only where the job says verify=size).",
            javaType = "String")
    public static final String VERIFICATION = "CamelOffsiteVerification";

    @Metadata(
            label = "consumer",
            description = "On an event: its type, such as shipped or failed.",
            javaType = "String")
    public static final String EVENT = "CamelOffsiteEvent";

    private OffsiteConstants() {}
}
