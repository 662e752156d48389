package org.ldae.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.inference.Features;
import org.ldae.models.Expect;
import org.ldae.models.LatentDAE;
import org.ldae.models.Synthetic;
import org.ldae.models.Trainer;
import org.ldae.probe.NearestNeighbours;
import org.ldae.probe.Spectrum;
import org.nd4j.linalg.api.ndarray.INDArray;

class LearningCurveTest {

    private static final Dataset DATA = new Dataset(labelled(60, 1), labelled(40, 2));

    private static ImageSource labelled(int count, long seed) {
        int[] labels = IntStream.range(0, count).map(i -> i % 2).toArray();
        return ImageSource.of(Synthetic.waves(count, seed), labels, List.of("even", "odd"));
    }

    private static Trainer trainer() {
        return Trainer.start(Synthetic.recipe(), DATA.train(), Rng.of(1), Progress.none());
    }

    @Test
    void itLooksNowAndThenAndAtTheEndAndChangesNothing() {
        AtomicLong told = new AtomicLong();
        try (Trainer watched = trainer();
                Trainer alone = trainer()) {
            assertEquals(60, watched.totalSteps());
            LearningCurve curve = LearningCurve.of(watched::model, DATA, Rng.of(1))
                    .every(25)
                    .telling(event -> told.incrementAndGet());
            watched.run(curve);
            alone.run(Progress.none());
            assertArrayEquals(alone.losses(), watched.losses());
            assertEquals(60, told.get());
            List<LearningCurve.Point> points = curve.points();
            assertEquals(
                    List.of(25L, 50L, 60L),
                    points.stream().map(LearningCurve.Point::step).toList());
            assertEquals(4, curve.toCsv().lines().count());
            assertTrue(curve.toCsv().lines().toList().get(3).startsWith("60,0."));
            try (LatentDAE model = watched.model();
                    INDArray train = model.represent(DATA.train(), Features.pooled());
                    INDArray test = model.represent(DATA.test(), Features.pooled());
                    NearestNeighbours nearest =
                            NearestNeighbours.fit(train, DATA.train().labels())) {
                double accuracy = nearest.accuracy(test, DATA.test().labels());
                assertEquals(accuracy, points.get(2).neighbours(), 1e-9);
                assertEquals(Spectrum.of(test).rankMe(), points.get(2).rankMe(), 1e-3);
            }
        }
    }

    @Test
    void tenLooksUnlessToldOtherwise() {
        try (Trainer trainer = trainer()) {
            LearningCurve curve = LearningCurve.of(trainer::model, DATA, Rng.of(1));
            trainer.run(curve);
            assertEquals(10, curve.points().size());
            Expect.refused(() -> curve.every(0), "learning curve", "0");
        }
    }
}
