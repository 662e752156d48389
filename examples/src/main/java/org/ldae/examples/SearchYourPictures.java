package org.ldae.examples;

import com.google.gson.GsonBuilder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ldae.core.ImageShape;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.data.Picture;
import org.ldae.examples.PictureIndex.Neighbour;
import org.ldae.examples.PictureIndex.Pair;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Recipe;
import org.ldae.training.Training;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Indexes the embeddings of pictures, and writes a page: search by picture, near-duplicates, outliers. */
@Command(
        name = "SearchYourPictures",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Indexes the embeddings of pictures, and writes a page: search by picture, near-duplicates, outliers.",
            "With pictures of your own: --data pictures:DIR; without --model an encoder is trained on them first."
        },
        footer = {
            "",
            "Example: ${COMMAND-FULL-NAME} --data pictures:photos --model out/mine/encoder.safetensors --query cat.jpg"
        })
public final class SearchYourPictures implements Callable<Integer> {

    private static final int QUERIES = 6;

    @ArgGroup(validate = false, heading = "%nImages:%n")
    private ImageData.Option dataOption = new ImageData.Option();

    @ArgGroup(validate = false, heading = "%nNetwork:%n")
    private SmallNet net = new SmallNet();

    @Option(names = "--model", paramLabel = "FILE", description = "An encoder, such as PretrainOnYourPictures writes.")
    private @Nullable Path model;

    @Option(names = "--epochs", description = "Passes of a training, without --model (default: ${DEFAULT-VALUE}).")
    private int epochs = 4;

    @Option(
            names = "--query",
            paramLabel = "FILE",
            description = "A picture to search by, may be given again (default: some of the set).")
    private List<Path> queries = new ArrayList<>();

    @Option(names = "--neighbours", description = "Neighbours of a picture (default: ${DEFAULT-VALUE}).")
    private int neighbours = 7;

    @Option(
            names = "--duplicates",
            paramLabel = "SHARE",
            description = "Near-duplicates are nearer than this share of a picture's median distance to its nearest"
                    + " neighbour (default: ${DEFAULT-VALUE}).")
    private double share = 0.3;

    @Option(names = "--shown", description = "Near-duplicates and outliers on the page (default: ${DEFAULT-VALUE}).")
    private int shown = 24;

