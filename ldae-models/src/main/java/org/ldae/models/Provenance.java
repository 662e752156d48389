package org.ldae.models;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.ldae.compute.Backend;
import org.ldae.data.ImageSource;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where a model comes from; saved beside every result.
 *
 * @param seed seed of the run
 * @param dataHash SHA-256 of the training images, or the file that weights trained elsewhere were imported from
 * @param trainImages number of training images
 * @param library version of this library, {@code development} outside a jar
 * @param nd4j version of ND4J, {@code unknown} if its jar doesn't say
 * @param backend name of ND4J's backend
 * @param kernels kernels that ran, and whose matrix product they called
 * @param java version of the Java runtime
 * @param machine operating system, architecture and processor
 */
public record Provenance(
        long seed,
        String dataHash,
        int trainImages,
        String library,
        String nd4j,
        String backend,
        String kernels,
        String java,
        String machine) {

    private static final Gson GSON = new GsonBuilder().setPrettyPrinting().create();

    /**
     * The provenance of a run in this process.
     *
     * @param seed seed of the run
     * @param images training images
     * @return the record
     */
    public static Provenance of(long seed, ImageSource images) {
        return of(seed, images.hash(), images.size());
    }

    /**
     * The provenance of weights that were trained elsewhere.
     *
     * @param file where they were read from; its name stands in place of the images' hash
     * @return the record
     */
    public static Provenance imported(Path file) {
        return of(0, "imported from " + file.getFileName(), 0);
    }

    /**
     * What runs here, as {@code --version} tells it: this library, ND4J and Java. Starts no backend.
     *
     * @return one line
     */
    public static String versions() {
        return "ldae %s, ND4J %s, Java %s".formatted(ldaeVersion(), nd4jVersion(), Runtime.version());
    }

    private static String ldaeVersion() {
        return version(Provenance.class, "org.ldae/ldae-models").orElse("development");
    }

    private static String nd4jVersion() {
        return version(Nd4j.class, "org.nd4j/nd4j-api").orElse("unknown");
    }

    private static Provenance of(long seed, String data, int images) {
        return new Provenance(
                seed,
                data,
                images,
                ldaeVersion(),
                nd4jVersion(),
                Backend.backendName(),
                Backend.provider().description(),
                Runtime.version().toString(),
                here());
    }

    /** Operating system, architecture, and the processor where Linux or Windows names it. */
    private static String here() {
        String system = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        int processors = Runtime.getRuntime().availableProcessors();
        return "%s, %s, %d processors".formatted(system, processor(), processors);
    }

    private static String processor() {
        Path info = Path.of("/proc/cpuinfo");
        String otherwise =
                Optional.ofNullable(System.getenv("PROCESSOR_IDENTIFIER")).orElse("processor not named");
        try {
            return Files.isReadable(info)
                    ? Files.readString(info)
                            .lines()
                            .filter(line -> line.startsWith("model name"))
                            .findFirst()
                            .map(line -> line.substring(line.indexOf(':') + 1).strip())
                            .orElse(otherwise)
                    : otherwise;
        } catch (IOException e) {
            return otherwise;
        }
    }

    /** The version that Maven wrote into the jar of a class; classes in a folder have none. */
    private static Optional<String> version(Class<?> type, String artifact) {
        Properties properties = new Properties();
        try (InputStream in = type.getResourceAsStream("/META-INF/maven/" + artifact + "/pom.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("provenance: the version of " + artifact, e);
        }
        return Optional.ofNullable(properties.getProperty("version"));
    }

    /**
     * The provenance as JSON.
     *
     * @return one JSON object
     */
    public String toJson() {
        return GSON.toJson(this);
    }

    /**
     * Reads a provenance; what a text doesn't tell is {@code unknown}.
     *
     * @param json from {@link #toJson}
     * @return the record
     * @throws IllegalArgumentException if it is something else
     */
    public static Provenance fromJson(String json) {
        try {
            JsonObject tree = JsonParser.parseString(json).getAsJsonObject();
            for (RecordComponent component : Provenance.class.getRecordComponents()) {
                if (component.getType() == String.class && !(tree.get(component.getName()) instanceof JsonPrimitive)) {
                    tree.addProperty(component.getName(), "unknown");
                }
            }
            return GSON.fromJson(tree, Provenance.class);
        } catch (JsonParseException | IllegalStateException e) { // the latter for what is no object
            throw new IllegalArgumentException("provenance: expected the JSON this library writes, got " + json, e);
        }
    }
}
