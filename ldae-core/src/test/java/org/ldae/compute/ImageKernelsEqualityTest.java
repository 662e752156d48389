package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.ImageKernels.Affine;
import org.ldae.compute.ImageKernels.GroupNormShape;
import org.ldae.compute.ImageKernels.Normalised;
import org.ldae.compute.ImageKernels.PatchShape;
import org.ldae.compute.cpu.EveryGemm;
import org.ldae.compute.portable.PortableProvider;

/** Holds the CPU image kernels equal to the portable ones, method by method, over odd sizes. */
class ImageKernelsEqualityTest {

    private static final double TOLERANCE = 1e-5;

    /** Runs one kernel on operands. */
    interface Call {
        void run(Kernels kernels, Operands make);
    }

    /** A result, as its factor beta needs it: what it does not add to holds no numbers. */
    private static Tensor result(Operands make, int rows, int columns, float beta) {
        return beta == 0 ? make.constant(rows, columns, Float.NaN) : make.matrix(rows, columns);
    }

    private static void assertEqual(String name, Call call) {
        assumeTrue(Backend.isNative(), "the CPU kernels need the native backend");
        try (Operands forPortable = new Operands(7)) {
            call.run(new PortableProvider().kernels(), forPortable);
            List<float[]> expected = forPortable.contents();
            for (Map.Entry<String, Kernels> cpu : EveryGemm.kernels().entrySet()) {
                try (Operands forCpu = new Operands(7)) {
                    call.run(cpu.getValue(), forCpu);
                    List<float[]> actual = forCpu.contents();
                    for (int i = 0; i < expected.size(); i++) {
                        String what = name + " with " + cpu.getKey() + ", operand " + i;
                        GradientCheck.assertClose(what, expected.get(i), actual.get(i), TOLERANCE);
                    }
                }
            }
        }
    }

