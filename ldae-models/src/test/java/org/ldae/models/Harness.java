package org.ldae.models;

import java.util.List;
import org.ldae.compute.Backend;
import org.ldae.core.Rng;
import org.ldae.nn.Parameters;
import org.ldae.nn.Workspace;
import org.ldae.tokenizers.Tokenizer;

/** A recipe's stages for some images on this thread, with what they need. */
final class Harness implements AutoCloseable {

    final Parameters parameters;
    final Workspace work;
    final DenoisingPass pass;

    Harness(Recipe recipe, Tokenizer tokenizer, int images) {
        this(new FittedRecipe(recipe, tokenizer, List.of()), images);
    }

    Harness(FittedRecipe fitted, int images) {
        parameters = fitted.layout().initialise(Rng.of(3));
        work = Workspace.training(Backend.kernels(), parameters);
        pass = new DenoisingPass(fitted, work, images);
    }

    /** Adds noise to every parameter, so that nothing stays zero. */
    void shake(double deviation) {
        float[] values = parameters.values().toArray();
        float[] noise = new float[parameters.count()];
        Rng.of(4).normals(noise, 0, noise.length);
        for (int i = 0; i < noise.length; i++) {
            values[i] += (float) (deviation * noise[i]);
        }
        parameters.values().put(values);
    }

    /** Gradients of the pass's last loss, all parameters in a row. */
    float[] gradients() {
        work.kernels().fill(work.gradients(), 0);
        pass.backward();
        return work.gradients().toArray();
    }

    @Override
    public void close() {
        work.close();
        parameters.close();
    }
}
