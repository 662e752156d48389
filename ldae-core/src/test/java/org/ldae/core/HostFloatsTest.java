package org.ldae.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

class HostFloatsTest {

    /** Of 2.1 GB only the pages that are written are ever taken from the machine. */
    @Test
    void numbersPastTwoGibibytesAreReached() {
        long length = (1L << 29) + 8;
        HostFloats numbers = HostFloats.uninitialised(length / 8, 8);
        try (INDArray array = numbers.written()) {
            assertEquals(length, array.length());
            float[] some = {1, 2, 3, 4, 5, 6, 7, 8};
            numbers.put(length - 8, some, 0, 8);
            numbers.put((1L << 29) - 4, some, 4, 4);
            float[] back = new float[12];
            numbers.get(length - 12, back, 0, 12);
            assertArrayEquals(new float[] {5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8}, back);
            assertThrows(IndexOutOfBoundsException.class, () -> numbers.get(length - 1, back, 0, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> numbers.put(0, some, 4, 5));
        }
    }
}
