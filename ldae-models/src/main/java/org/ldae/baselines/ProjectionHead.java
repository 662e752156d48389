package org.ldae.baselines;

import org.ldae.nn.Linear;
import org.ldae.nn.Norm;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/**
 * A head between an encoder and a contrastive loss: linear layers with LayerNorm and ReLU between them. The papers use batch
 * normalisation, which would tie threads together within a pass.
 *
 * @param layers linear layers; 0 for a head that changes nothing
 * @param hidden numbers between them, at least 1
 * @param outputs numbers in an embedding, at least 1
 */
public record ProjectionHead(int layers, int hidden, int outputs) {

    /**
     * Checks the sizes.
     *
     * @param layers linear layers
     * @param hidden numbers between them, at least 1
     * @param outputs numbers in an embedding, at least 1
     */
    public ProjectionHead {
        if (layers < 0 || hidden < 1 || outputs < 1) {
            throw new IllegalArgumentException(
                    "projection head: expected layers >= 0 and positive widths, got %d, %d and %d"
                            .formatted(layers, hidden, outputs));
        }
    }

    /**
     * A head that changes nothing.
     *
     * @return no layers
     */
    public static ProjectionHead none() {
        return new ProjectionHead(0, 1, 1);
    }

    private int width(int layer) {
        return layer == layers - 1 ? outputs : hidden;
    }

    static String linear(String name, int layer) {
        return name + ".linear" + (layer + 1);
    }

    static String norm(String name, int layer) {
        return name + ".norm" + (layer + 1);
    }

    void declare(Parameters.Layout layout, String name, int inputs) {
        for (int i = 0; i < layers; i++) {
            int before = i == 0 ? inputs : hidden;
            Linear.declare(layout, linear(name, i), new Linear.Sides(before, width(i)), Parameters.Init.XAVIER_UNIFORM);
            if (i < layers - 1) {
                Norm.declare(layout, norm(name, i), hidden);
            }
        }
    }

    HeadPass pass(Workspace work, String name, int rows) {
        return new HeadPass(this, work, name, rows);
    }
}
