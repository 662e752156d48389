package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.data.decoding.PicturesTest;

/** Folders read by Java processes with little memory, or without a locale. */
class SmallProcessTest {

    private static final FolderOptions OPTIONS =
            FolderOptions.square(8).withTestFraction(0.25, 1).withSkipping(8);

    @TempDir
    private Path dir;

    /** 38 bytes announce 58 megapixels, whose decoding takes some 500 MB. */
    @ParameterizedTest
    @ValueSource(strings = {"-Xmx64m", "-Xmx300m"})
    void aPictureThatNeedsMoreMemoryThanThereIsDoesNotEndAFolder(String heap) throws Exception {
        byte[] large = HexFormat.of()
                .parseHex("524946461e000000574542505650384c11000000" + "2fbfdd6f0707508a2ad4a3ff8188e87f0000");
        somePictures("a", 8);
        put("a/large 1.webp", large);
        put("a/large 2.webp", large);
        List<String> lines = run(List.of(heap), "C.UTF-8");
        assertEquals("0 [a] 8 pictures", lines.get(0));
        assertEquals(3, lines.size(), lines::toString);
        for (String line : lines.subList(1, 3)) {
            assertTrue(line.contains("large") && line.contains("memory"), line);
        }
    }

    /** Containers often have no locale: Java then takes every byte of a name beyond ASCII for an unknown letter. */
    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX"})
    void namesAndSplitsAreTheSameWithoutALocale(String locale) throws Exception {
        assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "names can't be written in this locale");
        somePictures("кошка", 5);
        somePictures("собака", 5);
        somePictures("zebra", 5);
        List<String> lines = run(List.of("-Xmx64m"), locale);
        Dataset here = Dataset.folder(dir, OPTIONS);
        assertEquals("0 " + summary(here), lines.get(0));
    }

    /** Such names come out of archives of old Windows. */
    @Test
    void aClassWhoseNameCanNotBeReadIsAnError() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/bin")), "needs a shell");
        somePictures("a", 4);
        Process shell = new ProcessBuilder("sh", "-c", "cp -r a \"$(printf 'caf\\351')\"")
                .directory(dir.toFile())
                .start();
        assumeTrue(shell.waitFor() == 0, "the file system has names in Unicode only");
        Failures.assertFails(IOException.class, () -> Dataset.folder(dir, OPTIONS), "caf", "encoding", "rename");
    }

    private static String summary(Dataset data) {
        return escaped("%s %d pictures"
                .formatted(
                        data.train().classNames(),
                        data.train().size() + data.test().size()));
    }

    private static String escaped(String text) {
        return text.chars()
                .mapToObj(c -> c < 0x80 ? Character.toString(c) : Integer.toHexString(c))
                .collect(Collectors.joining());
    }

    private List<String> run(List<String> options, String locale) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Opening.class.getName(), dir.toString()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("LC_ALL", locale);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        return List.of((process.waitFor() + " " + output).split("\\R"));
    }

    private void somePictures(String folder, int count) throws IOException {
        byte[] picture = Files.readAllBytes(PicturesTest.folder().resolve("baseline444.jpg"));
        for (int i = 1; i <= count; i++) {
            put(folder + "/" + i + ".jpg", picture);
        }
    }

    private void put(String name, byte[] content) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        Files.write(file, content);
    }

    /** What runs in the small process. */
    static final class Opening {

        private Opening() {}

        public static void main(String[] args) throws IOException {
            Dataset data = Dataset.folder(Path.of(args[0]), OPTIONS);
            System.out.println(summary(data));
            data.skipped().forEach(System.out::println);
        }
    }
}
