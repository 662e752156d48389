package org.ldae.transformer;

import java.util.Arrays;
import org.ldae.compute.Backend;
import org.ldae.compute.Tensor;
import org.ldae.nn.Denoiser.Conditions;
import org.ldae.nn.Denoiser.Signature;
import org.ldae.nn.Linear;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;

/**
 * Turns the encoder of a network that is told the time into a plain ViT for one time: adaLN's shift and scale become the
 * norms', and its gates go into the layers before them (paper, section 3). Labels are not told.
 */
final class Folding {

    private final VisionTransformer net;
    private final Parameters from;
    private final Parameters to;

    Folding(VisionTransformer net, Parameters from, Parameters to) {
        this.net = net;
        this.from = from;
        this.to = to;
    }

    /** Copies what the plain encoder has in common with the network. */
    void copy() {
        for (String name : to.names()) {
            if (from.names().contains(name)) {
                put(name, numbers(name));
            }
        }
    }

    /** Folds the modulation of every block. */
    void fold(Signature signature, double time) {
        try (Workspace work = Workspace.inference(Backend.kernels(), from)) {
            Conditioner conditioner = new Conditioner(net, work, signature, 1);
            conditioner.forward(Conditions.at((float) time));
            Tensor condition = conditioner.condition().vector();
            Tensor values = work.allocate(1, 6 * net.width());
            for (int i = 0; i < net.encoderBlocks(); i++) {
                String name = VisionTransformer.blockName(i);
                new Linear(work, name + ".modulation").forward(condition, values);
                float[] parts = values.toArray();
                norm(name + ".norm1", part(parts, 0), part(parts, 1));
                gate(name + ".attention.projection", part(parts, 2));
                norm(name + ".norm2", part(parts, 3), part(parts, 4));
                gate(name + ".mlp.second", part(parts, 5));
            }
        }
    }

    private float[] part(float[] parts, int index) {
        return Arrays.copyOfRange(parts, index * net.width(), (index + 1) * net.width());
    }

    /** {@code norm(x) (1 + scale) + shift}. */
    private void norm(String name, float[] shift, float[] scale) {
        float[] weight = scale.clone();
        for (int i = 0; i < weight.length; i++) {
            weight[i] += 1;
        }
        put(name + ".weight", weight);
        put(name + ".bias", shift);
    }

    /** {@code gate (x W^T + b)}: each row of W belongs to one output. */
    private void gate(String name, float[] gate) {
        float[] weight = numbers(name + ".weight");
        float[] bias = numbers(name + ".bias");
        int inputs = weight.length / bias.length;
        for (int i = 0; i < weight.length; i++) {
            weight[i] *= gate[i / inputs];
        }
        for (int i = 0; i < bias.length; i++) {
            bias[i] *= gate[i];
        }
        put(name + ".weight", weight);
        put(name + ".bias", bias);
    }

    private float[] numbers(String name) {
        return from.view(from.values(), name).toArray();
    }

    private void put(String name, float[] numbers) {
        to.view(to.values(), name).put(numbers);
    }
}
