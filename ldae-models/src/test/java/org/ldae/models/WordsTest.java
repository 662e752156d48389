package org.ldae.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ldae.baselines.PatchDictionary;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.inference.Predictor;

/** What JShell shows of an object: its kind and its sizes. */
class WordsTest {

    private static final ImageSource IMAGES = Synthetic.images(12, 1);

    @Test
    void objectsSayTheirKindAndSizes() {
        assertEquals("ImageSource[12 images [1, 8, 12], no labels]", IMAGES.toString());
        assertEquals(
                "ImageSource[2 images [1, 8, 12], no labels]",
                IMAGES.select(0, 1).cached().toString());
        assertTrue(new Dataset(IMAGES, IMAGES).toString().contains("train=ImageSource[12 images"));
        try (Trainer trainer = Trainer.start(Synthetic.recipe(), IMAGES, Rng.of(1), Progress.none());
                LatentDAE model = trainer.model();
                PlainEncoder plain = model.plainEncoder(0.01);
                Predictor predictor = plain.predictor(Features.pooled())) {
            trainer.step();
            String parameters = "%,d parameters".formatted(trainer.parameterCount());
            assertTrue(trainer.toString().startsWith("Trainer[step 1 of "), trainer::toString);
            assertTrue(trainer.toString().endsWith(parameters + ", 12 images [1, 8, 12]]"), trainer::toString);
            assertTrue(model.toString().contains(parameters), model::toString);
            assertTrue(model.toString().contains("[1, 8, 12]"), model::toString);
            String blocks = "%d blocks of width %d"
                    .formatted(
                            Synthetic.network().encoderBlocks(),
                            Synthetic.network().width());
            assertTrue(
                    plain.toString().startsWith("PlainEncoder[TokenGrid[image=[1, 8, 12], patch=4], " + blocks),
                    plain::toString);
            for (Object each : List.of(
                    IMAGES,
                    trainer,
                    model,
                    plain,
                    predictor,
                    Rng.of(1),
                    PatchDictionary.filters(2).withSamples(10).fit(IMAGES, Rng.of(1)))) {
                String name = each.getClass().getSimpleName();
                assertTrue(each.toString().startsWith(each == IMAGES ? "ImageSource[" : name + "["), each::toString);
                assertFalse(each.toString().contains("@"), each::toString);
            }
        }
    }
}
