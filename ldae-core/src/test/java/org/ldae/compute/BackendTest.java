package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_PROPERTIES)
class BackendTest {

    private static final String KERNELS = "ldae.kernels";
    private static final String THREADS = "ldae.threads";

    private String kernels = "";
    private String threads = "";

    @BeforeEach
    void remember() {
        kernels = System.getProperty(KERNELS, "");
        threads = System.getProperty(THREADS, "");
    }

    @AfterEach
    void restore() {
        set(KERNELS, kernels);
        set(THREADS, threads);
    }

    private static void set(String name, String value) {
        if (value.isEmpty()) {
            System.clearProperty(name);
        } else {
            System.setProperty(name, value);
        }
    }

    @Test
    void theHighestPriorityIsTakenUnlessThePropertyChooses() {
        String natural = Backend.isNative() ? "cpu" : "portable";
        System.clearProperty(KERNELS);
        assertEquals(natural, Backend.provider().name());
        System.setProperty(KERNELS, "auto");
        assertEquals(natural, Backend.provider().name());
        System.setProperty(KERNELS, "portable");
        assertEquals("portable", Backend.provider().name());
    }

    @Test
    void anUnknownChoiceIsAnErrorThatNamesTheKnown() {
        System.setProperty(KERNELS, "fast");
        String message = String.valueOf(
                assertThrows(IllegalStateException.class, Backend::provider).getMessage());
        assertTrue(message.startsWith("ldae.kernels: expected auto or kernels that can run here ("), message);
        assertTrue(message.contains("portable") && message.endsWith(", got fast"), message);
    }

    @Test
    void portableKernelsRunOnOneThread() {
        System.setProperty(KERNELS, "portable");
        System.setProperty(THREADS, "3");
        assertEquals(1, Backend.threads());
    }

    @Test
    void cpuKernelsRunOnTheThreadsAskedFor() {
        assumeTrue(Backend.isNative(), "the CPU kernels need the native backend");
        System.setProperty(KERNELS, "cpu");
        System.clearProperty(THREADS);
        assertEquals(Runtime.getRuntime().availableProcessors(), Backend.threads());
        System.setProperty(THREADS, "3");
        assertEquals(3, Backend.threads());
        System.setProperty(THREADS, "0");
        assertThrows(IllegalStateException.class, Backend::threads);
    }

    @Test
    void kernelsAreNeverShared() {
        Operands.kinds().forEach(kind -> assertNotSame(kind.kernels(), kind.kernels()));
    }

    @Test
    void namesTheBackend() {
        assertTrue(Backend.backendName().endsWith("Backend"));
    }
}
