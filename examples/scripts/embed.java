///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DEPS org.ldae:ldae-native:0.1.0-SNAPSHOT

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.ldae.core.Csv;
import org.ldae.data.Picture;
import org.ldae.inference.Features;
import org.ldae.inference.Predictor;
import org.ldae.models.PlainEncoder;

/** Prints a line of CSV for each picture of a folder: jbang embed.java encoder.safetensors FOLDER. */
class embed {
    public static void main(String[] args) throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.list(Path.of(args[1]))) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        try (PlainEncoder encoder = PlainEncoder.load(Path.of(args[0]));
                Predictor predictor = encoder.predictor(Features.pooled())) {
            for (Path file : files) {
                StringBuilder line = new StringBuilder(Csv.row(file.getFileName()));
                for (float number : predictor.features(Picture.of(file))) {
                    line.append(',').append(number);
                }
                System.out.println(line);
            }
        }
    }
}
