package org.ldae.core;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;

/** Damage as files meet it, and as strangers may make it: a function of the key alone. */
public final class Mutations {

    /** Numbers that length fields, counts and offsets go wrong at. */
    private static final int[] EDGES = {
        0, 1, 2, 7, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, -1, -2, 100_000
    };

    private static final int HEADER = 64;

    private final UniformRandomProvider random;

    private Mutations(Rng rng) {
        random = rng.generator();
    }

    /** One to three changes of a file; parts of the donor may come into it. Neither array is changed. */
    public static byte[] of(byte[] file, byte[] donor, Rng rng) {
        Mutations mutations = new Mutations(rng);
        byte[] changed = file.clone();
        for (int k = mutations.random.nextInt(1, 4); k > 0 && changed.length > 0; k--) {
            changed = mutations.once(changed, donor);
        }
        return changed;
    }

    private byte[] once(byte[] file, byte[] donor) {
        return switch (random.nextInt(8)) {
            case 0 -> Arrays.copyOf(file, random.nextInt(file.length));
            case 1 -> spliced(file, donor);
            case 2 -> withoutAPart(file);
            case 3, 4 -> withEdge(file);
            default -> withBitsFlipped(file);
        };
    }

    private byte[] withBitsFlipped(byte[] file) {
        for (int k = random.nextInt(1, 9); k > 0; k--) {
            file[place(file)] ^= (byte) (1 << random.nextInt(8));
        }
        return file;
    }

    /** A number of one, two or four bytes, of either order, over what was there. */
    private byte[] withEdge(byte[] file) {
        int value = EDGES[random.nextInt(EDGES.length)];
        int at = place(file);
        int bytes = 1 << random.nextInt(3);
        boolean bigEndian = random.nextBoolean();
        for (int i = 0; i < bytes && at + i < file.length; i++) {
            file[at + i] = (byte) (value >> (8 * (bigEndian ? bytes - 1 - i : i)));
        }
        return file;
    }

    /** A part of the donor in the place of a part of the file. */
    private byte[] spliced(byte[] file, byte[] donor) {
        int head = random.nextInt(file.length + 1);
        int tail = random.nextInt(head, file.length + 1);
        int from = random.nextInt(donor.length);
        ByteArrayOutputStream joined = new ByteArrayOutputStream();
        joined.write(file, 0, head);
        joined.write(donor, from, random.nextInt(Math.min(donor.length - from, 256) + 1));
        joined.write(file, tail, file.length - tail);
        return joined.toByteArray();
    }

    private byte[] withoutAPart(byte[] file) {
        int head = random.nextInt(file.length);
        int tail = Math.min(file.length, head + random.nextInt(1, 33));
        byte[] shorter = Arrays.copyOf(file, file.length - (tail - head));
        System.arraycopy(file, tail, shorter, head, file.length - tail);
        return shorter;
    }

    /** Half of the time in the first bytes, where headers are. */
    private int place(byte[] file) {
        return random.nextInt(random.nextBoolean() ? Math.min(file.length, HEADER) : file.length);
    }
}
