package org.ldae.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.ldae.compute.Backend;
import org.ldae.core.ImageShape;
import org.ldae.data.Dataset;
import org.ldae.data.FolderOptions;
import org.ldae.data.ImageSource;
import org.ldae.data.ReadAhead;

/**
 * An epoch over a folder of JPEG files in batches of squares of 224 pixels, decoded ahead on all processors.
 *
 * @param name what its numbers are named after
 * @param found folder below LDAE_DATA that is taken if it is there, empty for none
 * @param made size of the pictures that are made otherwise
 */
record LoaderTask(String name, String found, ImageShape made) implements Task {

    private static final int SIDE = 224;
    private static final int BATCH = 64;

    /** The workers of the peer. */
    private static final int WORKERS = 2;

    /** Files of 224 x 224 pixels: Imagenette, or made by code. */
    static LoaderTask ofSize() {
        return new LoaderTask("loader", "imagenette224", new ImageShape(3, SIDE, SIDE));
    }

    /** Files of ImageNet's usual size, made by code, which have to be resized. */
    static LoaderTask larger() {
        return new LoaderTask("loader500", "", new ImageShape(3, 375, 500));
    }

    @Override
    public String kind() {
        return "loader";
    }

    @Override
    public Set<String> peers() {
        return Set.of(Peers.TORCHVISION);
    }

    @Override
    public Epochs open() throws IOException {
        String root = System.getenv("LDAE_DATA");
        boolean there = root != null && !found.isEmpty() && Files.isDirectory(Path.of(root, found));
        return new Epochs(this, there ? Pictures.at(Path.of(root, found)) : Pictures.make(name, made));
    }

    /** A folder that is gone through again and again. */
    static final class Epochs implements Work {
        private final LoaderTask task;
        private final Pictures pictures;
        private final ImageSource images;
        private final float[] batch;
        private double[] sums = new double[0];

        Epochs(LoaderTask task, Pictures pictures) throws IOException {
            this.task = task;
            this.pictures = pictures;
            this.images = Dataset.folder(pictures.folder(), FolderOptions.square(SIDE))
                    .train();
            this.batch = new float[BATCH * images.shape().size()];
        }

        /** The first image, decoded anew. */
        float[] first() {
            images.read(0, batch, 0);
            return batch;
        }

        @Override
        public void handOver(Handoff handoff) {
            handoff.text("folder", pictures.folder().resolve("train").toString())
                    .number("side", SIDE)
                    .number("batch", BATCH)
                    .number("workers", WORKERS);
        }

        /** Number of images and mean level of each channel. */
        @Override
        public double[] check() {
            int channels = images.shape().channels();
            sums = new double[channels];
            iterate();
            double[] result = new double[1 + channels];
            result[0] = images.size();
            for (int c = 0; c < channels; c++) {
                double pixels = (double) images.size() * images.shape().size() / channels;
                result[1 + c] = (sums[c] / pixels + 1) * 127.5;
            }
            sums = new double[0];
            return result;
        }

        /** Decoders and filters round differently, by less than a level. */
        @Override
        public double tolerance() {
            return 2e-3;
        }

        @Override
        public void iterate() {
            int size = images.shape().size();
            int threads = Backend.threads();
            try (ReadAhead ahead = new ReadAhead(
                    (item, pixels) -> images.read((int) item, pixels, 0),
                    size,
                    new ReadAhead.Limits(images.size(), BATCH, threads))) {
                for (int i = 0; i < images.size(); i++) {
                    int at = i % BATCH * size;
                    System.arraycopy(ahead.get(i), 0, batch, at, size);
                    add(at);
                }
            }
        }

        private void add(int at) {
            int plane = images.shape().size() / images.shape().channels();
            for (int c = 0; c < sums.length; c++) {
                for (int i = 0; i < plane; i++) {
                    sums[c] += batch[at + c * plane + i];
                }
            }
        }

        @Override
        public void reportAlone(Report report, int rounds) throws IOException {
            double[] seconds = new double[rounds];
            Side side = Side.local(this::iterate);
            side.take(Side.Turn.FIRST);
            for (int round = 0; round < rounds; round++) {
                seconds[round] = side.take(Side.Turn.USUAL);
            }
            report.put(task.name + ".data", pictures.about());
            report.put(task.name + ".imagesPerSecond", Spread.of(seconds).under(images.size()));
        }

        @Override
        public void close() {
            pictures.close();
        }
    }
}
