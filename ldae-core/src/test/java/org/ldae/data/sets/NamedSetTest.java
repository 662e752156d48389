package org.ldae.data.sets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.ldae.data.Failures.assertFails;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.core.Rng;
import org.ldae.data.Download;
import org.ldae.data.ImageSet;
import org.ldae.data.NamedSet;
import org.ldae.data.sets.SetServer.Mood;
import org.ldae.data.sources.Digests;

/** Sets by name, fetched from a server on this machine. */
class NamedSetTest {

    private static final int LENGTH = 300_000;
    private static final byte[] CONTENT = content();

    @TempDir
    private Path dir;

    private SetServer server;
    private Download how;

    NamedSetTest() throws IOException {
        server = new SetServer();
        how = Download.official().from(server.address()).withPatience(Duration.ofSeconds(20));
    }

    @BeforeEach
    void serve() {
        server.put("/set.bin", CONTENT);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static byte[] content() {
        byte[] bytes = new byte[LENGTH];
        Rng.of(1).generator().nextBytes(bytes);
        return bytes;
    }

    private static String checksum(String algorithm, byte[] bytes) {
        return HexFormat.of().formatHex(Digests.of(algorithm).digest(bytes));
    }

    private void fetch(Download options) throws IOException {
        RemoteFile.plain("set.bin", checksum("MD5", CONTENT))
                .provide(options.mirror().orElseThrow(), dir, options);
    }

    private void assertWhole() throws IOException {
        assertEquals(List.of("set.bin"), names());
        assertArrayEquals(CONTENT, Files.readAllBytes(dir.resolve("set.bin")));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> inside = Files.list(dir)) {
            return inside.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFileIsFetchedOnceWithProgress() throws IOException {
        List<Long> done = new ArrayList<>();
        fetch(how.withProgress(event -> {
            assertEquals("download set.bin", event.stage());
            assertEquals(LENGTH, event.total());
            done.add(event.done());
        }));
        assertWhole();
        assertEquals(LENGTH, done.get(done.size() - 1));
        fetch(how);
        assertEquals(List.of("/set.bin "), server.requests());
    }

    @ParameterizedTest
    @ValueSource(strings = {"MD5", "SHA-256"})
    void eitherKindOfChecksumWillDo(String algorithm) throws IOException {
        RemoteFile.plain("set.bin", checksum(algorithm, CONTENT)).provide(server.address(), dir, how);
        assertWhole();
    }

    @Test
    void redirectsAreFollowed() throws IOException {
        fetch(how.from(server.address().resolve("moved/moved/")));
        assertWhole();
        assertEquals(3, server.requests().size());
    }

    /** Of what was sent before the connection broke, the client may lose the last part. */
    private long start(int request) {
        String range = server.requests().get(request).substring("/set.bin ".length());
        return range.isEmpty() ? 0 : Long.parseLong(range.substring("bytes=".length(), range.length() - 1));
    }

    @Test
    void truncatedAnswersAreGoneOnWith() throws IOException {
        server.next(Mood.TRUNCATES, Mood.TRUNCATES);
        fetch(how);
        assertWhole();
        assertEquals(3, server.requests().size());
        assertEquals(0, start(0));
        assertTrue(
                start(1) > 0 && start(1) <= LENGTH / 2, () -> server.requests().toString());
        assertTrue(start(2) > start(1), () -> server.requests().toString());
    }

    @Test
    void whatAnInterruptedCallLeftIsGoneOnWith() throws IOException {
        server.next(Mood.TRUNCATES, Mood.TRUNCATES, Mood.TRUNCATES);
        assertFails(IOException.class, () -> fetch(how), "set.bin: stopped after", "goes on from there");
        assertEquals(List.of("set.bin.part"), names());
        long kept = Files.size(dir.resolve("set.bin.part"));
        assertTrue(kept > start(2) && kept < LENGTH, () -> "kept " + kept);
        fetch(how);
        assertWhole();
        assertEquals(kept, start(3));
    }

    @Test
    void aServerThatStallsIsGivenUpOnInTime() throws IOException {
        Download impatient = how.withPatience(Duration.ofMillis(300));
        server.next(Mood.STALLS);
        fetch(impatient);
        assertWhole();
        assertEquals(2, server.requests().size());
        Files.delete(dir.resolve("set.bin"));
        server.next(Mood.STALLS, Mood.STALLS, Mood.STALLS);
        assertFails(IOException.class, () -> fetch(impatient), "no data for 0.3 s");
        assertEquals(List.of("set.bin.part"), names());
    }

    @Test
    void aDamagedFileIsNeverKept() throws IOException {
        server.next(Mood.CORRUPTS);
        assertFails(IOException.class, () -> fetch(how), checksum("MD5", CONTENT), "damaged");
        assertFalse(Files.exists(dir.resolve("set.bin")));
        fetch(how);
        assertWhole();
        assertEquals("/set.bin ", server.requests().get(1));
    }

    @Test
    void aBeginningOfAnotherFileIsFetchedAnew() throws IOException {
        Files.write(dir.resolve("set.bin.part"), new byte[1000]);
        fetch(how);
        assertWhole();
        assertEquals(List.of("/set.bin bytes=1000-", "/set.bin "), server.requests());
    }

    @Test
    void aPartThatIsWholeOrTooLongIsSettledByTheChecksum() throws IOException {
        Files.write(dir.resolve("set.bin.part"), CONTENT);
        fetch(how);
        assertWhole();
        Files.delete(dir.resolve("set.bin"));
        Files.write(dir.resolve("set.bin.part"), Arrays.copyOf(CONTENT, LENGTH + 5));
        fetch(how);
        assertWhole();
    }

    @Test
    void serversWithoutRangesStartAgain() throws IOException {
        server.next(Mood.TRUNCATES, Mood.IGNORES_RANGES);
        fetch(how);
        assertWhole();
    }

    @Test
    void otherAnswersAreErrorsAtOnce() throws IOException {
        server.next(Mood.FAILS);
        assertFails(IOException.class, () -> fetch(how), "status 503");
        assertFails(IOException.class, () -> fetch(how.from(server.address().resolve("no/"))), "/no/set.bin", "404");
        assertEquals(2, server.requests().size());
        Files.write(dir.resolve("set.bin.part"), new byte[10]);
        server.next(Mood.CONFUSES_RANGES);
        assertFails(IOException.class, () -> fetch(how), "bytes from 10 on", "bytes 11-");
    }

    @Test
    void theProxyOfTheSettingsIsAsked() throws IOException {
        ProxySelector before = ProxySelector.getDefault();
        ProxySelector.setDefault(
                ProxySelector.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port())));
        try {
            fetch(how.from(URI.create("http://sets.invalid/")));
        } finally {
            ProxySelector.setDefault(before);
        }
        assertWhole();
        assertEquals(List.of("sets.invalid/set.bin "), server.requests());
    }

