package org.ldae.data;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Writes tiny data sets in the official layouts; pixel j of image i is (7 i + 3 j) mod 256. */
public final class DataFiles {

    private DataFiles() {}

    public static byte pixel(int image, int position) {
        return (byte) (7 * image + 3 * position);
    }

    public static byte[] idxImages(int count, int height, int width) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(0x803);
        out.writeInt(count);
        out.writeInt(height);
        out.writeInt(width);
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < height * width; j++) {
                out.writeByte(pixel(i, j));
            }
        }
        return bytes.toByteArray();
    }

    public static byte[] idxLabels(int... labels) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(0x801);
        out.writeInt(labels.length);
        for (int label : labels) {
            out.writeByte(label);
        }
        return bytes.toByteArray();
    }

    public static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        }
        return bytes.toByteArray();
    }

    /** Records of CIFAR with the given label bytes, one array a record. */
    public static void cifar(Path file, int[]... records) throws IOException {
        try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < records.length; i++) {
                for (int label : records[i]) {
                    out.writeByte(label);
                }
                byte[] image = new byte[3072];
                for (int j = 0; j < image.length; j++) {
                    image[j] = pixel(i, j);
                }
                out.write(image);
            }
        }
    }

    public static float[] expected(int image, int length) {
        float[] pixels = new float[length];
        for (int j = 0; j < length; j++) {
            pixels[j] = (float) ((pixel(image, j) & 0xff) / 127.5 - 1);
        }
        return pixels;
    }

    public static float[] read(ImageSource source, int index) {
        float[] pixels = new float[source.shape().size()];
        source.read(index, pixels, 0);
        return pixels;
    }
}
