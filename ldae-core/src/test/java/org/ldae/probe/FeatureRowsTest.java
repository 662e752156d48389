package org.ldae.probe;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.ldae.core.HostFloats;
import org.nd4j.linalg.api.ndarray.INDArray;

class FeatureRowsTest {

    /** 50,000 rows of 10,752 features end past 2 GiB; only the pages of the rows that are written are ever taken. */
    @Test
    void rowsPastTwoGibibytesAreRead() {
        int width = 10_752;
        HostFloats numbers = HostFloats.uninitialised(50_000, width);
        float[] row = new float[width];
        for (int f = 0; f < width; f++) {
            row[f] = f % 7 - 3;
        }
        numbers.put(0, row, 0, width);
        numbers.put(49_999L * width, row, 0, width);
        try (INDArray features = numbers.written()) {
            FeatureRows ends = FeatureRows.of(features).select(new int[] {49_999, 0});
            float[] read = new float[2 * width];
            ends.read(0, 2, read);
            for (int i = 0; i < read.length; i++) {
                assertEquals(row[i % width], read[i]);
            }
        }
    }
}
