package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.ldae.compute.cpu.CpuKernels;

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
    void theBackendChoosesUnlessThePropertyDoes() {
        Backend.Kind natural = Backend.isNative() ? Backend.Kind.CPU : Backend.Kind.PORTABLE;
        System.clearProperty(KERNELS);
        assertEquals(natural, Backend.kind());
        System.setProperty(KERNELS, "auto");
        assertEquals(natural, Backend.kind());
        System.setProperty(KERNELS, "portable");
        assertEquals(Backend.Kind.PORTABLE, Backend.kind());
    }

    @Test
    void anUnknownChoiceIsAnErrorThatNamesIt() {
        System.setProperty(KERNELS, "fast");
        IllegalStateException thrown = assertThrows(IllegalStateException.class, Backend::kind);
        assertEquals("ldae.kernels: expected auto, cpu or portable, got fast", thrown.getMessage());
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
    void kernelsAreOfTheKindAskedForAndNeverShared() {
        Operands.kinds().forEach(kind -> {
            Kernels one = Backend.kernels(kind);
            assertEquals(kind == Backend.Kind.CPU, one instanceof CpuKernels);
            assertTrue(one != Backend.kernels(kind));
        });
    }

    @Test
    void namesTheBackend() {
        assertTrue(Backend.backendName().endsWith("Backend"));
    }
}
