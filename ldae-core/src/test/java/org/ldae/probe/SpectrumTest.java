package org.ldae.probe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.ldae.testing.Golden;
import org.nd4j.linalg.factory.Nd4j;

class SpectrumTest {

    @Test
    void agreesWithNumpy() {
        Spectrum spectrum = Spectrum.of(Golden.read("probe/data").array("features"));
        Golden expected = Golden.read("probe/spectrum");

        assertArrayEquals(expected.doubles("values"), spectrum.singularValues(), 1e-6);
        assertEquals(expected.number("rankme"), spectrum.rankMe(), 1e-6);
    }

    @Test
    void collapsedFeaturesHaveRankOne() {
        assertEquals(1, Spectrum.of(Nd4j.ones(20, 4)).rankMe(), 1e-3);
    }
}
