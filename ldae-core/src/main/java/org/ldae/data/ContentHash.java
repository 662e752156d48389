package org.ldae.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over shape, pixels as big-endian floats, and labels as integers, -1 for none. */
final class ContentHash {

    private ContentHash() {}

    static String of(ImageSource source) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(source.shape().toString().getBytes(StandardCharsets.UTF_8));
            float[] pixels = new float[source.shape().size()];
            ByteBuffer bytes = ByteBuffer.allocate(4 * pixels.length + 4);
            boolean labelled = !source.classNames().isEmpty();
            for (int i = 0; i < source.size(); i++) {
                source.read(i, pixels, 0);
                bytes.clear();
                bytes.asFloatBuffer().put(pixels);
                bytes.putInt(4 * pixels.length, labelled ? source.label(i) : -1);
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing from this Java runtime", e);
        }
    }
}
