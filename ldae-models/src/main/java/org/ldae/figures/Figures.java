package org.ldae.figures;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ldae.core.Rng;
import org.ldae.tokenizers.Tokenizer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Pictures for people, with and without a display. Images are {@code [N, C, H, W]}, grey (C = 1) or red, green, blue (C =
 * 3); pixels of -1 are black, of 1 full, what lies outside is clipped, and a pixel that isn't finite is an error.
 *
 * <pre>{@code
 * BufferedImage picture = Figures.grid(images, 10, GridOptions.plain());
 * Figures.writePng(picture, Path.of("images.png"));
 * }</pre>
 */
public final class Figures {

    private Figures() {}

    /**
     * Images in rows, in reading order.
     *
     * @param images {@code [N, C, H, W]} float32 in [-1, 1]
     * @param columns images a row, at least 1; the last row may hold fewer
     * @param options captions and sizes
     * @return the picture
     * @throws IllegalArgumentException if channels, captions or pixels don't fit
     */
    public static BufferedImage grid(INDArray images, int columns, GridOptions options) {
        return ImageGrid.draw(rows(Tiles.of("images", images), columns), options);
    }

    /**
     * Rows of images, which may differ in size and channels.
     *
     * @param rows each {@code [N, C, H, W]} float32 in [-1, 1]
     * @param options captions and sizes
     * @return the picture
     * @throws IllegalArgumentException if channels, captions or pixels don't fit
     */
    public static BufferedImage grid(List<INDArray> rows, GridOptions options) {
        return ImageGrid.draw(rows.stream().map(row -> Tiles.of("images", row)).toList(), options);
    }

    /**
     * A tokenizer's filters as patch images (paper, Fig. 4). Middle grey is a weight of 0; the scale stands below.
     *
     * @param filters {@code [K, P*P*C]} float32, such as the leading rows of a PCA basis; inside a row: row, column,
     *     channel
     * @param columns filters a row, at least 1
     * @param scale what black and white stand for
     * @return the picture
     * @throws IllegalArgumentException if a row is no patch or holds a number that isn't finite
     */
    public static BufferedImage filters(INDArray filters, int columns, FilterScale scale) {
        Filters drawn = Filters.of(List.of(filters), scale);
        return drawn.explained(ImageGrid.draw(rows(drawn.tiles().get(0), columns), GridOptions.plain()));
    }

    /**
     * Filters of several tokenizers, a row of the picture each (paper, Fig. 4).
     *
     * @param rows each {@code [K, P*P*C]} float32, of one patch side or of several
     * @param scale what black and white stand for
     * @param options captions and sizes
     * @return the picture
     * @throws IllegalArgumentException as {@link #filters(INDArray, int, FilterScale)}, or if captions don't fit
     */
    public static BufferedImage filters(List<INDArray> rows, FilterScale scale, GridOptions options) {
        Filters drawn = Filters.of(rows, scale);
        return drawn.explained(ImageGrid.draw(drawn.tiles(), options));
    }

    /**
     * What tokenizers keep of images: a row an image, the original and then each tokenizer's reconstruction.
     *
     * @param images {@code [N, C, H, W]} float32 of the tokenizers' shape
     * @param tokenizers such as one fit cut to several dimensions
     * @param options captions and sizes; columns are named by their dimension if it names none
     * @return the picture
     * @throws IllegalArgumentException if images, tokenizers and captions don't fit
     */
    public static BufferedImage reconstructions(
            INDArray images, List<? extends Tokenizer> tokenizers, GridOptions options) {
        return Comparisons.reconstructions(images, tokenizers, options);
    }

    /**
     * The same images at one resolution, and a tokenizer fitted there.
     *
     * @param images {@code [N, C, H, W]} float32 of the tokenizer's shape
     * @param tokenizer maps them to latents
     */
    public record Resolution(INDArray images, Tokenizer tokenizer) {}

    /**
     * The same amount of noise on pixels and on latents, at several resolutions (paper, Fig. 7): a row an image, its
     * columns clean, {@code x + sigma eps} and {@code decode(encode(x) + sigma eps)}.
     *
     * @param resolutions drawn from top to bottom, at one size
     * @param sigma standard deviation of the noise: of pixels in [-1, 1], and of latents in their own scale; finite and
     *     at least 0
     * @param rng key of the noise
     * @return the picture
     * @throws IllegalArgumentException if images and tokenizers don't fit
     */
    public static BufferedImage noise(List<Resolution> resolutions, double sigma, Rng rng) {
        return Comparisons.noise(resolutions, sigma, rng);
    }

