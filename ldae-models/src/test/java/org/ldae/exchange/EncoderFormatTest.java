package org.ldae.exchange;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.ldae.baselines.Supervised;
import org.ldae.baselines.ViTClassifier;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.DType;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.data.Normalization;
import org.ldae.inference.Features;
import org.ldae.models.Expect;
import org.ldae.models.PlainEncoder;
import org.ldae.nn.Positions;
import org.ldae.probe.LinearProbe;
import org.ldae.testing.Golden;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Encoders of timm and Hugging Face against PyTorch (src/test/python/exchange.py), in and out. */
class EncoderFormatTest {

    @TempDir
    Path folder;

    private static EncoderFormat format(Naming naming) {
        return (naming == Naming.TIMM ? EncoderFormat.timm() : EncoderFormat.huggingFace()).withHeads(3);
    }

    private static String name(Naming naming) {
        return "exchange/" + (naming == Naming.TIMM ? "timm" : "hugging-face");
    }

    private static ImageSource images(Golden expected) {
        return ImageSource.of(expected.floatArray("images"), new int[] {0, 1, 1}, List.of("a", "b"));
    }

    /** Tokens of all three images, the class token's first. */
    private static void assertTokens(Golden expected, PlainEncoder encoder, double tolerance) {
        INDArray tokens = expected.floatArray("tokens"); // [3, 1 + L, M]
        INDArray patches = encoder.represent(images(expected), Features.tokens());
        Expect.close(
                "tokens",
                tokens.get(NDArrayIndex.all(), NDArrayIndex.interval(1, tokens.size(1)), NDArrayIndex.all())
                        .dup('c')
                        .reshape('c', patches.shape()),
                patches,
                tolerance);
        INDArray first = tokens.get(NDArrayIndex.all(), NDArrayIndex.point(0), NDArrayIndex.all());
        Expect.close("class token", first, encoder.represent(images(expected), Features.classToken()), tolerance);
    }

