package org.ldae.models;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import org.ldae.compute.Backend;
import org.ldae.data.ImageSource;

/**
 * Where a model comes from; saved beside every result.
 *
 * @param seed seed of the run
 * @param dataHash SHA-256 of the training images
 * @param trainImages number of training images
 * @param library version of this library, {@code development} outside a jar
 * @param nd4j version of ND4J
 * @param backend name of ND4J's backend
 * @param kernels kernels that ran
 * @param java version of the Java runtime
 * @param machine operating system and processor architecture
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
        return new Provenance(
                seed,
                images.hash(),
                images.size(),
                version(Provenance.class),
                version(org.nd4j.linalg.factory.Nd4j.class),
                Backend.backendName(),
                Backend.kind().toString(),
                Runtime.version().toString(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    }

    private static String version(Class<?> type) {
        String version = type.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /**
     * The provenance as JSON.
     *
     * @return one JSON object
     */
    public String toJson() {
        return GSON.toJson(this);
    }

    static Provenance fromJson(String json) {
        try {
            Provenance provenance = GSON.fromJson(json, Provenance.class);
            if (provenance == null) {
                throw new IllegalArgumentException("provenance: expected a JSON object, got nothing");
            }
            return provenance;
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("provenance: expected the JSON this library writes, got " + json, e);
        }
    }
}
