package org.ldae.runlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.core.Progress;
import org.ldae.core.Progress.Event;
import org.ldae.core.Progress.Quantity;

/** Logs are read back by a parser of event files that shares nothing with the writer. */
class RunLogTest {

    @TempDir
    Path folder;

    /** A field of a message: its bytes, or its number. */
    private static final class Field {
        private final byte[] bytes;
        private final long number;

        Field(byte[] bytes, long number) {
            this.bytes = bytes;
            this.number = number;
        }

        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        /** The only field of a number in this message. */
        Field at(int field) {
            return at(field, 0);
        }

        Field at(int field, int index) {
            return Objects.requireNonNull(fields(bytes).get(field), "field " + field)
                    .get(index);
        }
    }

    private static Map<Integer, List<Field>> fields(byte[] data) {
        ByteBuffer in = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        Map<Integer, List<Field>> fields = new HashMap<>();
        while (in.hasRemaining()) {
            long tag = varint(in);
            Field field;
            switch ((int) tag & 7) {
                case 0 -> field = new Field(new byte[0], varint(in));
                case 1 -> field = new Field(new byte[0], in.getLong());
                case 5 -> field = new Field(new byte[0], in.getInt());
                case 2 -> {
                    byte[] bytes = new byte[(int) varint(in)];
                    in.get(bytes);
                    field = new Field(bytes, 0);
                }
                default -> throw new AssertionError("wire type of tag " + tag);
            }
            fields.computeIfAbsent((int) tag >>> 3, key -> new ArrayList<>()).add(field);
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    /** CRC32C bit by bit (Castagnoli's polynomial, reflected), masked as TensorFlow does. */
    private static int masked(byte[] bytes) {
        int crc = -1;
        for (byte each : bytes) {
            crc ^= each & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : 0x82f63b78);
            }
        }
        crc = ~crc;
        return (crc >>> 15 | crc << 17) + 0xa282ead8;
    }

