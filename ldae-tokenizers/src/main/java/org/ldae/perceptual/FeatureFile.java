package org.ldae.perceptual;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;

/**
 * A feature net in a file, named by its content: another file at the same path is refused.
 *
 * @param path a safetensors file of a layout that {@link FeatureNet#load} knows
 * @param sha256 SHA-256 of the file, 64 hexadecimal digits
 */
public record FeatureFile(String path, String sha256) implements FeatureSource {

    /**
     * Checks that the hash is one.
     *
     * @param path a safetensors file of a layout that {@link FeatureNet#load} knows
     * @param sha256 SHA-256 of the file, 64 hexadecimal digits
     */
    public FeatureFile {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "feature file: expected a SHA-256 of 64 hexadecimal digits, got '" + sha256 + "'");
        }
    }

    /**
     * Names a file as it is now.
     *
     * @param file a safetensors file of a layout that {@link FeatureNet#load} knows
     * @return its path and hash
     * @throws IOException if it can't be read
     */
    public static FeatureFile of(Path file) throws IOException {
        return new FeatureFile(file.toString(), hash(file));
    }

    @Override
    public FeatureNet obtain(ImageSource images, Rng rng, Progress progress) {
        Path file = Path.of(path);
        try {
            String actual = hash(file);
            if (!actual.equals(sha256)) {
                throw new CheckpointException(
                        file,
                        "expected the file of SHA-256 %s, got %s; name it again with FeatureFile.of to use this one"
                                .formatted(sha256, actual));
            }
            return FeatureNet.load(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[1 << 16];
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                digest.update(block, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
