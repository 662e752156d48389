package org.ldae.runlog;

import java.awt.image.BufferedImage;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;
import javax.imageio.ImageIO;
import org.ldae.core.Progress;

/**
 * TensorBoard's event file: records of TensorFlow (length, masked CRC32C of the length, bytes, masked CRC32C of the bytes), each an
 * {@code Event} message of protocol buffers.
 */
final class EventFile implements RunLog.Sink {

    /** TensorFlow's constant for CRCs of data that hold CRCs. */
    private static final int MASK = 0xa282ead8;

    private static final long NANOS_BETWEEN_FLUSHES = 1_000_000_000L;

    private final Path file;
    private final OutputStream out;
    private long flushed = System.nanoTime();

    EventFile(Path folder) throws IOException {
        this.file = free(folder);
        this.out = new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
        write(event().text(3, "brain.Event:2"));
        flush();
    }

    /** A name that no other run has: TensorBoard reads the files of a folder in the order of their names. */
    private static Path free(Path folder) {
        long second = System.currentTimeMillis() / 1000;
        while (true) {
            Path file = folder.resolve(String.format(Locale.ROOT, "events.out.tfevents.%010d.ldae", second++));
            if (!Files.exists(file)) {
                return file;
            }
        }
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public void event(Progress.Event event) throws IOException {
        Message summary = new Message();
        String stage = event.about().isEmpty() ? event.stage() : event.stage() + "/" + event.about();
        for (Map.Entry<String, Double> number : RunLog.numbers(event).entrySet()) {
            summary.message(
                    1,
                    new Message()
                            .text(1, stage + "/" + number.getKey())
                            .number(2, number.getValue().floatValue()));
        }
        if (!event.numbers().isEmpty()) {
            write(event().integer(2, event.done()).message(5, summary));
        }
    }

    @Override
    public void text(String name, long step, String text) throws IOException {
        Message plugin = new Message().message(1, new Message().text(1, "text"));
        // A tensor of one string: type 7 (DT_STRING), shape [1].
        Message shape = new Message().message(2, new Message().integer(1, 1));
        Message tensor = new Message().integer(1, 7).message(2, shape).text(8, text);
        Message value = new Message().text(1, name).message(8, tensor).message(9, plugin);
        write(event().integer(2, step).message(5, new Message().message(1, value)));
    }

    @Override
    public void picture(String name, long step, BufferedImage picture) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        if (!ImageIO.write(picture, "png", png)) {
            throw new IOException("no PNG writer takes " + picture);
        }
        Message image = new Message()
                .integer(1, picture.getHeight())
                .integer(2, picture.getWidth())
                .integer(3, picture.getColorModel().getNumComponents())
                .bytes(4, png.toByteArray());
        Message value = new Message().text(1, name).message(4, image);
        write(event().integer(2, step).message(5, new Message().message(1, value)));
    }

    private static Message event() {
        return new Message().number(1, System.currentTimeMillis() / 1000.0);
    }

    private void write(Message message) throws IOException {
        byte[] data = message.toBytes();
        byte[] length = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(data.length)
                .array();
        out.write(length);
        out.write(masked(length));
        out.write(data);
        out.write(masked(data));
        if (System.nanoTime() - flushed > NANOS_BETWEEN_FLUSHES) {
            flush();
        }
    }

    private void flush() throws IOException {
        out.flush();
        flushed = System.nanoTime();
    }

    private static byte[] masked(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        int sum = (int) crc.getValue();
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(Integer.rotateRight(sum, 15) + MASK)
                .array();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
