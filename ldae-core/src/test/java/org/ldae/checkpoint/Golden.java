package org.ldae.checkpoint;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.Objects;

/** Where the files are that golden_checkpoint.py made. */
final class Golden {

    private Golden() {}

    static Path file(String name) {
        URL url = Objects.requireNonNull(Golden.class.getResource("/golden/checkpoint/" + name), name);
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
