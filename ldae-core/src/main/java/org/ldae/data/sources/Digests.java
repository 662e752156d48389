package org.ldae.data.sources;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Hash functions that every Java runtime has. */
public final class Digests {

    private Digests() {}

    public static MessageDigest sha256() {
        return of("SHA-256");
    }

    public static MessageDigest of(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(algorithm + " is missing from this Java runtime", e);
        }
    }
}
