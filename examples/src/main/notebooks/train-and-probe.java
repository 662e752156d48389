// %% [markdown]
// # Train and probe
//
// A small latent denoising autoencoder on 2,000 images, and what its features are worth to a linear classifier. Small enough to run while
// one waits: for numbers worth citing see `docs/results.md`.

// %%
import org.ldae.core.*;
import org.ldae.data.*;
import org.ldae.examples.Notebook;
import org.ldae.figures.*;
import org.ldae.inference.*;
import org.ldae.models.*;
import org.ldae.probe.*;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;

Dataset data = NamedSet.FASHION_MNIST.sample();
ImageSource train = data.train().limit(2000);
ImageSource test = data.test().limit(1000);
System.out.println(train.size() + " training and " + test.size() + " test images");

// %% [markdown]
// The recipe: one noise level on the components of 7 x 7 patches, a transformer of 2 + 2 blocks.

// %%
Recipe recipe = Recipe.singleLevel(PatchPCA.patch(7).components(8))
        .withDenoiser(VisionTransformer.tiny().withWidth(64, 2).withBlocks(2, 2))
        .withTraining(Training.steps(500).withBatchSize(64).withRate(2e-3));
System.out.println(recipe.schedule());

// %%
Trainer trainer = Trainer.start(recipe, train, Rng.of(1), Progress.none());
trainer.run(Progress.none());
double[] losses = trainer.losses();
System.out.printf(java.util.Locale.ROOT, "%d steps, loss %.3f at first, %.3f at last%n", losses.length, losses[0], losses[losses.length - 1]);
LatentDAE model = trainer.model();
trainer.close();

// %% [markdown]
// Features are the average token after the encoder. The same probe on the same network without training says what training added: after so
// few steps a point or so, which 1,000 test images hardly tell from chance. `docs/results.md` has trainings that are worth their name.

// %%
double accuracy(Encoder encoder) {
    Features features = Features.pooled();
    LinearProbe probe = LinearProbe.logistic().fit(encoder.represent(train, features), train.labels(), Rng.of(1), Progress.none());
    int[] predicted = probe.predict(encoder.represent(test, features));
    return Evaluation.of(test.labels(), predicted, 10).top1();
}

// %%
System.out.printf(java.util.Locale.ROOT, "trained   %.1f%%%n", 100 * accuracy(model));
LatentDAE untrained = LatentDAE.untrained(recipe, train, Rng.of(1));
System.out.printf(java.util.Locale.ROOT, "untrained %.1f%%%n", 100 * accuracy(untrained));
untrained.close();

// %% [markdown]
// It denoises, too: clean, noisy and denoised.

// %%
INDArray clean = test.images(0, 1, 2, 3, 4, 5, 6, 7);
double sigma = Math.sqrt(1.0 / 3);
INDArray noisy = model.addNoise(clean, sigma, Rng.of(3));
Notebook.show(Figures.grid(java.util.List.of(clean, noisy, model.denoise(noisy, sigma)), GridOptions.plain()));
model.close();