    @Option(names = "--seed", description = "Seed of a training (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @Option(names = "--out", description = "Folder for the page (default: ${DEFAULT-VALUE}).")
    private Path out = Path.of("out", "search");

    SearchYourPictures() {}

    /**
     * Runs the example.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Cli.main(new SearchYourPictures(), args);
    }

    @Override
    public Integer call() throws IOException {
        Gallery gallery = new Gallery(dataOption.load().images());
        if (neighbours < 1 || neighbours >= gallery.size()) {
            throw new IllegalArgumentException("--neighbours: expected 1 to %d, fewer than there are pictures, got %d"
                    .formatted(gallery.size() - 1, neighbours));
        }
        for (Path file : queries) { // one that can't be read is found now, not after training
            Picture.of(file).pixels(gallery.data().train().shape());
        }
        return Cli.writing(out, () -> run(gallery));
    }

    private int run(Gallery gallery) throws IOException {
        // 1. Embeddings of all pictures, [N, M], by an encoder that is given or trained now.
        try (Model encoder = model == null ? trained(gallery) : Model.load(model)) {
            INDArray rows = Embeddings.of(
                            encoder.encoder().represent(gallery.data().train(), Features.pooled()),
                            encoder.encoder().represent(gallery.data().test(), Features.pooled()))
                    .rows();

            // 2. The index, and the neighbours of each picture.
            PictureIndex index = PictureIndex.of(rows);
            List<List<Neighbour>> near = index.neighbours(neighbours);

            // 3. What follows from them.
            List<Query> asked = queries.isEmpty() ? some(gallery, near) : given(gallery, encoder, index);
            List<Pair> duplicates = PictureIndex.duplicates(near, share);
            List<Neighbour> outliers = PictureIndex.outliers(near);
            Files.writeString(
                    out.resolve("search.html"),
                    page(gallery, asked, duplicates, outliers).toString());
            Files.writeString(out.resolve("search.json"), json(gallery, asked, duplicates, outliers));
            System.out.printf(
                    "%d pictures, %d near-duplicates; farthest from all others: %s%nWrote search.html and search.json"
                            + " to %s%n",
                    gallery.size(),
                    duplicates.size(),
                    gallery.name(outliers.get(0).picture()),
                    out.toAbsolutePath());
        }
        return 0;
    }

    /** A picture that was asked for. */
    private record Query(String name, BufferedImage picture, List<Neighbour> found) {}

    private Model trained(Gallery gallery) {
        Recipe recipe = Recipe.singleLevel(net.tokenizer(gallery.data().train().shape()))
                .withDenoiser(net.denoiser())
                .withTraining(Training.epochs(epochs).withBatchSize(64).withRate(1e-3));
        try (LatentDAE dae = recipe.train(gallery.data().train(), Rng.of(seed), Progress.console())) {
            PlainEncoder plain = dae.plainEncoder(0);
            return new Model(Optional.empty(), Optional.of(plain));
        }
    }

    /** The first test pictures ask for their neighbours. */
    private List<Query> some(Gallery gallery, List<List<Neighbour>> near) {
        int train = gallery.data().train().size();
        return IntStream.range(train, Math.min(gallery.size(), train + QUERIES))
                .mapToObj(i -> new Query(gallery.name(i), gallery.picture(i), near.get(i)))
                .toList();
    }

    private List<Query> given(Gallery gallery, Model encoder, PictureIndex index) throws IOException {
        ImageShape shape = gallery.data().train().shape();
        List<Query> given = new ArrayList<>();
        for (Path file : queries) {
            float[] pixels = Picture.of(file).pixels(shape);
            INDArray one =
                    Nd4j.createFromArray(pixels).reshape('c', 1, shape.channels(), shape.height(), shape.width());
            ImageSource image = ImageSource.of(one, new int[0], List.of());
            float[] embedding = encoder.encoder()
                    .represent(image, Features.pooled())
                    .getRow(0)
                    .toFloatVector();
            given.add(new Query(file.toString(), Gallery.drawn(pixels, shape), index.nearest(embedding, neighbours)));
        }
        return given;
    }

    private GalleryPage page(Gallery gallery, List<Query> asked, List<Pair> duplicates, List<Neighbour> outliers)
            throws IOException {
        GalleryPage page = new GalleryPage("Pictures by their embeddings");
        page.text(String.format(
                Locale.ROOT, "%,d pictures. The numbers are distances between their embeddings.", gallery.size()));
        page.heading("Search by picture").text("A picture, framed, and what is nearest to it.");
        for (Query query : asked) {
            page.begin("row").picture(query.picture(), query.name(), "asked for", true);
            for (Neighbour found : query.found()) {
                add(page, gallery, found);
            }
            page.end();
        }
        page.heading("Near-duplicates")
                .text(String.format(
                        Locale.ROOT,
                        "Pairs nearer than %.2g of the median distance of a picture to its nearest neighbour: %d%s.",
                        share,
                        duplicates.size(),
                        duplicates.size() > shown ? ", of which the nearest %d are shown".formatted(shown) : ""));
        page.begin("pairs");
        for (Pair pair : duplicates.subList(0, Math.min(shown, duplicates.size()))) {
            page.begin("row").picture(gallery.picture(pair.first()), gallery.name(pair.first()), "", false);
            add(page, gallery, new Neighbour(pair.second(), pair.distance()));
            page.end();
        }
        page.end();
        page.heading("Outliers")
                .text("Pictures by the average distance to their %d nearest neighbours, the farthest first."
                        .formatted(neighbours));
        page.begin("row");
        for (Neighbour outlier : outliers.subList(0, Math.min(shown, outliers.size()))) {
            add(page, gallery, outlier);
        }
        return page.end();
    }

    private static void add(GalleryPage page, Gallery gallery, Neighbour found) throws IOException {
        page.picture(
                gallery.picture(found.picture()),
                gallery.name(found.picture()),
                String.format(Locale.ROOT, "%.3f", found.distance()),
                false);
    }

    private String json(Gallery gallery, List<Query> asked, List<Pair> duplicates, List<Neighbour> outliers) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("pictures", gallery.size());
        all.put(
                "queries",
                asked.stream()
                        .map(query -> Map.of(query.name(), named(gallery, query.found())))
                        .toList());
        all.put(
                "duplicates",
                duplicates.stream()
                        .map(pair -> List.of(gallery.name(pair.first()), gallery.name(pair.second()), pair.distance()))
                        .toList());
        all.put("outliers", named(gallery, outliers.subList(0, Math.min(shown, outliers.size()))));
        return new GsonBuilder().setPrettyPrinting().create().toJson(all);
    }

    private static List<List<Object>> named(Gallery gallery, List<Neighbour> found) {
        return found.stream()
                .map(each -> List.<Object>of(gallery.name(each.picture()), each.distance()))
                .toList();
    }
}
