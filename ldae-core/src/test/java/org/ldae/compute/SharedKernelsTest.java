package org.ldae.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ldae.compute.Kernels.Biased;
import org.ldae.compute.Kernels.Qkv;
import org.ldae.compute.Kernels.Transpose;
import org.ldae.testing.SystemProperty;

/** Operations split over two and three threads are those of the portable kernels, down to the smallest matrices. */
class SharedKernelsTest {

    private static final SharedKernels.Small NOTHING = new SharedKernels.Small(0, 0);
    private static final SharedKernels.Small USUAL = SharedKernels.Small.USUAL;
    private static final String SPLIT = "ldae.split";

    private static final List<Workers> TEAMS = new ArrayList<>();

    @BeforeAll
    static void open() {
        assumeTrue(Backend.provider().name().equals("cpu"), "the portable kernels run on one thread");
        for (int threads = 2; threads <= 3; threads++) {
            TEAMS.add(SystemProperty.with(SystemProperty.THREADS, threads, Workers::sharingOperations));
        }
    }

    @AfterAll
    static void close() {
        TEAMS.forEach(Workers::close);
        TEAMS.clear();
    }

    static Stream<String> calls() {
        return KernelsEqualityTest.CALLS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void splitKernelsEqualPortableOnes(String name) {
        for (KernelsEqualityTest.Size size : KernelsEqualityTest.SIZES) {
            try (KernelsEqualityTest.Expected expected = new KernelsEqualityTest.Expected(name, size)) {
                for (Workers team : TEAMS) {
                    expected.assertSame(team.count() + " threads, " + size, new SharedKernels(team, NOTHING));
                }
                expected.assertSame("one thread if small, " + size, new SharedKernels(TEAMS.get(0), USUAL));
            }
        }
    }

    @Test
    void splittingAllocatesNothingOnceOperandsAreKnown() {
        Workers team = TEAMS.get(1);
        Kernels kernels = new SharedKernels(team, NOTHING);
        Tensor x = Tensor.zeros(24, 48);
        Tensor y = Tensor.zeros(24, 48);
        Tensor weight = Tensor.zeros(48, 48);
        Biased biased = new Biased(x, Tensor.zeros(1, 48));
        Qkv qkv = Qkv.of(Tensor.zeros(24, 144), 24, 3);
        Tensor probabilities = Tensor.zeros(72, 24);
        Runnable round = () -> {
            kernels.gemm(Transpose.SECOND, x, weight, 0, y);
            kernels.activate(Activation.GELU_TANH, biased, y, x);
            kernels.linearGradient(x, y, weight, biased.bias());
            kernels.attention(qkv, probabilities, y);
            kernels.multiply(x, y);
        };
        long[] before = new long[team.count()];
        long[] taken = new long[team.count()];
        Workers.Task start = w -> before[w] = Allocation.ofThread();
        Workers.Task end = w -> taken[w] = Allocation.ofThread() - before[w];
        // The least of three: the machine may compile or link something while it looks.
        assertEquals(
                0,
                LongStream.generate(() -> Allocation.ofCaller(round))
                        .limit(3)
                        .min()
                        .orElseThrow());
        team.run(start);
        team.run(end); // what looking takes
        team.run(start);
        IntStream.range(0, 20).forEach(i -> round.run());
        team.run(end);
        for (int w = 1; w < taken.length; w++) { // the caller is worker 0
            assertEquals(0, taken[w], "bytes of worker " + w);
        }
    }

    @Test
    void fewImagesShareOperationsUnlessTheSettingSaysOtherwise() {
        SystemProperty.with(SystemProperty.THREADS, 3, () -> {
            assertEquals(List.of(1, 1, 3, 3), shares());
            assertEquals(List.of(1, 1, 3, 3), SystemProperty.with(SPLIT, "auto", SharedKernelsTest::shares));
            assertEquals(List.of(1, 2, 3, 3), SystemProperty.with(SPLIT, "images", SharedKernelsTest::shares));
            assertEquals(List.of(1, 1, 1, 1), SystemProperty.with(SPLIT, "rows", SharedKernelsTest::shares));
            for (int images : new int[] {1, 5}) {
                try (Workers all = SystemProperty.with(SPLIT, "images", () -> Workers.forImages(images))) {
                    assertEquals(3, all.count());
                }
                try (Workers workers = SystemProperty.with(SPLIT, "rows", () -> Workers.forImages(images))) {
                    assertEquals(1, workers.count());
                    Thread here = Thread.currentThread();
                    workers.run(w -> assertEquals(here, Thread.currentThread()));
                }
            }
            return null;
        });
    }

    private static List<Integer> shares() {
        return Stream.of(1, 2, 3, 64).map(Backend::shares).toList();
    }

    @Test
    void anUnknownSplitIsAnErrorThatNamesIt() {
        IllegalStateException thrown = assertThrows(
                IllegalStateException.class, () -> SystemProperty.with(SPLIT, "tokens", () -> Backend.shares(1)));
        assertEquals("ldae.split: expected auto, images or rows, got tokens", thrown.getMessage());
    }
}
