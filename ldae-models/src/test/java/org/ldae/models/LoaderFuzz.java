package org.ldae.models;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.commons.rng.UniformRandomProvider;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.perceptual.FeatureNet;
import org.ldae.testing.Mutations;

/**
 * Damages checkpoints, by bits and by meaning, and loads them: a file is loaded and works, or is refused with a
 * {@link CheckpointException} that names it. Nothing else is thrown, nothing takes seconds or much memory.
 *
 * <p>Run with a number of cases: {@code LoaderFuzz 100000}.
 */
public final class LoaderFuzz {

    private static final ImageSource IMAGES = Synthetic.images(12, 1);
    /** Networks of every layout, which the module of the feature nets keeps. */
    private static final Path FEATURES =
            Path.of("..", "ldae-tokenizers", "src", "test", "resources", "golden", "features");

    private static final double MOST_SECONDS = 5;

    /** Something that reads a file and uses what it read. */
    @FunctionalInterface
    private interface Loader {
        void load(Path file) throws IOException;
    }

    /** A good file, and how it is read. */
    private static final class Kind {
        private final String name;
        private final byte[] file;
        private final Loader loader;

        Kind(String name, byte[] file, Loader loader) {
            this.name = name;
            this.file = file;
            this.loader = loader;
        }
    }

    private final List<Kind> kinds;
    private final Path target;

    /** What went otherwise than promised, by kind, and how often files were read or refused. */
    record Tally(int read, int refused, Map<String, Integer> leaks) {
        @Override
        public String toString() {
            return "read %d, refused %d, undeclared %s".formatted(read, refused, leaks);
        }
    }

    LoaderFuzz(Path folder) throws IOException {
        this.target = folder.resolve("mutated.safetensors");
        Path whole = folder.resolve("whole.safetensors");
        kinds = new ArrayList<>();
        try (Trainer trainer = Trainer.start(Synthetic.recipe(), IMAGES, Rng.of(1), Progress.none())) {
            trainer.step();
            trainer.save(whole);
            byte[] run = Files.readAllBytes(whole);
            kinds.add(new Kind("LatentDAE", run, LoaderFuzz::latent));
            kinds.add(new Kind("Trainer", run, LoaderFuzz::trainer));
        }
        try (LatentDAE model = LatentDAE.load(whole);
                PlainEncoder plain = model.plainEncoder(0.01)) {
            plain.save(whole);
            kinds.add(new Kind("PlainEncoder", Files.readAllBytes(whole), LoaderFuzz::plain));
        }
        for (String layout : List.of("vgg", "resnet", "normalised")) {
            byte[] bytes = Files.readAllBytes(FEATURES.resolve(layout + ".safetensors"));
            kinds.add(new Kind(
                    "FeatureNet " + layout, bytes, file -> FeatureNet.load(file).close()));
        }
        kinds.add(new Kind("Safetensors", kinds.get(0).file, LoaderFuzz::tensors));
    }

    private static void latent(Path file) throws IOException {
        try (LatentDAE model = LatentDAE.load(file)) {
            if (model.grid().image().equals(IMAGES.shape())) {
                model.represent(IMAGES.select(0), Features.pooled()).close();
            }
        }
    }

    private static void trainer(Path file) throws IOException {
        try (Trainer trainer = Trainer.resume(file, Synthetic.recipe(), IMAGES, Rng.of(1))) {
            trainer.losses();
        } catch (IllegalArgumentException e) {
            if (!String.valueOf(e.getMessage()).startsWith(file + ": expected ")) { // another recipe, other images
                throw e;
            }
        }
    }

    private static void plain(Path file) throws IOException {
        try (PlainEncoder encoder = PlainEncoder.load(file)) {
            if (encoder.grid().image().equals(IMAGES.shape())) {
                encoder.represent(IMAGES.select(0), Features.pooled()).close();
            }
        }
    }

    private static void tensors(Path file) throws IOException {
        try (Safetensors read = Safetensors.read(file)) {
            for (String name : read.names()) {
                read.tensor(name).close();
            }
        }
    }