    /**
     * What a model makes of noisy images (paper, Fig. 8): rows clean, noisy and denoised, a column an image.
     *
     * @param clean {@code [N, C, H, W]} float32
     * @param noisy the same images with noise
     * @param denoised the model's estimates of the clean images
     * @return the picture
     * @throws IllegalArgumentException if the shapes differ
     */
    public static BufferedImage triplets(INDArray clean, INDArray noisy, INDArray denoised) {
        return Comparisons.triplets(clean, noisy, denoised);
    }

    /**
     * Images and their nearest neighbours: a row a query, those of its class in a solid blue frame, others in a dashed
     * red one.
     *
     * @param queries {@code [Q, C, H, W]} float32
     * @param neighbours for each query {@code [k, C, H, W]}, the nearest first
     * @param right for each query and neighbour whether they are of one class
     * @return the picture
     * @throws IllegalArgumentException if the numbers of queries and neighbours don't fit
     */
    public static BufferedImage neighbours(INDArray queries, List<INDArray> neighbours, boolean[][] right) {
        return Comparisons.neighbours(queries, neighbours, right);
    }

    /**
     * Lines, points and intervals.
     *
     * @param series drawn over each other in this order
     * @param options title, axes and size
     * @return the picture
     * @throws IllegalArgumentException if there is no series, or a number isn't positive on a logarithmic axis
     */
    public static BufferedImage lines(List<Series> series, ChartOptions options) {
        return LineChart.draw(series, options);
    }

    /**
     * The loss of every step on a logarithmic axis if they fall by more than a factor of 3, and from 30 steps on the mean of a tenth of
     * the steps, at most of 50. For curves of several runs see {@link #lines} and {@link Series#runningMean}.
     *
     * @param losses one a step
     * @return the picture
     * @throws IllegalArgumentException if there are none or one isn't finite
     */
    public static BufferedImage loss(double[] losses) {
        return Curves.loss(losses);
    }

    /**
     * The share of the variance that each principal component holds, and that all up to it hold together.
     *
     * @param variances of the components in falling order, at least 0 and not all 0
     * @return the picture
     * @throws IllegalArgumentException if they don't fall or aren't variances
     */
    public static BufferedImage explainedVariance(double[] variances) {
        return Curves.explainedVariance(variances);
    }

    /**
     * Embeddings in the plane, coloured and shaped by class.
     *
     * @param points {@code [N, 2]} float32
     * @param labels {@code [N]} classes
     * @param classNames names of the classes
     * @param options title, axes and size
     * @return the picture
     * @throws IllegalArgumentException if labels, names and points don't fit or a point isn't finite
     */
    public static BufferedImage map(INDArray points, int[] labels, List<String> classNames, ChartOptions options) {
        return Curves.map(points, labels, classNames, options);
    }

    /**
     * Values with intervals, a row each, on an axis that need not begin at 0 (paper, Fig. 6).
     *
     * @param dots from top to bottom
     * @param options title, axes and size; the axis is cut to where the values lie unless a range is set
     * @return the picture
     * @throws IllegalArgumentException if an axis is logarithmic
     */
    public static BufferedImage dots(Dots dots, ChartOptions options) {
        return DotChart.draw(dots, options);
    }

    /**
     * The picture with a title above it, such as a grid that goes where no caption says what it shows.
     *
     * @param title what it shows
     * @param picture any picture
     * @return a larger picture
     */
    public static BufferedImage titled(String title, BufferedImage picture) {
        return Footer.titled(picture, title);
    }

    /**
     * Writes a picture as PNG. The file appears, or is replaced, as a whole: if that fails, an old one is left as it was.
     *
     * @param picture any picture
     * @param file where it goes; its folder must exist
     * @throws IOException if it can't be written
     */
    public static void writePng(BufferedImage picture, Path file) throws IOException {
        Png.write(picture, file);
    }

    private static List<List<BufferedImage>> rows(List<BufferedImage> tiles, int columns) {
        if (columns < 1) {
            throw new IllegalArgumentException("columns: expected at least 1, got " + columns);
        }
        List<List<BufferedImage>> rows = new ArrayList<>();
        for (int from = 0; from < tiles.size(); from += columns) {
            rows.add(tiles.subList(from, Math.min(tiles.size(), from + columns)));
        }
        return rows;
    }
}
