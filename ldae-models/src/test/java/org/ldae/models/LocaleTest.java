package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;

/** A seed gives the same names and weights wherever it runs. */
@Isolated
class LocaleTest {

    private static final ImageSource IMAGES = Synthetic.images(30, 1);
    private final Locale before = Locale.getDefault();

    @TempDir
    Path folder;

    @AfterEach
    void back() {
        Locale.setDefault(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG-u-nu-arab", "fa-IR", "hi-IN-u-nu-deva", "de"})
    void aSeedGivesTheSameNamesAndWeights(String tag) throws IOException {
        Locale.setDefault(Locale.ROOT);
        Path here = folder.resolve("here.safetensors");
        float[] expected = saved(here);
        Locale.setDefault(Locale.forLanguageTag(tag));
        Path there = folder.resolve("there.safetensors");
        assertArrayEquals(expected, saved(there));
        assertEquals(names(here), names(there));
        try (LatentDAE model = LatentDAE.load(here)) {
            assertArrayEquals(expected, model.represent(IMAGES).data().asFloat());
        }
    }

    private static float[] saved(Path file) throws IOException {
        try (LatentDAE model = LatentDAE.untrained(Synthetic.recipe(), IMAGES, Rng.of(1))) {
            model.save(file);
            return model.represent(IMAGES).data().asFloat();
        }
    }

    private static List<String> names(Path file) throws IOException {
        return Safetensors.read(file).names();
    }
}
