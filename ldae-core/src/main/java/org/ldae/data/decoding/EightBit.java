package org.ldae.data.decoding;

import java.nio.ByteBuffer;

/** Pixels as unsigned bytes v in [0, 255] and as floats v / 127.5 - 1 in [-1, 1]. */
public final class EightBit {

    private static final float[] LEVELS = new float[256];

    static {
        for (int v = 0; v < LEVELS.length; v++) {
            LEVELS[v] = (float) (v / 127.5 - 1);
        }
    }

    private EightBit() {}

    public static void toFloats(byte[] pixels, float[] destination, int offset) {
        for (int i = 0; i < pixels.length; i++) {
            destination[offset + i] = LEVELS[pixels[i] & 0xff];
        }
    }

    /** From a buffer, whose position neither counts nor changes. */
    public static void toFloats(ByteBuffer pixels, int start, float[] destination, int offset, int length) {
        for (int i = 0; i < length; i++) {
            destination[offset + i] = LEVELS[pixels.get(start + i) & 0xff];
        }
    }

    /** Whether the pixels are levels, so that they could be put into the buffer without a loss. */
    public static boolean toBytes(float[] pixels, ByteBuffer destination) {
        for (int i = 0; i < pixels.length; i++) {
            byte level = level((pixels[i] + 1) * 127.5f);
            if (LEVELS[level & 0xff] != pixels[i]) {
                return false;
            }
            destination.put(i, level);
        }
        return true;
    }

    /** Rounds to the nearest level; what lies outside [-1, 1] is cut. */
    public static byte[] toBytes(float[] pixels, int offset, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = level((pixels[offset + i] + 1) * 127.5f);
        }
        return bytes;
    }

    /** The byte nearest to a number on the scale from 0 to 255. */
    public static byte level(float value) {
        return (byte) Math.max(0, Math.min(255, (int) (value + 0.5f)));
    }
}