    static Stream<Arguments> convolutions() {
        List<Window> windows = List.of(
                Window.PIXEL,
                Window.PIXEL.withStride(2),
                Window.same(3),
                Window.same(3).withPadding(0),
                Window.same(3).withStride(2),
                Window.HALVING,
                new Window(3, 1, 2, 0),
                new Window(3, 1, 0, 1),
                new Window(4, 1, 1, 1),
                new Window(4, 2, 1, 1),
                new Window(4, 4, 0, 0),
                Window.same(5),
                new Window(7, 2, 3, 3));
        List<MapShape> maps = List.of(
                new MapShape(5, 7, 3),
                new MapShape(8, 8, 13),
                new MapShape(6, 4, 1),
                new MapShape(4, 4, 40),
                new MapShape(17, 9, 16));
        return maps.stream()
                .flatMap(map -> windows.stream()
                        .filter(w -> w.places(map.height()) > 0 && w.places(map.width()) > 0)
                        .flatMap(w -> Stream.of(1, 13, 32).map(out -> new ConvolutionShape(map, w, out))))
                .map(shape -> Arguments.of(shape, shape.outputs() == 1 ? 1 : 3));
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void convolutionsAreEqual(ConvolutionShape shape, int images) {
        int in = images * shape.input().pixels();
        int out = images * shape.output().pixels();
        int channels = shape.input().channels();
        for (float beta : new float[] {0, 0.5f}) {
            assertEqual(
                    "convolve",
                    (k, o) -> k.images()
                            .convolve(
                                    shape,
                                    o.matrix(in, channels),
                                    o.matrix(shape.outputs(), shape.patch()),
                                    beta,
                                    result(o, out, shape.outputs(), beta)));
            assertEqual(
                    "data",
                    (k, o) -> k.images()
                            .convolveBackwardData(
                                    shape,
                                    o.matrix(out, shape.outputs()),
                                    o.matrix(shape.outputs(), shape.patch()),
                                    beta,
                                    result(o, in, channels, beta)));
        }
        assertEqual(
                "weight",
                (k, o) -> k.images()
                        .convolveBackwardWeight(
                                shape,
                                o.matrix(in, channels),
                                o.matrix(out, shape.outputs()),
                                o.matrix(shape.outputs(), shape.patch())));
    }

    @Test
    void oneInstanceServesShapesInAnyOrder() {
        assertEqual("shapes in turn", (k, o) -> {
            for (int channels : new int[] {3, 40, 3, 16}) {
                for (int side : new int[] {4, 17, 8}) {
                    ConvolutionShape shape =
                            new ConvolutionShape(new MapShape(side, side + 1, channels), Window.same(3), 20);
                    int rows = 2 * shape.input().pixels();
                    Tensor x = o.matrix(rows, channels);
                    Tensor weight = o.matrix(20, shape.patch());
                    Tensor y = o.matrix(rows, 20);
                    k.images().convolve(shape, x, weight, 0, y);
                    k.images().convolveBackwardWeight(shape, x, y, weight);
                    k.images().convolveBackwardData(shape, y, weight, 1, x);
                }
            }
        });
    }

    /** One image, several to a copy, and one that takes several copies; the last of each smaller. */
    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1, 1", "3, 3, 2, 4, 5", "1, 5, 7, 3, 2", "2, 1, 3, 8, 45", "3, 7, 7, 16, 2"})
    void patchesAreEqual(int channels, int rows, int columns, int side, int images) {
        PatchShape shape = new PatchShape(channels, rows, columns, side);
        int tokens = images * rows * columns;
        int size = channels * side * side;
        assertEqual(
                "cut",
                (k, o) -> k.images()
                        .cut(shape, o.matrix(images, shape.imageSize()), o.constant(tokens, size, Float.NaN)));
        assertEqual(
                "cut of views",
                (k, o) -> k.images().cut(shape, o.view(images, shape.imageSize()), o.view(tokens, size)));
        assertEqual(
                "paste of views",
                (k, o) -> k.images().paste(shape, o.view(tokens, size), o.view(images, shape.imageSize())));
        assertEqual("there and back", (k, o) -> {
            Tensor x = o.matrix(images, shape.imageSize());
            Tensor cut = o.matrix(tokens, size);
            Tensor back = o.constant(images, shape.imageSize(), Float.NaN);
            k.images().cut(shape, x, cut);
            k.images().paste(shape, cut, back);
            assertArrayEquals(x.toArray(), back.toArray());
        });
    }

    static Stream<Arguments> mapsAndImages() {
        return Stream.of(
                        new MapShape(5, 7, 3),
                        new MapShape(8, 6, 13),
                        new MapShape(2, 2, 1),
                        new MapShape(3, 2, 520),
                        new MapShape(16, 16, 32))
                .flatMap(map -> Stream.of(1, 3).map(images -> Arguments.of(map, images)));
    }

    @ParameterizedTest
    @MethodSource("mapsAndImages")
    void poolingAndUpsamplingAreEqual(MapShape map, int images) {
        int rows = images * map.pixels();
        int small = images * map.halved().pixels();
        int columns = map.channels();
        Map<String, Call> calls = new LinkedHashMap<>();
        calls.put(
                "upsample",
                (k, o) -> k.images().upsample(map, o.matrix(rows, columns), result(o, 4 * rows, columns, 0)));
        calls.put("maxPool", (k, o) -> k.images().maxPool(map, o.matrix(rows, columns), result(o, small, columns, 0)));
        calls.put(
                "averagePool",
                (k, o) -> k.images().averagePool(o.matrix(rows, columns), result(o, images, columns, 0)));
        for (float beta : new float[] {0, 0.5f}) {
            calls.put(
                    "upsampleBackward " + beta,
                    (k, o) -> k.images()
                            .upsampleBackward(map, o.matrix(4 * rows, columns), beta, result(o, rows, columns, beta)));
            calls.put("maxPoolBackward " + beta, (k, o) -> {
                Tensor x = o.matrix(rows, columns);
                k.activate(Activation.RELU, x, x); // many equal numbers
                k.images().maxPoolBackward(map, x, o.matrix(small, columns), beta, result(o, rows, columns, beta));
            });
            calls.put(
                    "averagePoolBackward " + beta,
                    (k, o) -> k.images()
                            .averagePoolBackward(o.matrix(images, columns), beta, result(o, rows, columns, beta)));
        }
        calls.keySet().forEach(name -> assertEqual(name, Objects.requireNonNull(calls.get(name))));
    }

    @ParameterizedTest
    @MethodSource("mapsAndImages")
    void groupNormsAreEqual(MapShape map, int images) {
        int rows = images * map.pixels();
        int columns = map.channels();
        for (int groups : Stream.of(1, 4, columns).filter(g -> columns % g == 0).toList()) {
            for (Activation f : new Activation[] {null, Activation.SILU, Activation.RELU}) {
                GroupNormShape norm = new GroupNormShape(map.pixels(), groups, 1e-3f, f);
                for (float beta : new float[] {0, 1}) {
                    assertEqual("groupNorm " + f + " of " + groups, (k, o) -> {
                        Tensor x = o.matrix(rows, columns);
                        Affine affine = new Affine(o.matrix(1, columns), o.matrix(1, columns));
                        Tensor moments = o.matrix(images * groups + 1, 2);
                        k.images().groupNorm(norm, x, affine, moments, result(o, rows, columns, 0));
                        k.images()
                                .groupNormBackward(
                                        norm,
                                        new Normalised(x, affine, moments),
                                        o.matrix(rows, columns),
                                        new Affine(o.matrix(1, columns), o.matrix(1, columns)),
                                        beta,
                                        result(o, rows, columns, beta));
                    });
                }
            }
        }
    }

    @Test
    void groupNormOfNumbersFarFromZero() {
        assertEqual("far from zero", (k, o) -> {
            Tensor x = o.matrix(600, 24);
            Tensor offset = o.constant(600, 24, 100);
            k.addScaled(1, offset, x);
            Affine affine = new Affine(o.matrix(1, 24), o.matrix(1, 24));
            GroupNormShape norm = new GroupNormShape(300, 4, 1e-6f, null);
            k.images().groupNorm(norm, x, affine, o.matrix(8, 2), o.matrix(600, 24));
        });
    }
}
