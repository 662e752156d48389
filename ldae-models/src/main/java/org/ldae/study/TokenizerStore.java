package org.ldae.study;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.models.Recipe;
import org.ldae.tokenizers.Tokenizer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Fitted tokenizers in a folder, so that trials share them and a restarted study does not fit them again. */
public final class TokenizerStore {

    private final Path folder;
    private final Map<String, Slot> slots = new ConcurrentHashMap<>();

    /**
     * The store in a folder.
     *
     * @param folder {@code tokenizers} in the folder of a study; made if it is missing
     * @throws IOException if it can't be made
     */
    public TokenizerStore(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /** Where the files are. */
    Path folder() {
        return folder;
    }

    /**
     * The tokenizer that training a recipe on these images with this key would fit; read if the folder holds it.
     *
     * @param recipe whose tokenizer
     * @param images to fit it on
     * @param rng key of the run
     * @param progress told as the fit goes on
     * @return the tokenizer
     * @throws UncheckedIOException if it can't be read or written
     */
    public Tokenizer get(Recipe recipe, ImageSource images, Rng rng, Progress progress) {
        String options = JsonParser.parseString(recipe.toJson())
                .getAsJsonObject()
                .get("tokenizer")
                .toString();
        String key = hash(options + images.shape() + images.hash() + rng.seed());
        return slots.computeIfAbsent(key, name -> new Slot(folder.resolve(name + ".safetensors")))
                .get(recipe, images, rng, progress);
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** One tokenizer; whoever comes second waits for the first. */
    private static final class Slot {
        private final Path file;
        private Tokenizer tokenizer;

        @SuppressWarnings("NullAway.Init") // set by the first caller of get
        Slot(Path file) {
            this.file = file;
        }

        synchronized Tokenizer get(Recipe recipe, ImageSource images, Rng rng, Progress progress) {
            if (tokenizer == null) {
                try {
                    tokenizer = Files.exists(file) ? read(recipe, images) : fit(recipe, images, rng, progress);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return tokenizer;
        }

        private Tokenizer read(Recipe recipe, ImageSource images) throws IOException {
            try (Safetensors saved = Safetensors.read(file)) {
                Map<String, INDArray> tensors = new LinkedHashMap<>();
                for (String name : saved.names()) {
                    tensors.put(name, saved.tensor(name));
                }
                return saved.interpret("tokenizer", () -> recipe.tokenizer().restore(images.shape(), tensors));
            }
        }

        private Tokenizer fit(Recipe recipe, ImageSource images, Rng rng, Progress progress) throws IOException {
            Tokenizer fitted = recipe.tokenizer().fit(images, rng.stream("tokenizer"), progress);
            SafetensorsBuilder builder = Safetensors.builder();
            fitted.tensors().forEach(builder::tensor);
            builder.write(file);
            return fitted;
        }
    }
}
