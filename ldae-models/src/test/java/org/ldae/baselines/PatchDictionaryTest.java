package org.ldae.baselines;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.baselines.PatchDictionary.Source;
import org.ldae.core.ImageShape;
import org.ldae.core.NdArrays;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.models.Expect;
import org.ldae.testing.Golden;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The control of Coates and Ng against numpy (src/test/python/dictionary.py). */
class PatchDictionaryTest {

    private static final Golden GOLDEN = Golden.read("models/dictionary");
    private static final ImageSource IMAGES =
            ImageSource.of(NdArrays.of(GOLDEN.floats("images"), 4, 3, 9, 11), new int[0], List.of());

    @ParameterizedTest
    @CsvSource({"RANDOM, random", "K_MEANS, k_means"})
    void quadrantsOfBothSources(Source source, String name) {
        PatchDictionary.Options options =
                PatchDictionary.filters(5).withSide(3).withSamples(60).withSource(source);
        PatchDictionary dictionary =
                new WhitenedPatches(GOLDEN.floats("samples"), 27).dictionary(new ImageShape(3, 9, 11), options);
        INDArray features = dictionary.represent(IMAGES, Features.pyramid(2));
        assertArrayEquals(new long[] {4, 4 * 2 * 5}, features.shape());
        Expect.close(name, GOLDEN.floats(name), features.data().asFloat(), 1e-5);
    }

    @Test
    void aSeedGivesOneDictionary() {
        PatchDictionary.Options options =
                PatchDictionary.filters(4).withSide(3).withSamples(50).withSource(Source.K_MEANS);
        PatchDictionary first = options.fit(IMAGES, Rng.of(3));
        assertEquals(
                first.represent(IMAGES, Features.pooled()),
                options.fit(IMAGES, Rng.of(3)).represent(IMAGES, Features.pooled()));
    }

    @Test
    void whatCantBeIsRefused() {
        Expect.refused(() -> PatchDictionary.filters(0), "1 filter", "0");
        Expect.refused(() -> PatchDictionary.filters(5).withSamples(4), "samples", "4 for 5");
        Expect.refused(
                () -> PatchDictionary.filters(5).withSide(10).withSamples(9).fit(IMAGES, Rng.of(1)),
                "side 10",
                "9, 11");
        PatchDictionary dictionary =
                PatchDictionary.filters(2).withSide(3).withSamples(9).fit(IMAGES, Rng.of(1));
        Expect.refused(() -> dictionary.represent(IMAGES, Features.pooled().withNoise(1)), "clean", "dictionary");
    }
}
