package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.common.io.Resource;
import org.nd4j.linalg.factory.Environment;
import org.nd4j.linalg.factory.Nd4jBackend;

/** ND4J's own message leaves out what its backends say. */
class Nd4jLoadingTest {

    @TempDir
    private Path folder;

    @Test
    void aGpuWithoutDriverIsNotAMissingJar() throws IOException {
        String message = backends(WithoutDriver.class).explain(new ExceptionInInitializerError("no backend"));
        assertTrue(
                message.contains("WithoutDriver of test-classes says UnsatisfiedLinkError: libcuda.so.1: cannot open"),
                message);
        assertTrue(message.contains("NVIDIA's driver") && !message.contains("add org.nd4j"), message);
    }

    @Test
    void withoutBackendTheJarIsNamed() throws IOException {
        String message = backends().explain(null);
        assertTrue(
                message.endsWith("found none; add org.nd4j:nd4j-native (CPU) or org.nd4j:nd4j-cuda-11.6 (GPU)"),
                message);
    }

    @Test
    void oneThatSaidItCouldRunIsNamedWithWhatStoppedIt() throws IOException {
        Throwable thrown = new ExceptionInInitializerError(
                new IllegalStateException("probably missing dependencies", new UnsatisfiedLinkError("no jnind4jcpu")));
        String message = backends(Able.class, Broken.class).explain(thrown);
        assertTrue(
                message.contains(
                        "Able of test-classes was chosen and could not start (UnsatisfiedLinkError: no jnind4jcpu)"),
                message);
    }

    @Test
    void oneThatCantBeMadeIsARefusal() throws IOException {
        Nd4jLoading.Backends found = backends(Broken.class, Able.class);
        assertEquals(1, found.able().size());
        assertTrue(found.refusals().get(0).endsWith("says IllegalStateException: broken"), found::toString);
    }

    private Nd4jLoading.Backends backends(Class<?>... types) throws IOException {
        StringBuilder names = new StringBuilder();
        for (Class<?> type : types) {
            names.append(type.getName()).append('\n');
        }
        URL services =
                Files.writeString(folder.resolve("services"), names).toUri().toURL();
        ClassLoader loader = new ClassLoader(getClass().getClassLoader()) {
            @Override
            public Enumeration<URL> getResources(String name) {
                return Collections.enumeration(Collections.singleton(services));
            }
        };
        return Nd4jLoading.Backends.of(ServiceLoader.load(Nd4jBackend.class, loader));
    }

    /** A backend of which only {@link #isAvailable} is asked. */
    public abstract static class Fake extends Nd4jBackend {
        @Override
        public boolean allowsOrder() {
            return false;
        }

        @Override
        public int getPriority() {
            return 0;
        }

        @Override
        public boolean canRun() {
            return isAvailable();
        }

        @Override
        public @Nullable Resource getConfigurationResource() {
            return null;
        }

        @Override
        public @Nullable Class<?> getNDArrayClass() {
            return null;
        }

        @Override
        public @Nullable Environment getEnvironment() {
            return null;
        }

        @Override
        public String buildInfo() {
            return "";
        }

        @Override
        public void logBackendInit() {}
    }

    /** What ND4J's CUDA backend does on a machine without driver. */
    public static final class WithoutDriver extends Fake {
        @Override
        public boolean isAvailable() {
            throw new IllegalStateException(new UnsatisfiedLinkError(
                    "libcuda.so.1: cannot open shared object file: No such file or directory"));
        }
    }

    /** Says that it can run. */
    public static final class Able extends Fake {
        @Override
        public boolean isAvailable() {
            return true;
        }
    }

    /** Can't be made. */
    public static final class Broken extends Fake {
        public Broken() {
            throw new IllegalStateException("broken");
        }

        @Override
        public boolean isAvailable() {
            return true;
        }
    }
}