    private static List<Field> events(Path file) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        List<Field> events = new ArrayList<>();
        while (in.hasRemaining()) {
            byte[] length = new byte[8];
            in.get(length);
            assertEquals(masked(length), in.getInt());
            byte[] data = new byte
                    [(int) ByteBuffer.wrap(length)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong()];
            in.get(data);
            assertEquals(masked(data), in.getInt());
            events.add(new Field(data, 0));
        }
        return events;
    }

    private Path eventFile(int index) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("events.out.tfevents."))
                    .sorted()
                    .toList()
                    .get(index);
        }
    }

    private static Event event(long step, Map<Quantity, Double> numbers) {
        return new Event("train", "", step, 3, 0.5 * step, Double.NaN, numbers);
    }

    private static Field value(Field event, int index) {
        return event.at(5).at(1, index);
    }

    @Test
    void scalarsPicturesAndTextAreReadBack() throws IOException {
        BufferedImage picture = new BufferedImage(5, 3, BufferedImage.TYPE_INT_RGB);
        picture.setRGB(4, 2, 0xff8800);
        try (RunLog log = RunLog.in(folder, Progress.none())) {
            for (int step = 1; step <= 3; step++) {
                log.update(event(step, Map.of(Quantity.LOSS, 1.0 / step, Quantity.RATE, 1e-3)));
            }
            log.picture("denoised", 300, picture);
            log.text("recipe", 0, "**\u00e4ndert** sich");
        }
        List<Field> events = events(eventFile(0));
        assertEquals(6, events.size());
        assertEquals("brain.Event:2", events.get(0).at(3).text());
        double wall = Double.longBitsToDouble(events.get(0).at(1).number);
        assertEquals(System.currentTimeMillis() / 1000.0, wall, 60);
        for (int step = 1; step <= 3; step++) {
            Field event = events.get(step);
            assertEquals(step, event.at(2).number);
            Field loss = value(event, 0);
            assertEquals("train/loss", loss.at(1).text());
            assertEquals(1f / step, Float.intBitsToFloat((int) loss.at(2).number));
            assertEquals("train/rate", value(event, 1).at(1).text());
        }
        assertEquals(300, events.get(4).at(2).number);
        Field image = value(events.get(4), 0).at(4);
        assertEquals(3, image.at(1).number);
        assertEquals(5, image.at(2).number);
        BufferedImage read = ImageIO.read(new ByteArrayInputStream(image.at(4).bytes));
        assertEquals(0xffff8800, read.getRGB(4, 2));
        Field text = value(events.get(5), 0);
        assertEquals("recipe", text.at(1).text());
        Field tensor = text.at(8);
        assertEquals(7, tensor.at(1).number);
        assertEquals("**\u00e4ndert** sich", tensor.at(8).text());
        Field plugin = text.at(9).at(1);
        assertEquals("text", plugin.at(1).text());
    }

    @Test
    void theChecksumIsTheStandards() {
        int crc = masked("123456789".getBytes(StandardCharsets.US_ASCII)) - 0xa282ead8;
        assertEquals(0xe3069283, crc << 15 | crc >>> 17);
    }

    @Test
    void linesAreAddedByARunThatGoesOn() throws IOException {
        Event odd = new Event("study", "a, \"b\"", 2, 3, 0.25, 1, Map.of(Quantity.ACCURACY, Double.NaN));
        for (int run = 0; run < 2; run++) {
            try (RunLog log = RunLog.in(folder, Progress.none())) {
                log.update(event(1, Map.of(Quantity.LOSS, 0.25, Quantity.EPOCH, 1e-9)));
                log.update(odd);
                log.warn("disk\nfull");
            }
        }
        List<String> once = List.of(
                "train,,1,0.500,epoch,1.0E-9",
                "train,,1,0.500,loss,0.25",
                "study,\"a, \"\"b\"\"\",2,0.250,accuracy,NaN");
        List<String> csv = new ArrayList<>(List.of("stage,about,step,seconds,quantity,value"));
        csv.addAll(once);
        csv.addAll(once);
        assertEquals(csv, Files.readAllLines(folder.resolve("run.csv")));
        List<String> lines = Files.readAllLines(folder.resolve("run.jsonl"));
        assertEquals(6, lines.size());
        JsonObject first = JsonParser.parseString(lines.get(0)).getAsJsonObject();
        assertEquals(0.25, first.get("loss").getAsDouble());
        assertEquals(
                "NaN",
                JsonParser.parseString(lines.get(1))
                        .getAsJsonObject()
                        .get("accuracy")
                        .getAsString());
        assertEquals(
                "disk\nfull",
                JsonParser.parseString(lines.get(2))
                        .getAsJsonObject()
                        .get("value")
                        .getAsString());
        assertEquals(events(eventFile(0)).size(), events(eventFile(1)).size());
    }

    @Test
    void whatCannotBeWrittenWarnsOnceAndTheWorkGoesOn() throws IOException {
        List<String> warnings = new ArrayList<>();
        List<Event> heard = new ArrayList<>();
        Progress behind = new Progress() {
            @Override
            public void update(Event event) {
                heard.add(event);
            }

            @Override
            public void warn(String message) {
                warnings.add(message);
            }
        };
        Path full = Path.of("/dev/full");
        assumeTrue(Files.isWritable(full), "no device that is always full");
        Files.createSymbolicLink(folder.resolve("run.csv"), full);
        try (RunLog log = RunLog.in(folder, behind, Set.of(RunLog.Format.CSV, RunLog.Format.JSON_LINES))) {
            for (int step = 0; step < 2000; step++) { // more than a buffer holds
                log.update(event(step, Map.of(Quantity.LOSS, 1.0)));
            }
        }
        assertEquals(2000, heard.size());
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).contains("run.csv") && warnings.get(0).contains("left as it is"), warnings.get(0));
        assertEquals(2000, Files.readAllLines(folder.resolve("run.jsonl")).size());
    }
}
