package org.ldae.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Backend;

/** Where the peers are found and how they are started. */
final class Peers {

    static final String PYTORCH = "pytorch";
    static final String LIBTORCH = "libtorch";
    static final String SKLEARN = "sklearn";
    static final String NUMPY = "numpy";
    static final String TORCHVISION = "torchvision";
    static final List<String> NAMES = List.of(PYTORCH, LIBTORCH, SKLEARN, NUMPY, TORCHVISION);

    private final List<String> pythons;
    private final Path libtorch;
    private final Path scripts;

    /**
     * Peers whose scripts are unpacked into a folder.
     *
     * @param python the interpreter, or null for the first one that has what a script imports
     * @param libtorch the folder of jars that {@code mvn -Ppeers package} fills
     * @param scripts an existing folder
     */
    Peers(@Nullable String python, Path libtorch, Path scripts) {
        this.libtorch = libtorch;
        this.pythons = python == null ? List.of("python3", "/usr/bin/python3") : List.of(python);
        this.scripts = scripts;
    }

    /** The folder {@code peers} beside the jar or folder this class was loaded from. */
    static Path besideTheJar() {
        try {
            Path jar = Path.of(Peers.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return jar.resolveSibling("peers");
        } catch (URISyntaxException e) {
            throw new IllegalStateException("class path: expected a file, got " + e.getInput(), e);
        }
    }

    /**
     * Starts a peer.
     *
     * @throws MissingPeerException if it is not installed
     */
    Peer start(String name) throws IOException {
        return switch (name) {
            case PYTORCH -> python("pytorch_peer.py", "torch");
            case LIBTORCH -> libtorch();
            case SKLEARN -> python("sklearn_peer.py", "sklearn");
            case NUMPY -> python("numpy_peer.py", "numpy");
            case TORCHVISION -> python("torchvision_peer.py", "torchvision");
            default -> throw new MissingPeerException("not among " + NAMES);
        };
    }

    private Peer python(String script, String needs) throws IOException {
        Path file = unpack(script);
        unpack("peer.py");
        List<String> tried = new ArrayList<>();
        for (String python : pythons) {
            try {
                return Peer.start(withThreads(new ProcessBuilder(python, "-u", file.toString())));
            } catch (MissingPeerException e) {
                tried.add(python + ": " + e.getMessage());
            }
        }
        throw new MissingPeerException("no python3 with %s (%s)".formatted(needs, String.join("; ", tried)));
    }

    private Peer libtorch() throws IOException {
        if (!Files.isDirectory(libtorch)) {
            throw new MissingPeerException("no folder %s; mvn -Ppeers package makes it".formatted(libtorch));
        }
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        ProcessBuilder builder = new ProcessBuilder(
                java.toString(),
                "-Xmx2g",
                "-Dai.djl.offline=true",
                "-cp",
                libtorch + "/*",
                "org.ldae.bench.libtorch.LibtorchPeer");
        builder.environment().put("DJL_CACHE_DIR", libtorch.resolve("cache").toString());
        builder.environment().put("OPT_OUT_TRACKING", "true");
        return Peer.start(withThreads(builder));
    }

    /** As many threads as ours, in every BLAS that reads such a variable. */
    private static ProcessBuilder withThreads(ProcessBuilder builder) {
        String threads = Integer.toString(Backend.threads());
        Map<String, String> environment = builder.environment();
        environment.put("PYTHONDONTWRITEBYTECODE", "1");
        for (String variable : List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")) {
            environment.put(variable, threads);
        }
        return builder;
    }

    private Path unpack(String name) throws IOException {
        Path file = scripts.resolve(name);
        try (InputStream in = Objects.requireNonNull(Peers.class.getResourceAsStream("peers/" + name), name)) {
            Files.copy(in, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        return file;
    }
}
