package dev.offsite.sftp.login;

import dev.offsite.job.Target;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.CamelContext;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.component.file.GenericFileExist;
import org.apache.camel.component.file.remote.RemoteFileConfiguration.PathSeparator;
import org.apache.camel.component.file.remote.RemoteFileOperations;
import org.apache.camel.component.file.remote.SftpComponent;
import org.apache.camel.component.file.remote.SftpConfiguration;
import org.apache.camel.component.file.remote.SftpEndpoint;
import org.apache.camel.component.file.remote.SftpRemoteFile;

/**
 * camel-ftp's endpoint for one target. It is made here and not in a route, and its producers log in with
 * {@link SftpLogin}, so that editing a route cannot turn off the host key check.
 */
public final class TargetEndpoint extends SftpEndpoint {

    /** Fewer than 64 do not fill a link with latency; above 128 OpenSSH's window is the limit. */
    private static final int BULK_REQUESTS = 128;

    private final Target target;
    private final Places places;
    private final AtomicReference<Boolean> sharesHandles = new AtomicReference<>();

    private TargetEndpoint(String uri, SftpComponent component, Target target, Places places) {
        super(uri, component, settings(target));
        this.target = target;
        this.places = places;
        setAutoCreate(false);
        setFileExist(GenericFileExist.Override);
        // One attempt: repeated failed logins get an address banned.
        setMaximumReconnectAttempts(1);
    }

    /** Adds the target's endpoint to the context, under a URI that nothing else has. */
    public static TargetEndpoint addTo(CamelContext context, String uri, Target target, Places places) {
        TargetEndpoint endpoint =
                new TargetEndpoint(uri, context.getComponent("sftp", SftpComponent.class), target, places);
        try {
            context.addEndpoint(uri, endpoint);
        } catch (Exception e) {
            throw RuntimeCamelException.wrapRuntimeCamelException(e);
        }
        return endpoint;
    }

    /** No secrets: {@link TargetSessions} takes them from the target. */
    private static SftpConfiguration settings(Target target) {
        SftpConfiguration settings = new SftpConfiguration();
        settings.setHost(target.host());
        settings.setPort(target.port());
        settings.setUsername(target.user());
        // The producer needs one; the names of files are absolute.
        settings.setDirectory("");
        // Names are used as given: no change of folder, no backslash to slash.
        settings.setStepwise(false);
        settings.setSeparator(PathSeparator.Auto);
        settings.setSendNoop(false);
        settings.setBulkRequests(BULK_REQUESTS);
        settings.setConnectTimeout((int) target.way().connectTimeout().toMillis());
        return settings;
    }

    Target target() {
        return target;
    }

    Places places() {
        return places;
    }

    /** Whether the server mixes up what is open at the same time, once known: true, false or null. */
    AtomicReference<Boolean> sharesHandles() {
        return sharesHandles;
    }

    @Override
    @SuppressWarnings("rawtypes") // as in camel-ftp's own class
    public RemoteFileOperations<SftpRemoteFile> createRemoteFileOperations() {
        return new SftpLogin(this);
    }
}
