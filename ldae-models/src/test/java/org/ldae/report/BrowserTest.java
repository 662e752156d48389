package org.ldae.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.study.Group;

/** The page in a browser, where there is one. */
class BrowserTest {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final String POLICY = "<meta http-equiv=\"Content-Security-Policy\"[^>]*/>";
    private static final String MEASURE =
            "<script>parent.postMessage(document.documentElement.scrollWidth + ' of ' + innerWidth"
                    + " + ', ' + document.images.length + ' images, '"
                    + " + [...document.images].filter(i => i.naturalWidth > 0).length + ' shown', '*')</script></body>";

    @TempDir
    private Path out;

    @Test
    void isNoWiderThanAPhoneOrAScreenAndAsksForNothing() throws Exception {
        assumeTrue(Files.isExecutable(CHROMIUM), "no " + CHROMIUM);
        Set<Group> groups = Set.of(Group.PATH, Group.CONTROL);
        List<Long> seeds = List.of(1L, 2L);
        Path page = StudyReport.of(MadeUp.results(groups, seeds), MadeUp.study(groups, seeds))
                .write(out);
        String text = Files.readString(page);
        assertFalse(text.replaceFirst(POLICY, "").equals(text), "a policy that forbids to load anything");
        Files.writeString(
                out.resolve("measured.html"), text.replaceFirst(POLICY, "").replace("</body>", MEASURE));
        int images = text.split("<img ", -1).length - 1;
        for (int width : new int[] {390, 1200}) {
            String dom = chromium("--dump-dom", framed(width));
            String expected = "%d of %d, %d images, %d shown".formatted(width, width, images, images);
            assertTrue(dom.contains(expected), () -> expected + " in: " + dom);
            Path shot = out.resolve("shot.png");
            assertEquals(Set.of(), requests(page, "--screenshot=" + shot, "--window-size=" + width + ",900"));
            BufferedImage picture = ImageIO.read(shot.toFile());
            assertEquals(width, picture.getWidth());
            assertTrue(colours(picture) > 10, "a blank page");
        }
        Path other = Files.writeString(
                out.resolve("other.html"), "<!DOCTYPE html><img alt=\"\" src=\"http://pixel.invalid/a.png\"/>");
        assertEquals(Set.of("null"), requests(other, "--screenshot=" + out.resolve("other.png")));
    }

    /** Origins of pages that asked for something; the browser's own requests have none, and no name resolves. */
    private Set<String> requests(Path page, String... arguments) throws Exception {
        Path log = out.resolve("net.json");
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--log-net-log=" + log, page.toString()));
        chromium(all.toArray(String[]::new));
        Matcher initiators = Pattern.compile("\"initiator\":\"([^\"]*)\"").matcher(Files.readString(log));
        Set<String> origins = new TreeSet<>();
        initiators.results().map(found -> found.group(1)).forEach(origins::add);
        origins.remove("not an origin");
        return origins;
    }

    /** A frame is as narrow as it is told to be; windows have a least width. */
    private String framed(int width) throws IOException {
        return Files.writeString(
                        out.resolve("frame.html"),
                        ("<!DOCTYPE html><body><iframe src=\"measured.html\""
                                        + " style=\"border:0;width:%dpx;height:900px\"></iframe><pre></pre><script>onmessage = e"
                                        + " => document.querySelector('pre').textContent = e.data</script>")
                                .formatted(width))
                .toString();
    }

    private String chromium(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                CHROMIUM.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--user-data-dir=" + Files.createTempDirectory(out, "profile")));
        command.addAll(List.of(arguments));
        Path told = out.resolve("told.txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(told.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        boolean ended = process.waitFor(60, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertTrue(ended, "the browser didn't end within a minute");
        return Files.readString(told);
    }

    private static long colours(BufferedImage picture) {
        return java.util.Arrays.stream(
                        picture.getRGB(0, 0, picture.getWidth(), picture.getHeight(), null, 0, picture.getWidth()))
                .distinct()
                .count();
    }
}
