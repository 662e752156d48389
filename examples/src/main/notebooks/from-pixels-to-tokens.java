// %% [markdown]
// # From pixels to tokens
//
// A latent denoising autoencoder adds its noise not to pixels but to a few principal components of each patch. These cells cut images into
// patches, find the components, and look at what they keep.

// %%
import org.ldae.core.*;
import org.ldae.data.*;
import org.ldae.examples.Notebook;
import org.ldae.figures.*;
import org.ldae.inference.Patches;
import org.ldae.tokenizers.linear.PatchPCA;
import org.nd4j.linalg.api.ndarray.INDArray;
import java.util.List;

ImageSource images = NamedSet.FASHION_MNIST.sample().train().limit(2000);
System.out.println(images.size() + " images " + images.shape() + ", classes " + images.classNames());
INDArray some = images.images(0, 1, 2, 3, 4, 5, 6, 7);
Notebook.show(Figures.grid(some, 8, GridOptions.plain()));

// %% [markdown]
// Pixels lie in [-1, 1]. A grid cuts every image into patches: here 16 of 7 x 7 pixels, 49 numbers each.

// %%
TokenGrid grid = new TokenGrid(images.shape(), 7);
INDArray patches = Patches.of(grid).patchify(some);
System.out.println(List.of(patches.size(0), patches.size(1), patches.size(2)) + " = images, tokens, numbers");

// %% [markdown]
// The tokenizer is fitted in one pass over the images. Eight components of 49 hold most of the variance.

// %%
PatchPCA tokenizer = PatchPCA.fit(images, PatchPCA.patch(7).components(8), Rng.of(1), Progress.none());
for (int d : new int[] {1, 2, 4, 8, 16, 32}) {
    System.out.printf(java.util.Locale.ROOT, "%2d components: %.1f%% of the variance%n", d, 100 * tokenizer.explainedVarianceRatio(d));
}
INDArray filters = tokenizer.filters().orElseThrow(); // [8, 49], each of length 1
Notebook.show(Figures.grid(filters.reshape(8, 1, 7, 7).mul(3), 8, GridOptions.plain()));

// %% [markdown]
// Latents are centred and scaled, so that noise of standard deviation 1 means the same everywhere. Decoding gives what the components keep.

// %%
INDArray latents = tokenizer.encode(some);
System.out.println(List.of(latents.size(0), latents.size(1), latents.size(2)) + " = images, tokens, components");
System.out.printf(java.util.Locale.ROOT, "reconstruction error %.4f per pixel%n", tokenizer.reconstructionError(images));
INDArray kept = tokenizer.decode(latents);
Notebook.show(Figures.grid(List.of(some, kept), GridOptions.plain()));

// %% [markdown]
// The same noise on few components and on many: what a denoising autoencoder has to undo.

// %%
List<INDArray> rows = new java.util.ArrayList<>();
for (int d : new int[] {2, 8, 32}) {
    PatchPCA other = tokenizer.withComponents(d);
    INDArray z = other.encode(some);
    float[] noise = new float[(int) z.length()];
    Rng.of(2).normals(noise, 0, noise.length);
    INDArray eps = org.nd4j.linalg.factory.Nd4j.createFromArray(noise).reshape(z.shape());
    rows.add(other.decode(z.add(eps.mul(0.6))));
}
Notebook.show(Figures.grid(rows, GridOptions.plain()));
