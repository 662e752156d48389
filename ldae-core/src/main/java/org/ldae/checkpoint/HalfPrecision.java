package org.ldae.checkpoint;

/** Conversions between 32-bit floats and the two 16-bit forms, rounding to nearest, ties to even. */
final class HalfPrecision {

    private HalfPrecision() {}

    static float widen(DType dtype, short bits) {
        return dtype == DType.F16 ? widenF16(bits) : Float.intBitsToFloat(bits << 16);
    }

    /** Not-a-number stays so, keeping its sign and the top bits of its payload; what is too large becomes infinite. */
    static short narrow(DType dtype, float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (dtype == DType.F16 ? narrowF16(bits) : narrowBF16(bits));
    }

    private static float widenF16(short bits) {
        int sign = (bits & 0x8000) << 16;
        int magnitude = bits & 0x7fff;
        if (magnitude < 0x0400) {
            float subnormal = magnitude * 0x1p-24f;
            return Float.intBitsToFloat(sign | Float.floatToRawIntBits(subnormal));
        }
        // The exponent's bias grows from 15 to 127; infinity and not-a-number have all bits of it set.
        int exponentShift = magnitude >= 0x7c00 ? 255 - 31 : 127 - 15;
        return Float.intBitsToFloat(sign | ((magnitude << 13) + (exponentShift << 23)));
    }

    private static int narrowF16(int bits) {
        int sign = (bits >>> 16) & 0x8000;
        int magnitude = bits & 0x7fff_ffff;
        if (magnitude > 0x7f80_0000) {
            return sign | 0x7e00 | ((magnitude >>> 13) & 0x01ff);
        }
        if (magnitude >= Float.floatToRawIntBits(65520)) { // halfway between the largest and the next, which is even
            return sign | 0x7c00;
        }
        if (magnitude < Float.floatToRawIntBits(0x1p-14f)) {
            return sign | (int) Math.rint(Float.intBitsToFloat(magnitude) * 0x1p24);
        }
        int rebiased = magnitude - ((127 - 15) << 23);
        return sign | ((rebiased + 0x0fff + ((rebiased >>> 13) & 1)) >>> 13);
    }

    private static int narrowBF16(int bits) {
        if ((bits & 0x7fff_ffff) > 0x7f80_0000) {
            return (bits >>> 16) | 0x0040;
        }
        return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
    }
}
