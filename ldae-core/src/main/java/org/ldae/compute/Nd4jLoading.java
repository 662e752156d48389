package org.ldae.compute;

import java.security.CodeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;

/** Loads ND4J once, and keeps why it can't be: what its backends say, which ND4J logs and leaves out of what it throws. */
final class Nd4jLoading {

    /** Why ND4J can't be used in this process; empty if it can. */
    static final Optional<String> MISSING = load();

    private Nd4jLoading() {}

    private static Optional<String> load() {
        // Asked before ND4J asks: a native library says what it lacks the first time only.
        Backends found = Backends.of(ND4JClassLoading.loadService(Nd4jBackend.class));
        try {
            return Nd4j.getBackend() == null ? Optional.of(found.explain(null)) : Optional.empty();
        } catch (ExceptionInInitializerError | NoClassDefFoundError e) {
            return Optional.of(found.explain(e));
        }
    }

    /**
     * The backends on the class path.
     *
     * @param able those that say that they can run, each with its jar
     * @param refusals those that say that they can't, each with its jar and why
     */
    record Backends(List<String> able, List<String> refusals) {

        static Backends of(ServiceLoader<Nd4jBackend> services) {
            List<String> able = new ArrayList<>();
            List<String> refusals = new ArrayList<>();
            services.stream().forEach(service -> {
                String name = service.type().getSimpleName() + jar(service.type());
                try {
                    if (service.get().isAvailable()) {
                        able.add(name);
                    } else {
                        refusals.add(name + " says no more");
                    }
                } catch (RuntimeException | LinkageError | ServiceConfigurationError e) {
                    refusals.add(name + " says " + root(e));
                }
            });
            return new Backends(able, refusals);
        }

        /** What went wrong and what to do about it, after ND4J threw something or nothing. */
        String explain(@Nullable Throwable thrown) {
            if (!able.isEmpty()) {
                return "no ND4J backend could be loaded: %s was chosen and could not start (%s); its native libraries for this system (classifier such as linux-x86_64) must be on the class path"
                        .formatted(String.join(" and ", able), thrown == null ? "no reason given" : root(thrown));
            }
            if (!refusals.isEmpty()) {
                return "no ND4J backend could be loaded: on the class path, but unable to run here: %s; a CUDA backend needs NVIDIA's driver and a card that it knows, org.nd4j:nd4j-native in its place runs on the CPU"
                        .formatted(String.join(", and ", refusals));
            }
            return "no ND4J backend could be loaded: expected one on the class path, found none; add"
                    + " org.nd4j:nd4j-native (CPU) or org.nd4j:nd4j-cuda-11.6 (GPU)";
        }

        private static String jar(Class<?> type) {
            CodeSource source = type.getProtectionDomain().getCodeSource();
            if (source == null || source.getLocation() == null) {
                return "";
            }
            String location = source.getLocation().toString().replaceAll("[!/]+$", "");
            return " of " + location.substring(location.lastIndexOf('/') + 1);
        }

        private static String root(Throwable thrown) {
            Throwable root = thrown;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            return root.getClass().getSimpleName() + ": " + root.getMessage();
        }
    }
}