    @ParameterizedTest
    @EnumSource
    void tokensEqualPyTorch(Naming naming) throws IOException {
        try (PlainEncoder encoder = format(naming).read(Golden.path(name(naming)))) {
            assertTokens(Golden.read(name(naming) + "-expected"), encoder, 1e-5);
            assertTrue(encoder.provenance().dataHash().startsWith("imported from"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenHasTheSameTensors(Naming naming) throws IOException, InterruptedException {
        Path written = folder.resolve("written.safetensors");
        try (PlainEncoder encoder = format(naming).read(Golden.path(name(naming)))) {
            format(naming).write(encoder, written);
        }
        try (Safetensors before = Safetensors.read(Golden.path(name(naming)));
                Safetensors after = Safetensors.read(written)) {
            for (String tensor : after.names()) {
                assertArrayEquals(before.shape(tensor), after.shape(tensor), tensor);
                Expect.close(tensor, before.tensor(tensor), after.tensor(tensor), 1e-6);
            }
            Set<String> left = new java.util.TreeSet<>(before.names());
            left.removeAll(after.names());
            assertTrue(left.stream().allMatch(each -> each.startsWith("head.") || each.startsWith("decoder.")));
        }
        PyTorch.check(naming, written, Golden.path(name(naming) + "-expected"));
    }

    @ParameterizedTest
    @CsvSource({"F16, 2e-2", "BF16, 2e-1"})
    void halfPrecisionIsRead(DType dtype, double tolerance) throws IOException {
        Path half = rewritten(builder -> builder, dtype);
        try (PlainEncoder encoder = format(Naming.TIMM).read(half)) {
            assertTokens(Golden.read("exchange/timm-expected"), encoder, tolerance);
        }
    }

    @Test
    void theClassifierComesAlong() throws IOException {
        Golden expected = Golden.read("exchange/timm-expected");
        Path file = Golden.path("exchange/timm");
        LinearProbe head = format(Naming.TIMM).readHead(file);
        try (PlainEncoder encoder = format(Naming.TIMM).read(file)) {
            INDArray features = encoder.represent(images(expected), Features.classToken());
            Expect.close("logits", expected.floatArray("logits"), head.scores(features), 1e-5);
        }
        Expect.refused(
                CheckpointException.class,
                () -> format(Naming.HUGGING_FACE).readHead(Golden.path("exchange/hugging-face")),
                "classifier");
    }

    @ParameterizedTest
    @CsvSource({"3", "7"})
    void positionsAreResampledAsTimm(int side) throws IOException {
        Golden expected = Golden.read("exchange/timm-expected");
        try (PlainEncoder encoder = format(Naming.TIMM).withSide(4 * side).read(Golden.path("exchange/timm"))) {
            INDArray positions = positions(encoder);
            Expect.close(
                    "positions",
                    expected.floatArray("positions" + side),
                    positions.get(NDArrayIndex.interval(1, positions.size(0)), NDArrayIndex.all()),
                    1e-5);
            assertEquals(4 * side, encoder.grid().image().height());
            INDArray images = Nd4j.rand(2, 3, 4 * side, 4 * side);
            assertEquals(
                    24,
                    encoder.represent(ImageSource.of(images, new int[0], List.of()), Features.pooled())
                            .size(1));
        }
    }

    private static INDArray positions(PlainEncoder encoder) {
        return Objects.requireNonNull(encoder.tensors().get("embed.positions"));
    }

    @Test
    void anEncoderOfOursIsReadThere() throws IOException, InterruptedException {
        Golden golden = Golden.read("exchange/timm-expected");
        VisionTransformer net = VisionTransformer.tiny().withWidth(24, 3).withBlocks(2, 0);
        Path written = folder.resolve("ours.safetensors");
        PlainEncoder.Sizes sizes = new PlainEncoder.Sizes(
                net, new org.ldae.core.TokenGrid(images(golden).shape(), 4));
        INDArray tokens;
        try (PlainEncoder ours = PlainEncoder.untrained(sizes, images(golden), Rng.of(5))) {
            tokens = ours.represent(images(golden), Features.tokens());
            EncoderFormat.timm().write(ours, written);
        }
        try (PlainEncoder again = EncoderFormat.timm().read(written)) {
            Expect.close("again", tokens, again.represent(images(golden), Features.tokens()), 1e-5);
            float[] positions = Positions.grid(4, 4, 24);
            assertArrayEquals(positions, positions(again).data().asFloat());
        }
        Path expected = folder.resolve("expected.safetensors");
        Safetensors.builder()
                .tensor("images", golden.floatArray("images"))
                .tensor("tokens", tokens.reshape(3, 16, 24))
                .write(expected);
        PyTorch.check(Naming.TIMM, written, expected);
    }

    @Test
    void anImportedEncoderIsSavedFineTunedAndWrittenBack() throws IOException {
        Golden golden = Golden.read("exchange/timm-expected");
        ImageSource images = images(golden);
        Path saved = folder.resolve("saved.safetensors");
        Path tuned = folder.resolve("tuned.safetensors");
        try (PlainEncoder encoder = format(Naming.TIMM).read(Golden.path("exchange/timm"))) {
            INDArray features = encoder.represent(images, Features.pyramid(0, 1).mirrored());
            assertEquals(48, features.size(1));
            encoder.save(saved);
            try (PlainEncoder loaded = PlainEncoder.load(saved)) {
                assertEquals(
                        features,
                        loaded.represent(images, Features.pyramid(0, 1).mirrored()));
                assertEquals(encoder.sizes(), loaded.sizes());
            }
            Training training = Training.steps(30).withBatchSize(3).withRate(1e-2);
            try (ViTClassifier classifier =
                    Supervised.from(encoder, training).train(images, Rng.of(1), Progress.none())) {
                assertEquals(1, classifier.evaluate(images).top1());
                assertFalse(features.equals(
                        classifier.represent(images, Features.pyramid(0, 1).mirrored())));
                format(Naming.TIMM).write(classifier.encoder(), tuned);
            }
        }
        try (PlainEncoder again = format(Naming.TIMM).read(tuned)) {
            assertEquals(16, again.grid().tokens());
        }
    }

    @Test
    void pooledFeaturesLeaveTheClassTokenOut() throws IOException {
        Golden golden = Golden.read("exchange/timm-expected");
        try (PlainEncoder encoder = format(Naming.TIMM).read(Golden.path("exchange/timm"))) {
            INDArray patches =
                    encoder.represent(images(golden), Features.tokens()).reshape(3, 16, 24);
            Expect.close("average", patches.mean(1), encoder.represent(images(golden), Features.pooled()), 1e-6);
        }
    }

    @Test
    void everythingThatDoesNotFitIsNamedAtOnce() throws IOException {
        Path missing = rewritten(
                builder -> builder.tensor("blocks.1.ls1.gamma", Nd4j.zeros(24))
                        .tensor("reg_token", Nd4j.zeros(1, 4, 24))
                        .tensor("pos_embeds", Nd4j.zeros(24))
                        .tensor("blocks.0.norm1.weights", Nd4j.zeros(24)),
                DType.F32,
                "blocks.0.norm1.weight",
                "blocks.1.attn.qkv.bias");
        Expect.refused(
                CheckpointException.class,
                () -> format(Naming.TIMM).read(missing),
                "missing 'blocks.0.norm1.weight' of [24]; nearest are [blocks.0.norm1.weights",
                "missing 'blocks.1.attn.qkv.bias'",
                "unknown 'blocks.1.ls1.gamma' of [24]; this library has no layer scale",
                "unknown 'reg_token' of [1, 4, 24]; this library has no register tokens",
                "unknown 'pos_embeds' of [24]; nearest are [pos_embed");
        Path misshapen = rewritten(builder -> builder.tensor("norm.bias", Nd4j.zeros(23)), DType.F32, "norm.bias");
        Expect.refused(
                CheckpointException.class,
                () -> format(Naming.TIMM).read(misshapen),
                "'norm.bias': expected [24], got [23]");
        Expect.refused(
                CheckpointException.class,
                () -> format(Naming.HUGGING_FACE).read(Golden.path("exchange/timm")),
                "embeddings.patch_embeddings.projection.weight",
                "nearest");
        Expect.refused(
                CheckpointException.class,
                () -> EncoderFormat.timm().read(Golden.path("exchange/timm")),
                "heads",
                "768",
                "got 24",
                "withHeads");
        Normalization grey = new Normalization(List.of(0.0), List.of(1.0));
        Expect.refused(
                CheckpointException.class,
                () -> format(Naming.TIMM).withNormalization(grey).read(Golden.path("exchange/timm")),
                "3 channels",
                "withNormalization");
    }

    /** The golden weights less some tensors and with others, as another type. */
    private Path rewritten(UnaryOperator<SafetensorsBuilder> more, DType dtype, String... without) throws IOException {
        Path path = folder.resolve("rewritten" + without.length + ".safetensors");
        SafetensorsBuilder builder = Safetensors.builder();
        try (Safetensors file = Safetensors.read(Golden.path("exchange/timm"))) {
            for (String name : file.names()) {
                if (!Set.of(without).contains(name)) {
                    builder.tensor(name, file.tensor(name), dtype);
                }
            }
        }
        more.apply(builder).write(path);
        return path;
    }
}