    Tally run(int cases, Rng rng) throws IOException {
        int read = 0;
        int refused = 0;
        Map<String, Integer> leaks = new TreeMap<>();
        for (int i = 0; i < cases; i++) {
            Kind kind = kinds.get(i % kinds.size());
            byte[] donor = kinds.get((i / kinds.size()) % kinds.size()).file;
            Files.write(target, mutated(kind.file, donor, rng.at(i)));
            long began = System.nanoTime();
            try {
                kind.loader.load(target);
                read++;
            } catch (CheckpointException e) {
                refused++;
                if (!String.valueOf(e.getMessage()).startsWith(target.toString())) {
                    leaks.merge(kind.name + " does not name the file: " + e, 1, Integer::sum);
                }
            } catch (IOException | RuntimeException | Error e) {
                leaks.merge(kind.name + " " + place(e), 1, Integer::sum);
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            if (seconds > MOST_SECONDS) {
                leaks.merge("%s took %.0f s in case %d".formatted(kind.name, seconds, i), 1, Integer::sum);
            }
        }
        return new Tally(read, refused, leaks);
    }

    private static String place(Throwable problem) {
        return problem.getClass().getSimpleName()
                + Arrays.stream(problem.getStackTrace())
                        .filter(frame -> frame.getClassName().startsWith("org.ldae"))
                        .findFirst()
                        .map(frame -> " at " + frame)
                        .orElse("");
    }

    private static byte[] mutated(byte[] file, byte[] donor, Rng rng) {
        UniformRandomProvider random = rng.stream("choice").generator();
        if (random.nextInt(3) == 0) {
            return Mutations.of(file, donor, rng);
        }
        int length = Math.toIntExact(
                ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong());
        JsonObject header = JsonParser.parseString(new String(file, Long.BYTES, length, StandardCharsets.UTF_8))
                .getAsJsonObject();
        JsonObject metadata = Objects.requireNonNullElseGet(header.getAsJsonObject("__metadata__"), JsonObject::new);
        if (metadata.isEmpty() || random.nextInt(3) == 0) {
            change(header, random);
        } else {
            String key = any(metadata, random);
            String text = metadata.get(key).getAsString();
            metadata.addProperty(key, otherText(text, rng.stream("text"), random));
            if (random.nextInt(20) == 0) {
                metadata.remove(key);
            }
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[Long.BYTES + json.length + file.length - Long.BYTES - length];
        ByteBuffer.wrap(all)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(file, Long.BYTES + length, file.length - Long.BYTES - length);
        return all;
    }

    private static String otherText(String text, Rng rng, UniformRandomProvider random) {
        if (random.nextInt(4) != 0) {
            try {
                JsonElement tree = JsonParser.parseString(text);
                if (tree.isJsonObject() && !tree.getAsJsonObject().isEmpty()) {
                    change(tree.getAsJsonObject(), random);
                    return tree.toString();
                }
            } catch (JsonParseException e) {
                return ""; // a text that isn't JSON
            }
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new String(Mutations.of(bytes, bytes, rng), StandardCharsets.ISO_8859_1);
    }

    /** Changes one value somewhere in a tree, its name, or leaves it out. */
    private static void change(JsonObject tree, UniformRandomProvider random) {
        String key = any(tree, random);
        JsonElement value = tree.get(key);
        if (value.isJsonObject() && !value.getAsJsonObject().isEmpty() && random.nextInt(5) != 0) {
            change(value.getAsJsonObject(), random);
            return;
        }
        tree.remove(key);
        switch (random.nextInt(10)) {
            case 0 -> {} // left out
            case 1 -> tree.add(key + "x", value);
            case 2 -> tree.add(key, JsonNull.INSTANCE);
            case 3 -> tree.add(key, new JsonArray());
            case 4 -> tree.add(key, new JsonObject());
            case 5 -> tree.addProperty(key, "3 8");
            case 6 -> tree.addProperty(key, random.nextInt(-2, 40));
            case 7 -> tree.addProperty(key, random.nextBoolean() ? 400_000 : 2_000_000_000);
            case 8 -> tree.add(key, new JsonPrimitive(1e300));
            default -> tree.addProperty(key, 0.5);
        }
    }

    private static String any(JsonObject tree, UniformRandomProvider random) {
        return List.copyOf(tree.keySet()).get(random.nextInt(tree.size()));
    }

    /** Runs so many cases and prints what they came to. */
    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory("fuzz");
        long began = System.nanoTime();
        Tally tally = new LoaderFuzz(folder).run(Integer.parseInt(args[0]), Rng.of(16));
        System.out.printf("%s cases in %.0f s: %s%n", args[0], (System.nanoTime() - began) / 1e9, tally);
    }
}
