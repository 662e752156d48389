package org.ldae.checkpoint;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Objects;
import org.junit.jupiter.api.function.Executable;

/** What a failing call says. */
final class Thrown {

    private Thrown() {}

    static String message(Class<? extends Throwable> type, Executable action) {
        return message(assertThrows(type, action));
    }

    static String message(Throwable thrown) {
        return Objects.requireNonNull(thrown.getMessage(), "a message");
    }
}
