package org.ldae.data;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.ldae.core.Progress;

/**
 * How files are fetched. The proxy is the one that Java's settings name ({@code https.proxyHost} and its like, or
 * {@link java.net.ProxySelector#setDefault}).
 *
 * @param mirror folder that holds the files, http or https, ending in a slash; empty for the official one
 * @param patience how long to wait for a connection, an answer, or more data
 * @param progress told of the bytes that have come
 */
public record Download(Optional<URI> mirror, Duration patience, Progress progress) {

    private static final Duration USUAL_PATIENCE = Duration.ofSeconds(30);

    /**
     * Checks address and time.
     *
     * @param mirror http or https, ending in a slash; empty for the official one
     * @param patience more than nothing
     * @param progress told of the bytes that have come
     */
    public Download {
        mirror.ifPresent(Download::requireFolder);
        if (patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException("patience: expected a positive time, got " + patience);
        }
    }

    /**
     * From the official mirror, waiting half a minute for data, in silence.
     *
     * @return the options
     */
    public static Download official() {
        return new Download(Optional.empty(), USUAL_PATIENCE, Progress.none());
    }

    /**
     * Another place that has the same files.
     *
     * @param folder their address without their names, ending in a slash
     * @return a changed copy
     */
    public Download from(URI folder) {
        return new Download(Optional.of(folder), patience, progress);
    }

    /**
     * Another time to wait for data.
     *
     * @param time more than nothing
     * @return a changed copy
     */
    public Download withPatience(Duration time) {
        return new Download(mirror, time, progress);
    }

    /**
     * A listener.
     *
     * @param listener told of the bytes that have come
     * @return a changed copy
     */
    public Download withProgress(Progress listener) {
        return new Download(mirror, patience, listener);
    }

    static URI requireFolder(URI uri) {
        String scheme = String.valueOf(uri.getScheme());
        if (!scheme.matches("https?") || !uri.getPath().endsWith("/")) {
            throw new IllegalArgumentException(
                    "address: expected an http or https address that ends in a slash, got " + uri);
        }
        return uri;
    }
}
