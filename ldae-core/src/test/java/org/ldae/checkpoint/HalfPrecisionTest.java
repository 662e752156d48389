package org.ldae.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Supplier;
import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ldae.core.Rng;

class HalfPrecisionTest {

    /** The definition of the format, in doubles. */
    private static double value(DType dtype, int bits) {
        int fractionBits = dtype == DType.F16 ? 10 : 7;
        int bias = dtype == DType.F16 ? 15 : 127;
        int exponent = (bits & 0x7fff) >>> fractionBits;
        double fraction = (bits & ((1 << fractionBits) - 1)) / (double) (1 << fractionBits);
        double sign = (bits & 0x8000) == 0 ? 1 : -1;
        if (exponent == 2 * bias + 1) {
            return fraction == 0 ? sign * Double.POSITIVE_INFINITY : Double.NaN;
        }
        return sign
                * (exponent == 0 ? fraction * Math.pow(2, 1 - bias) : (1 + fraction) * Math.pow(2, exponent - bias));
    }

    private static Supplier<String> hex(int bits) {
        return () -> Integer.toHexString(bits);
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void widensAndNarrowsEveryPattern(DType dtype) {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float wide = HalfPrecision.widen(dtype, (short) bits);
            short back = HalfPrecision.narrow(dtype, wide);
            assertEquals(value(dtype, bits), wide, hex(bits));
            if (Float.isNaN(wide)) {
                assertTrue(Float.isNaN(HalfPrecision.widen(dtype, back)), hex(bits));
                assertEquals(bits & 0x8000, back & 0x8000, hex(bits));
            } else {
                assertEquals((short) bits, back, hex(bits));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void roundsToTheNearestAndTiesToEven(DType dtype) {
        int infinity = dtype == DType.F16 ? 0x7c00 : 0x7f80;
        for (int bits = 0; bits < infinity - 1; bits++) {
            double low = value(dtype, bits);
            double high = value(dtype, bits + 1);
            float middle = (float) ((low + high) / 2);
            assertEquals(bits + (bits & 1), HalfPrecision.narrow(dtype, middle), () -> "tie above " + low);
            assertEquals(
                    bits, HalfPrecision.narrow(dtype, Math.nextDown(middle)), () -> "just below the tie above " + low);
            assertEquals(
                    bits + 1,
                    HalfPrecision.narrow(dtype, Math.nextUp(middle)),
                    () -> "just above the tie above " + low);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "BF16"})
    void neverErrsByMoreThanHalfAStep(DType dtype) {
        UniformRandomProvider random = Rng.of(3).stream("half").generator();
        double relative = dtype == DType.F16 ? 0x1p-11 : 0x1p-8;
        for (int i = 0; i < 50_000; i++) {
            float value =
                    (float) ((random.nextDouble() - 0.5) * Math.pow(2, random.nextInt(13, 16) - random.nextInt(28)));
            float rounded = HalfPrecision.widen(dtype, HalfPrecision.narrow(dtype, value));
            assertEquals(value, rounded, Math.max(Math.abs(value) * relative, 0x1p-25), () -> "of " + value);
        }
    }

    @Test
    void becomesInfiniteFromTheHalfwayPointOn() {
        assertEquals(0x7bff, HalfPrecision.narrow(DType.F16, Math.nextDown(65520f)));
        assertEquals(0x7c00, HalfPrecision.narrow(DType.F16, 65520f));
        assertEquals((short) 0xfc00, HalfPrecision.narrow(DType.F16, -65520f));
        assertEquals(0x7f80, HalfPrecision.narrow(DType.BF16, Float.MAX_VALUE));
    }
}
