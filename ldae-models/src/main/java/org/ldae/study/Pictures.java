package org.ldae.study;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.figures.Figures;
import org.ldae.models.LatentDAE;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is drawn of models while they are there: clean, noisy and denoised test images (paper, Fig. 8). */
final class Pictures {

    private static final int IMAGES = 10;

    private final Dataset data;
    private final Path folder;
    private final long seed;

    /** Pictures of the cells with one seed. */
    Pictures(Dataset data, Path folder, long seed) throws IOException {
        this.data = data;
        this.folder = Files.createDirectories(folder);
        this.seed = seed;
    }

    /** Draws a model if it has something to show: the path's last row and its single-level variant. */
    void of(Cell cell, LatentDAE model) {
        boolean shown = cell.group() == Group.PATH
                && (cell.trial().equals("original-image") || cell.trial().equals("single-level"));
        if (!shown || cell.seed() != seed) {
            return;
        }
        INDArray clean = data.test()
                .images(IntStream.range(0, Math.min(IMAGES, data.test().size())).toArray());
        double sigma = Math.sqrt(1.0 / 3);
        INDArray noisy = model.addNoise(clean, sigma, Rng.of(seed).stream("picture"));
        try {
            Figures.writePng(
                    Figures.triplets(clean, noisy, model.denoise(noisy, sigma)),
                    folder.resolve("fig8-" + cell.trial() + ".png"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
