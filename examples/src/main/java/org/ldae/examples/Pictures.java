package org.ldae.examples;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Loss curves and image grids as files. */
final class Pictures {

    private static final int GAP = 2;

    private Pictures() {}

    /** Writes the loss of every step as CSV and as a chart with its running mean. */
    static void loss(double[] losses, Path csv, Path png) throws IOException {
        StringBuilder lines = new StringBuilder("step,loss\n");
        for (int i = 0; i < losses.length; i++) {
            lines.append(String.format(Locale.ROOT, "%d,%.9g%n", i + 1, losses[i]));
        }
        Files.writeString(csv, lines);
        double[] steps =
                IntStream.rangeClosed(1, losses.length).asDoubleStream().toArray();
        XYChart chart = new XYChartBuilder()
                .width(900)
                .height(500)
                .title("Training loss")
                .xAxisTitle("step")
                .yAxisTitle("loss")
                .build();
        chart.getStyler().setYAxisLogarithmic(true);
        chart.addSeries("step", steps, losses).setMarker(SeriesMarkers.NONE).setLineWidth(0.5f);
        chart.addSeries("mean of 50 steps", steps, smooth(losses)).setMarker(SeriesMarkers.NONE);
        ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", png.toFile());
    }

    private static double[] smooth(double[] losses) {
        return IntStream.range(0, losses.length)
                .mapToDouble(i -> Arrays.stream(losses, Math.max(0, i - 49), i + 1)
                        .average()
                        .orElseThrow())
                .toArray();
    }

    /** Writes rows of images: each array {@code [N, C, H, W]} is one row, pixels in [-1, 1], enlarged by whole factors. */
    static void grid(List<INDArray> rows, Path png) throws IOException {
        INDArray first = rows.get(0);
        int height = (int) first.size(2);
        int width = (int) first.size(3);
        int zoom = Math.max(1, 64 / Math.max(height, width));
        int columns = (int) first.size(0);
        BufferedImage picture = new BufferedImage(
                columns * (width * zoom + GAP) + GAP,
                rows.size() * (height * zoom + GAP) + GAP,
                BufferedImage.TYPE_INT_RGB);
        for (int r = 0; r < rows.size(); r++) {
            for (int c = 0; c < columns; c++) {
                draw(rows.get(r), c, picture, new int[] {
                    GAP + c * (width * zoom + GAP), GAP + r * (height * zoom + GAP), zoom
                });
            }
        }
        if (!ImageIO.write(picture, "png", png.toFile())) {
            throw new UncheckedIOException(new IOException("this Java runtime can't write PNG files"));
        }
    }

    private static void draw(INDArray images, int index, BufferedImage picture, int[] place) {
        int channels = (int) images.size(1);
        for (int y = 0; y < images.size(2) * place[2]; y++) {
            for (int x = 0; x < images.size(3) * place[2]; x++) {
                int rgb = 0;
                for (int c = 0; c < 3; c++) {
                    float v = images.getFloat(index, Math.min(c, channels - 1), y / place[2], x / place[2]);
                    rgb = rgb << 8 | Math.round(Math.min(1, Math.max(0, (v + 1) / 2)) * 255);
                }
                picture.setRGB(place[0] + x, place[1] + y, rgb);
            }
        }
    }
}
