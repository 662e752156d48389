package org.ldae.bench;

import java.io.IOException;

/** A peer that died, does not answer as agreed or does other work than ours. */
final class PeerException extends IOException {

    private static final long serialVersionUID = 1;

    PeerException(String message) {
        super(message);
    }
}
