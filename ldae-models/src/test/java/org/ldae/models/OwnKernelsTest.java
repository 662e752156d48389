package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.ldae.compute.Backend;
import org.ldae.core.Progress;
import org.ldae.core.Rng;

/** Kernels that the library doesn't know. */
@ResourceLock(Resources.SYSTEM_PROPERTIES)
class OwnKernelsTest {

    private static <T> T with(String kernels, Supplier<T> work) {
        String before = System.getProperty("ldae.kernels", "auto");
        System.setProperty("ldae.kernels", kernels);
        try {
            return work.get();
        } finally {
            System.setProperty("ldae.kernels", before);
        }
    }

    private static float[] trained() {
        try (Trainer trainer = Trainer.start(Synthetic.recipe(), Synthetic.images(20, 1), Rng.of(1), Progress.none())) {
            trainer.run(Progress.none());
            try (LatentDAE model = trainer.model()) {
                return model.represent(Synthetic.waves(7, 2)).data().asFloat();
            }
        }
    }

    @Test
    void aRecipeTrainsAndRepresentsWithThem() {
        int before = CountingKernels.CALLS.get();
        float[] features = with("counting", OwnKernelsTest::trained);
        assertTrue(CountingKernels.CALLS.get() > before + 1000, "calls: " + CountingKernels.CALLS);
        assertArrayEquals(with("portable", OwnKernelsTest::trained), features);
        assertNotEquals("counting", Backend.provider().name(), "who must be asked for by name");
        assertEquals("counting", with("counting", () -> Backend.provider().description()));
    }

    @Test
    void aStepReadsNothingBackButItsLossAndNorm() {
        with("counting", () -> {
            try (Trainer trainer =
                    Trainer.start(Synthetic.recipe(), Synthetic.images(20, 1), Rng.of(1), Progress.none())) {
                trainer.step();
                int reads = CountingKernels.READS.get();
                int numbers = CountingKernels.NUMBERS.get();
                trainer.step();
                assertEquals(0, CountingKernels.READS.get() - reads, "copies to the host");
                // the loss of the one pass, and the squares of the norm: a parameter's rows, and what is left of a row
                int parameters = trainer.parameters().slots().size();
                int returned = CountingKernels.NUMBERS.get() - numbers;
                assertTrue(returned <= 1 + 2 * parameters, "numbers returned: " + returned);
                return trainer;
            }
        });
    }
}
