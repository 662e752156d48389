package app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of the examples, run by JBang offline with what would be published. */
class ScriptsTest {

    /** JBang's way to say: what I printed is the command to run. */
    private static final int RUN_WHAT_IS_PRINTED = 255;

    @TempDir
    private Path dir;

    @Test
    void oneTrainsAnEncoderAndTheOtherReadsIt() throws Exception {
        String trained = script("probe.java", "600", "1");
        Matcher top1 = Pattern.compile("top-1 of 300 test images: (0\\.\\d+)").matcher(trained);
        assertTrue(top1.find(), trained);
        assertTrue(Double.parseDouble(top1.group(1)) > 0.5, trained);

        Path pictures = Files.createDirectory(dir.resolve("pictures"));
        draw(pictures.resolve("a.png"), 5);
        draw(pictures.resolve("b.png"), 15);
        Files.copy(pictures.resolve("a.png"), pictures.resolve("c.png"));
        List<String> lines = script("embed.java", "encoder.safetensors", "pictures")
                .lines()
                .filter(line -> line.matches("[abc]\\.png,.*"))
                .toList();
        assertEquals(3, lines.size());
        lines.forEach(line -> assertTrue(line.split(",").length > 16, line));
        assertEquals(numbers(lines.get(0)), numbers(lines.get(2)));
        assertTrue(!numbers(lines.get(0)).equals(numbers(lines.get(1))));
    }

    private static String numbers(String line) {
        return line.substring(line.indexOf(','));
    }

    private static void draw(Path file, int side) throws IOException {
        BufferedImage picture = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D pen = picture.createGraphics();
        pen.setColor(Color.WHITE);
        pen.fillRect(4, 4, side, side);
        pen.dispose();
        ImageIO.write(picture, "png", file.toFile());
    }

    /** Lets JBang build a script, and runs the command that it prints. */
    private String script(String name, String... args) throws Exception {
        Path script = Path.of(System.getProperty("readme"))
                .resolveSibling("examples/scripts")
                .resolve(name);
        List<String> jbang = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dmaven.repo.local=" + System.getProperty("repository"),
                // What lies there is taken, whichever repository Maven had it from.
                "-Daether.enhancedLocalRepository.trackingFilename=none-is-kept",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.jbang.Main",
                "--offline",
                "run",
                script.toString()));
        jbang.addAll(List.of(args));
        String command = run(RUN_WHAT_IS_PRINTED, jbang);
        return run(0, List.of("sh", "-c", command));
    }

    private String run(int status, List<String> command) throws Exception {
        File errors = dir.resolve("errors.txt").toFile();
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(dir.toFile()).redirectError(errors);
        builder.environment().put("JBANG_DIR", dir.resolve("jbang").toString());
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(status, process.waitFor(), () -> printed + read(errors.toPath()));
        return printed;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