    @Test
    void oneDownloadOfAFileAtATime() throws IOException {
        try (FileChannel other =
                FileChannel.open(dir.resolve("set.bin.part"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            other.lock();
            assertFails(IOException.class, () -> fetch(how), "downloaded already");
        }
        assertEquals(List.of(), server.requests());
    }

    @Test
    void archivesAreUnpackedByNameAlone() throws IOException {
        byte[] archive = tarGz("x/", "", "x/../../a.bin", "aaa", "x/other.txt", "no", "b.bin", "b".repeat(1000));
        server.put("/set.tar.gz", archive);
        RemoteFile file = RemoteFile.archive("set.tar.gz", checksum("MD5", archive), "a.bin", "b.bin");
        file.provide(server.address(), dir, how);
        assertEquals(List.of("a.bin", "b.bin"), names());
        assertEquals("aaa", Files.readString(dir.resolve("a.bin")));
        assertEquals("b".repeat(1000), Files.readString(dir.resolve("b.bin")));
        file.provide(server.address(), dir, how);
        assertEquals(1, server.requests().size());
    }

    @Test
    void aSetOfOnesOwnIsFetchedAsDescribed() throws IOException {
        byte[] archive = tarGz("x/a.bin", "aaa", "x/b.bin", "b");
        server.put("/own.tar.gz", archive);
        ImageSet set = ImageSet.at(server.address())
                .withArchive("own.tar.gz", checksum("SHA-256", archive), "a.bin", "b.bin")
                .withFile("set.bin", checksum("SHA-256", CONTENT));
        assertEquals(dir, set.fetch(dir, Download.official()));
        assertEquals(List.of("a.bin", "b.bin", "set.bin"), names());
        assertTrue(set.toString().contains("own.tar.gz"), set::toString);
        String checksum = checksum("MD5", CONTENT);
        assertFails(IllegalArgumentException.class, () -> set.withFile("../x", checksum), "without folders", "../x");
        assertFails(IllegalArgumentException.class, () -> set.withArchive("x", checksum, ".."), "without folders");
        assertFails(IllegalArgumentException.class, () -> set.withArchive("x.tar.gz", checksum), "x.tar.gz");
        assertFails(IllegalArgumentException.class, () -> set.withFile("x", "12"), "checksum of x", "SHA-256", "12");
        assertFails(IllegalArgumentException.class, () -> ImageSet.at(URI.create("file:/x/")), "http", "file:/x/");
    }

    @Test
    void archivesThatLackAFileOrAreNoneAreErrors() throws IOException {
        byte[] archive = tarGz("a.bin", "aaa");
        Files.write(dir.resolve("set.tar.gz"), archive);
        assertFails(
                IOException.class,
                () -> TarGz.unpack(dir.resolve("set.tar.gz"), List.of("a.bin", "b.bin"), dir),
                "[b.bin]");
        Files.write(dir.resolve("set.tar.gz"), gzip("no archive".repeat(100).getBytes(StandardCharsets.UTF_8)));
        assertFails(
                IOException.class,
                () -> TarGz.unpack(dir.resolve("set.tar.gz"), List.of("a.bin"), dir),
                "not a tar archive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MNIST", "FASHION_MNIST", "CIFAR10", "CIFAR100"})
    void filesThatAreNotTheOfficialOnesAreRefused(String name) throws IOException {
        NamedSet set = NamedSet.valueOf(name);
        assertTrue(set.mirror().getPath().endsWith("/"));
        for (String file : List.of("train-images-idx3-ubyte.gz", "cifar-10-binary.tar.gz", "cifar-100-binary.tar.gz")) {
            server.put("/" + file, CONTENT);
        }
        assertFails(IOException.class, () -> set.download(dir.resolve("set"), how), "checksum", "not the official one");
    }

    @Test
    void opensWhatIsThere() throws IOException {
        byte[] record = new byte[2 + 3072];
        record[1] = 7;
        Files.write(dir.resolve("train.bin"), record);
        Files.write(dir.resolve("test.bin"), record);
        assertEquals(7, NamedSet.CIFAR100.open(dir).train().label(0));
        assertFails(IOException.class, () -> NamedSet.MNIST.open(dir), "train-images-idx3-ubyte");
        assertFails(IOException.class, () -> NamedSet.CIFAR10.open(dir), "data_batch");
    }

    @Test
    void aSampleThatIsNotOnTheClassPathIsNamed() {
        assertFails(
                IllegalStateException.class,
                () -> NamedSet.CIFAR10.sample(),
                "CIFAR10.sample()",
                "/org/ldae/sample/cifar10/",
                "org.ldae:ldae-sample");
    }

    @Test
    void impossibleOptionsAreRefused() {
        assertFails(IllegalArgumentException.class, () -> how.from(URI.create("ftp://x/")), "http", "ftp");
        assertFails(IllegalArgumentException.class, () -> how.from(URI.create("http://x/a")), "slash");
        assertFails(IllegalArgumentException.class, () -> how.withPatience(Duration.ZERO), "positive");
    }

    private static byte[] tarGz(String... namesAndContents) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndContents.length; i += 2) {
            byte[] content = namesAndContents[i + 1].getBytes(StandardCharsets.UTF_8);
            byte[] header = new byte[512];
            byte[] name = namesAndContents[i].getBytes(StandardCharsets.UTF_8);
            System.arraycopy(name, 0, header, 0, name.length);
            byte[] size = "%011o".formatted(content.length).getBytes(StandardCharsets.UTF_8);
            System.arraycopy(size, 0, header, 124, size.length);
            header[156] = (byte) (namesAndContents[i].endsWith("/") ? '5' : '0');
            tar.write(header);
            tar.write(Arrays.copyOf(content, (content.length + 511) / 512 * 512));
        }
        tar.write(new byte[1024]);
        return gzip(tar.toByteArray());
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(content);
        }
        return bytes.toByteArray();
    }
}
