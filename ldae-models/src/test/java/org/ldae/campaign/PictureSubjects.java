package org.ldae.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.rng.UniformRandomProvider;
import org.ldae.core.Rng;
import org.ldae.data.Decoding;
import org.ldae.data.ValueRange;
import org.ldae.data.decoding.Planes;
import org.ldae.testing.Mutations;

/** Pictures of every kind that the tests of ldae-core hold. */
final class PictureSubjects {

    private static final Path GOLDEN = Path.of("..", "ldae-core", "src", "test", "resources", "golden", "data");

    private static final Decoding DECODING =
            Decoding.colour().withRange(ValueRange.percentiles(2, 98)).withMaxPixels(1 << 18);

    private static final Decoding BANDS = Decoding.ofBands(1, 0).withMaxPixels(1 << 18);

    private PictureSubjects() {}

    static List<Subject> in(Path folder) throws IOException {
        Path pictures = Files.createDirectories(folder.resolve("pictures"));
        List<Subject> subjects = new ArrayList<>();
        for (String golden : List.of("pictures", "cases")) {
            try (Stream<Path> files = Files.list(GOLDEN.resolve(golden))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    subjects.add(subject(pictures, file));
                }
            }
        }
        return subjects;
    }

    private static Subject subject(Path folder, Path file) throws IOException {
        String name = String.valueOf(file.getFileName());
        String kind = "picture " + name.substring(name.lastIndexOf('.') + 1);
        return Subject.of(
                        kind,
                        folder.resolve(name),
                        Files.readAllBytes(file),
                        damaged -> Planes.read(damaged, name.startsWith("bands") ? BANDS : DECODING))
                .damagedBy(PictureSubjects::damaged);
    }

    /** Every other time a few bytes alone, which leave more to be decoded. */
    private static byte[] damaged(byte[] file, byte[] donor, Rng rng) {
        UniformRandomProvider random = rng.stream("few").generator();
        if (random.nextBoolean()) {
            return Mutations.of(file, donor, rng);
        }
        byte[] changed = file.clone();
        for (int k = random.nextInt(1, 4); k > 0; k--) {
            changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
        }
        return changed;
    }
}
