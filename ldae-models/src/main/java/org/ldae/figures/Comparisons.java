package org.ldae.figures;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ldae.core.Rng;
import org.ldae.core.Shapes;
import org.ldae.tokenizers.Tokenizer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Grids that set images beside what became of them. */
final class Comparisons {

    private static final int FRAME = 5;
    private static final float[] DASHES = {2 * FRAME, FRAME};

    private Comparisons() {}

    static BufferedImage reconstructions(INDArray images, List<? extends Tokenizer> tokenizers, GridOptions options) {
        if (tokenizers.isEmpty()) {
            throw new IllegalArgumentException("tokenizers: expected at least one");
        }
        List<List<BufferedImage>> columns = new ArrayList<>(List.of(Tiles.of("images", images)));
        List<String> captions = new ArrayList<>(List.of("original"));
        for (Tokenizer tokenizer : tokenizers) {
            columns.add(Tiles.of("reconstructions", tokenizer.decode(tokenizer.encode(images))));
            captions.add("d = " + tokenizer.dimension());
        }
        return ImageGrid.draw(
                transposed(columns), options.columns().isEmpty() ? options.withColumns(captions) : options);
    }

    static BufferedImage noise(List<Figures.Resolution> resolutions, double sigma, Rng rng) {
        if (!(sigma >= 0) || Double.isInfinite(sigma)) {
            throw new IllegalArgumentException("sigma: expected a finite number of at least 0, got " + sigma);
        }
        List<List<BufferedImage>> rows = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        for (int r = 0; r < resolutions.size(); r++) {
            INDArray images = resolutions.get(r).images();
            Tokenizer tokenizer = resolutions.get(r).tokenizer();
            INDArray latents = tokenizer.encode(images);
            INDArray onPixels = noisy(images, sigma, rng.stream("pixels").at(r));
            INDArray onLatents =
                    tokenizer.decode(noisy(latents, sigma, rng.stream("latents").at(r)));
            List<List<BufferedImage>> shown = transposed(Stream.of(images, onPixels, onLatents)
                    .map(each -> Tiles.of("images", each))
                    .toList());
            rows.addAll(shown);
            shown.forEach(row -> captions.add("%s x %s".formatted(images.size(2), images.size(3))));
        }
        GridOptions options = GridOptions.plain()
                .withRows(captions)
                .withColumns(List.of("clean", "pixel noise", "latent noise"))
                .withNote("noise of sigma = " + Chart.brief(sigma));
        return ImageGrid.draw(rows, options);
    }

    static BufferedImage triplets(INDArray clean, INDArray noisy, INDArray denoised) {
        Shapes.require("noisy", noisy, "N C H W", clean.shape());
        Shapes.require("denoised", denoised, "N C H W", clean.shape());
        return ImageGrid.draw(
                List.of(Tiles.of("clean", clean), Tiles.of("noisy", noisy), Tiles.of("denoised", denoised)),
                GridOptions.plain().withRows(List.of("clean", "noisy", "denoised")));
    }

    static BufferedImage neighbours(INDArray queries, List<INDArray> neighbours, boolean[][] right) {
        List<BufferedImage> queried = Tiles.of("queries", queries);
        if (neighbours.size() != queried.size() || right.length != queried.size()) {
            throw new IllegalArgumentException(
                    "neighbours: expected one array and one row of right for each of %d queries, got %d and %d"
                            .formatted(queried.size(), neighbours.size(), right.length));
        }
        List<List<BufferedImage>> rows = new ArrayList<>();
        for (int q = 0; q < right.length; q++) {
            List<BufferedImage> found = Tiles.of("neighbours", neighbours.get(q));
            if (found.size() != right[q].length || found.size() != right[0].length) {
                throw new IllegalArgumentException("neighbours: expected %d for every query, got %d and %s at %d"
                        .formatted(right[0].length, found.size(), Arrays.toString(right[q]), q));
            }
            rows.add(Stream.concat(Stream.of(queried.get(q)), found.stream()).toList());
        }
        List<String> captions = Stream.concat(
                        Stream.of("query"),
                        IntStream.rangeClosed(1, right[0].length).mapToObj(Integer::toString))
                .toList();
        GridOptions options = GridOptions.plain()
                .withGap(3 * FRAME)
                .withColumns(captions)
                .withNote("Solid blue frame: of the query's class. Dashed red frame: of another.");
        return ImageGrid.draw(rows, options, (pen, place) -> {
            if (place.column() > 0) {
                frame(pen, place, right[place.row()][place.column() - 1]);
            }
        });
    }

    private static void frame(Graphics2D pen, ImageGrid.Place place, boolean right) {
        Color before = pen.getColor();
        pen.setColor(right ? Palette.BLUE : Palette.VERMILION);
        pen.setStroke(
                right
                        ? new BasicStroke(FRAME)
                        : new BasicStroke(FRAME, BasicStroke.CAP_BUTT, BasicStroke.JOIN_MITER, 10, DASHES, 0));
        pen.draw(new Rectangle2D.Double(
                place.x() - 0.5 * FRAME, place.y() - 0.5 * FRAME, place.width() + FRAME, place.height() + FRAME));
        pen.setColor(before);
    }

    private static INDArray noisy(INDArray clean, double sigma, Rng rng) {
        float[] numbers = Shapes.contiguous(clean).data().asFloat();
        float[] noise = new float[numbers.length];
        rng.normals(noise, 0, noise.length);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (float) (numbers[i] + sigma * noise[i]);
        }
        return Nd4j.createFromArray(noise).reshape('c', clean.shape());
    }

    private static List<List<BufferedImage>> transposed(List<List<BufferedImage>> columns) {
        return IntStream.range(0, columns.get(0).size())
                .mapToObj(row -> columns.stream().map(column -> column.get(row)).toList())
                .toList();
    }
}
