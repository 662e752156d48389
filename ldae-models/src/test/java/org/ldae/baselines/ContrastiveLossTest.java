package org.ldae.baselines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.ldae.core.Rng;
import org.ldae.models.Expect;
import org.ldae.testing.Golden;

/** Contrastive losses against PyTorch and closed forms (src/test/python/contrastive.py). */
class ContrastiveLossTest {

    private static float[] normals(int count, long seed) {
        float[] numbers = new float[count];
        Rng.of(seed).normals(numbers, 0, count);
        return numbers;
    }

    private static void put(BatchLoss loss, float[]... parts) {
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, loss.numbers(), at, part.length);
            at += part.length;
        }
        loss.differentiate();
    }

    @Test
    void ntXentIsPyTorchs() {
        Golden golden = Golden.read("models/contrastive-losses");
        NtXent loss = new NtXent(5, 7, 0.5);
        put(loss, golden.floats("queries"));
        assertEquals(golden.number("simclr.loss"), loss.value(), 1e-12);
        Expect.close("gradient", golden.floats("simclr.gradient"), loss.gradients(), 1e-6);
    }

    @Test
    void theLossAgainstKeysIsMoCoV3s() {
        Golden golden = Golden.read("models/contrastive-losses");
        KeyLoss loss = new KeyLoss(5, 7, 0.2);
        put(loss, golden.floats("queries"), golden.floats("keys"));
        assertEquals(golden.number("moco.loss"), loss.value(), 1e-12);
        Expect.close("gradient", golden.floats("moco.gradient"), loss.gradients(), 1e-6);
    }

    /** Nothing is told apart: the logarithm of the number of candidates. */
    @Test
    void atAHighTemperatureAllCandidatesAreEqual() {
        int images = 128;
        NtXent all = new NtXent(images, 256, 1e6);
        put(all, normals(2 * images * 256, 1));
        assertEquals(Math.log(2 * images - 1), all.value(), 1e-4);
        assertEquals(5.5413, all.value(), 1e-4);
        double temperature = 1e6;
        KeyLoss keys = new KeyLoss(images, 256, temperature);
        put(keys, normals(2 * images * 256, 1), normals(2 * images * 256, 2));
        // Two ways of twice the temperature each.
        assertEquals(4.8520, keys.value() / (4 * temperature), 1e-4);
    }

    @Test
    void viewsThatAgreeOnImagesThatDoNot() {
        int images = 8;
        double temperature = 0.1;
        float[] embeddings = new float[2 * images * images];
        for (int i = 0; i < 2 * images; i++) {
            embeddings[i * images + i / 2] = 3;
        }
        NtXent loss = new NtXent(images, images, temperature);
        put(loss, embeddings);
        assertEquals(Math.log(1 + (2 * images - 2) * Math.exp(-10)), loss.value(), 1e-12);
        KeyLoss keys = new KeyLoss(images, images, temperature);
        put(keys, embeddings, embeddings);
        assertEquals(4 * temperature * Math.log(1 + (images - 1) * Math.exp(-10)), keys.value(), 1e-12);
    }

    @Test
    void lowTemperaturesStayFinite() {
        NtXent loss = new NtXent(4, 5, 1e-3);
        put(loss, normals(40, 3));
        assertTrue(Double.isFinite(loss.value()));
    }

    @Test
    void aCollapseShows() {
        NtXent spread = new NtXent(256, 16, 0.5);
        put(spread, normals(2 * 256 * 16, 1));
        assertEquals(1, spread.spread(), 0.02);
        float[] same = new float[2 * 256 * 16];
        java.util.Arrays.fill(same, 0.3f);
        NtXent collapsed = new NtXent(256, 16, 0.5);
        put(collapsed, same);
        assertEquals(0, collapsed.spread(), 1e-6);
        assertEquals(Math.log(2 * 256 - 1), collapsed.value(), 1e-9);
        KeyLoss keys = new KeyLoss(256, 16, 0.5);
        put(keys, normals(2 * 256 * 16, 1), same);
        assertEquals(0, keys.spread(), 1e-6);
    }
}
