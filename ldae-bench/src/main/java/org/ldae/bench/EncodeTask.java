package org.ldae.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.models.LatentDAE;
import org.ldae.models.Recipe;
import org.ldae.nn.Positions;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Representing images as a user does: patches, latents of 32 components, back to patches, six blocks of width 384, average
 * of the 196 tokens.
 *
 * @param name what its numbers are named after
 * @param images n
 */
record EncodeTask(String name, int images) implements Task {

    private static final int PATCH = 16;
    private static final int COMPONENTS = 32;
    private static final int IMAGES_OF_FIT = 10;
    private static final ImageShape SHAPE = new ImageShape(3, 224, 224);
    private static final VisionTransformer NET = StepTask.plain(384, 6, 6);

    /** A batch. */
    static EncodeTask batch() {
        return new EncodeTask("encode", 16);
    }

    /** One image. */
    static EncodeTask one() {
        return new EncodeTask("encode1", 1);
    }

    @Override
    public String kind() {
        return "encode";
    }

    @Override
    public Work open() throws IOException {
        return new Encoding(images);
    }

    private static final class Encoding implements Work {
        private final INDArray images;
        private final LatentDAE model;
        private final PatchPCA pca;
        private final Path file = Files.createTempFile("ldae-encode", ".safetensors");

        Encoding(int count) throws IOException {
            images = Numbers.images("images", count, SHAPE);
            PatchPCA.Options options = PatchPCA.patch(PATCH).components(COMPONENTS);
            ImageSource others = ImageSource.of(Numbers.images("fit", IMAGES_OF_FIT, SHAPE), new int[0], List.of());
            model = LatentDAE.untrained(Recipe.singleLevel(options).withDenoiser(NET), others, Rng.of(1));
            pca = (PatchPCA) model.tokenizer();
            model.save(file);
        }

        @Override
        public void handOver(Handoff handoff) throws IOException {
            TokenGrid grid = pca.grid();
            handoff.number("patch", PATCH)
                    .number("heads", NET.heads())
                    .number("blocks", NET.blocks())
                    .tensor("images", images)
                    .floats("positions", Positions.grid(grid.rows(), grid.columns(), NET.width()), grid.tokens())
                    .linearCodec(pca);
            Safetensors saved = Safetensors.read(file);
            for (String name : saved.names()) {
                if (name.startsWith("denoiser.")) {
                    handoff.tensor(name.substring("denoiser.".length()), saved.tensor(name));
                }
            }
        }

        @Override
        public double[] check() {
            float[] features = model.represent(images).data().asFloat();
            return new double[] {Checks.norm(features), Checks.norm(Arrays.copyOf(features, NET.width() / 2))};
        }

        @Override
        public void iterate() {
            model.represent(images).close();
        }

        @Override
        public void close() {
            model.close();
            images.close();
            file.toFile().delete();
        }
    }
}
