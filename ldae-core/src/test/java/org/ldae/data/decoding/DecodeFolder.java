package org.ldae.data.decoding;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.ldae.data.Decoding;

/**
 * Decodes every file below a folder as this library does: a PPM of red, green and blue for each that is read, a text with
 * the reason for each that is refused. {@code compare_pictures.py} runs it and compares with other decoders.
 */
public final class DecodeFolder {

    private DecodeFolder() {}

    /** Takes the folder of pictures and the folder for the results. */
    public static void main(String[] args) throws IOException {
        Path pictures = Path.of(args[0]);
        Path results = Path.of(args[1]);
        List<Path> files;
        try (Stream<Path> all = Files.walk(pictures)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            String name = pictures.relativize(file).toString().replace('/', '!');
            try {
                Files.write(results.resolve(name + ".ppm"), ppm(Planes.read(file, Decoding.colour())));
            } catch (IOException e) {
                Files.writeString(results.resolve(name + ".txt"), String.valueOf(e.getMessage()));
            }
        }
    }

    private static byte[] ppm(Planes planes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("P6 %d %d 255\n".formatted(planes.width, planes.height).getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < planes.height * planes.width; i++) {
            for (byte[] plane : planes.values) {
                bytes.write(plane[i]);
            }
        }
        return bytes.toByteArray();
    }
}
