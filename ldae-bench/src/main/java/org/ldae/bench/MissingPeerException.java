package org.ldae.bench;

import java.io.IOException;

/** A peer that is not installed here. */
final class MissingPeerException extends IOException {

    private static final long serialVersionUID = 1;

    MissingPeerException(String message) {
        super(message);
    }
}
