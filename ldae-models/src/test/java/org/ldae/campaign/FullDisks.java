package org.ldae.campaign;

import static org.ldae.campaign.KilledWork.require;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Download;
import org.ldae.data.ImageSet;
import org.ldae.data.ImageSource;
import org.ldae.figures.Figures;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Synthetic;
import org.ldae.models.Trainer;
import org.ldae.study.Group;
import org.ldae.study.Shapes;
import org.ldae.study.Study;
import org.ldae.training.Saving;

/**
 * Writes everything that the library writes to a disk that is full, and to one that is read-only: an error names the file, what was
 * there before stays, nothing is left behind, training goes on, and with space again the same call succeeds.
 *
 * <p>Run as root on Linux, since it mounts a small file system in memory: {@code FullDisks}.
 */
public final class FullDisks {

    private static final ImageSource IMAGES = Synthetic.images(60, 1);

    private final Path disk;
    private final Map<String, Writer> writers = new LinkedHashMap<>();
    private final List<String> warnings = new ArrayList<>();

    private interface Writer {
        void write(Path folder) throws IOException;
    }

    private FullDisks(Path disk, SlowServer server) {
        this.disk = disk;
        LatentDAE model = LatentDAE.untrained(Synthetic.recipe(), IMAGES, Rng.of(1));
        PlainEncoder plain = model.plainEncoder(0.01);
        writers.put("model.safetensors", folder -> model.save(folder.resolve("model.safetensors")));
        writers.put("plain.safetensors", folder -> plain.save(folder.resolve("plain.safetensors")));
        writers.put("figure.png", folder -> Figures.writePng(noise(), folder.resolve("figure.png")));
        writers.put("packed", folder -> IMAGES.packed(folder.resolve("packed"), Progress.none()));
        writers.put(
                "download",
                folder -> ImageSet.at(server.address())
                        .withFile(SlowServer.NAME, SlowServer.checksum())
                        .fetch(folder.resolve("download"), Download.official()));
        writers.put(
                "study",
                folder -> Study.of(Shapes.small(), List.of(1L))
                        .withGroups(Set.of(Group.CONTROL))
                        .run(Shapes.data(), folder.resolve("study"), Progress.none()));
        writers.put("run.safetensors", this::train);
    }

    /** A picture that does not compress. */
    private static BufferedImage noise() {
        BufferedImage image = new BufferedImage(128, 128, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 128 * 128; i++) {
            image.setRGB(i % 128, i / 128, Rng.of(1).at(i).generator().nextInt());
        }
        return image;
    }

    /** A run whose saves fail is warned of and goes on; its last one is what is thrown here. */
    private void train(Path folder) throws IOException {
        warnings.clear();
        Path file = folder.resolve("run.safetensors");
        Progress listener = new Progress() {
            @Override
            public void update(Event event) {}

            @Override
            public void warn(String message) {
                warnings.add(message);
            }
        };
        try (Trainer trainer = Trainer.start(Synthetic.recipe(), IMAGES, Rng.of(1), listener)) {
            trainer.run(listener, Saving.to(file).withSeconds(0));
            require(trainer.finished(), "training ended early");
        }
        if (!warnings.isEmpty()) {
            throw new IOException(warnings.get(warnings.size() - 1));
        }
    }

    private void run() throws IOException, InterruptedException {
        for (Map.Entry<String, Writer> writer : writers.entrySet()) {
            Path folder = Files.createDirectories(disk.resolve("on-" + writer.getKey()));
            Path ballast = fill();
            require(fails(writer, folder, "No space left"), writer.getKey() + ": written to a full disk");
            requireClean(folder);
            Files.delete(ballast);
            require(!fails(writer, folder, ""), writer.getKey() + ": fails with space");
            Map<Path, byte[]> before = content(folder);
            remount("remount,ro");
            boolean told = fails(writer, folder, "");
            remount("remount,rw");
            // Packed images, downloads and cells that are there are read, not written.
            require(
                    told || writer.getKey().matches("packed|download|study"),
                    writer.getKey() + ": read-only is not told");
            requireSame(before, content(folder));
            System.out.printf("%-18s told by name, nothing lost, nothing left%n", writer.getKey());
        }
    }

    /** Whether it fails, by one declared exception that names the place. */
    private static boolean fails(Map.Entry<String, Writer> writer, Path folder, String reason) throws IOException {
        try {
            writer.getValue().write(folder);
            return false;
        } catch (IOException | UncheckedIOException e) {
            String message = String.valueOf(e.getMessage());
            require(message.contains(folder.toString()), writer.getKey() + " names no file: " + message);
            require(message.contains(reason), writer.getKey() + " doesn't say why: " + message);
            return true;
        }
    }

    /** All but a few kilobytes. */
    private Path fill() throws IOException {
        Path ballast = disk.resolve("ballast");
        long room = Files.getFileStore(disk).getUsableSpace() - (8 << 10);
        try (FileChannel channel = FileChannel.open(ballast, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] block = new byte[1 << 12];
            for (long written = 0; written < room; written += block.length) {
                channel.write(ByteBuffer.wrap(block));
            }
        }
        return ballast;
    }

    private static Map<Path, byte[]> content(Path folder) throws IOException {
        Map<Path, byte[]> content = new LinkedHashMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                content.put(file, Files.readAllBytes(file));
            }
        }
        return content;
    }

    private static void requireSame(Map<Path, byte[]> before, Map<Path, byte[]> after) throws IOException {
        require(
                before.keySet().equals(after.keySet()),
                "files were %s, are %s".formatted(before.keySet(), after.keySet()));
        for (Map.Entry<Path, byte[]> file : before.entrySet()) {
            require(Arrays.equals(file.getValue(), after.get(file.getKey())), file.getKey() + " changed");
        }
    }

    /** A download that ran out of space may keep what came. */
    private static void requireClean(Path folder) throws IOException {
        for (Path file : content(folder).keySet()) {
            require(file.toString().endsWith(".part"), "left behind: " + file);
        }
    }

    private void remount(String options) throws IOException, InterruptedException {
        command("mount", "-o", options, disk.toString());
    }

    private static void command(String... words) throws IOException, InterruptedException {
        int status = new ProcessBuilder(words).inheritIO().start().waitFor();
        require(status == 0, String.join(" ", words) + " failed; it takes root");
    }

    /**
     * Writes to a full disk and to a read-only one.
     *
     * @param args none
     * @throws Exception if something was lost
     */
    public static void main(String[] args) throws Exception {
        Path disk = Files.createTempDirectory("disk");
        command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString());
        try (SlowServer server = new SlowServer()) {
            new FullDisks(disk, server).run();
        } finally {
            command("umount", disk.toString());
        }
    }
}
