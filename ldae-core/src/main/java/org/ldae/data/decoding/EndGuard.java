package org.ldae.data.decoding;

import java.io.IOException;

/** Stops a reader that takes the end of a file for zeros, which would decode millions of pixels from nothing. */
final class EndGuard {

    /** Readers look a few bytes ahead. */
    private static final int MOST_PAST_END = 64;

    private int pastEnd;

    /** Passes on what a stream gives, negative at its end. */
    int check(int value) throws IOException {
        if (value < 0 && ++pastEnd > MOST_PAST_END) {
            throw new IOException("truncated: the data end before the picture");
        }
        return value;
    }
}
