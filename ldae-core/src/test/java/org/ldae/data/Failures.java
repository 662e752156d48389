package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** Asserts that a call fails and that its message names what it should. */
public final class Failures {

    private Failures() {}

    public static void assertFails(Class<? extends Exception> type, Executable call, String... parts) {
        String message = String.valueOf(assertThrows(type, call).getMessage());
        for (String part : parts) {
            assertTrue(message.contains(part), () -> "expected '" + part + "' in: " + message);
        }
    }
}
