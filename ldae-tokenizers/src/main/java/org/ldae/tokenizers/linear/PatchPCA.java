package org.ldae.tokenizers.linear;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.ldae.compute.Workers;
import org.ldae.core.ImageShape;
import org.ldae.core.NdArrays;
import org.ldae.core.Progress;
import org.ldae.core.RecordText;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.inference.Patches;
import org.ldae.linalg.EigenSolver;
import org.ldae.tokenizers.LatentScale;
import org.ldae.tokenizers.LinearTokenizer;
import org.ldae.tokenizers.SavedTensors;
import org.ldae.tokenizers.TokenizerOptions;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Patch-wise PCA: every patch is centred and projected on its leading principal components (paper, section 4.2).
 *
 * <pre>{@code
 * PatchPCA tokenizer = PatchPCA.fit(images, PatchPCA.patch(7).components(12));
 * INDArray latents = tokenizer.encode(x);    // [N, C, H, W] -> [N, L, 12]
 * INDArray back = tokenizer.decode(latents); // [N, L, 12] -> [N, C, H, W]
 * }</pre>
 *
 * <p>A latent is {@code z = scale * V_d (patch - mean)}, with {@code V V^T = I}. All D = P*P*C components are kept, so
 * {@link #withComponents} changes d without another fit. Fitting reads the images once, takes memory for one block of
 * them and then solves an eigenproblem of side D: at some thousand numbers a patch seconds, or minutes without OpenBLAS.
 */
public final class PatchPCA extends LinearTokenizer {

    private final Options options;
    private final PrincipalBasis basis;

    private PatchPCA(Options options, Patches patches, PrincipalBasis basis, double[] scale) {
        super(options, patches.grid(), basis.map(scale));
        this.options = options;
        this.basis = basis;
    }

    /**
     * Starts the options of a fit.
     *
     * @param patch patch side P in pixels, at least 1
     * @return what is left to say: {@code patch(7).components(12)}
     */
    public static Side patch(int patch) {
        return new Side(patch);
    }

    /**
     * As {@link #fit(ImageSource, Options, Rng, Progress)}, silently; which images are picked, if not all, is the same each
     * time.
     *
     * @param images at least one image, with more patches in all than components
     * @param options patch side, components and how to go about it
     * @return the fitted tokenizer
     */
    public static PatchPCA fit(ImageSource images, Options options) {
        return fit(images, options, Rng.of(0), Progress.none());
    }

    /**
     * Finds the principal components of all patches of the images.
     *
     * @param images at least one image, with more patches in all than components
     * @param options patch side, components and how to go about it
     * @param rng picks the images if there are more than the options' most
     * @param progress told after every block of images
     * @return the fitted tokenizer
     * @throws IllegalArgumentException if patch or components don't fit the images, if the images are too few, hold
     *     pixels that are not finite or don't vary
     */
    public static PatchPCA fit(ImageSource images, Options options, Rng rng, Progress progress) {
        ImageSource chosen = options.choose(images, rng);
        Patches patches = Patches.of(fitting(options, images.shape(), chosen.size()));
        return of(options, patches, () -> PatchMoments.of(chosen, patches, progress));
    }

    /** Refuses sizes that don't fit. */
    static TokenGrid fitting(Options options, ImageShape image, int images) {
        TokenGrid grid = new TokenGrid(image, options.patch());
        LinearSizes.requireFits("components", options.components(), grid);
        long count = (long) images * grid.tokens();
        if (count <= options.components()) {
            throw new IllegalArgumentException(
                    "images: expected more than %d patches for %d components, got %d from %d images; give more images or ask for fewer components"
                            .formatted(options.components(), options.components(), count, images));
        }
        return grid;
    }

    static PatchPCA of(Options options, Patches patches, Supplier<PatchMoments> moments) {
        // Components of equal variance turn with the last digit of a sum, and sums with the number of threads.
        PrincipalBasis basis = Workers.withSingleThreadedBlas(() -> PrincipalBasis.of(moments.get(), options.solver()));
        if (basis.variances()[0] == 0) {
            throw new IllegalArgumentException(
                    "images: expected patches that differ, got equal ones; are the images blank?");
        }
        return scaled(options, patches, basis);
    }

    /**
     * Makes a tokenizer again from what {@link #tensors} gave.
     *
     * @param options the options it was fitted with
     * @param image shape of the images
     * @param tensors float64 {@code mean}, {@code basis}, {@code eigenvalues} and {@code scale}; copied
     * @return a tokenizer equal in every number
     * @throws IllegalArgumentException if a tensor is missing, not finite or doesn't fit options and shape
     */
    public static PatchPCA restore(Options options, ImageShape image, Map<String, INDArray> tensors) {
        TokenGrid grid = new TokenGrid(image, options.patch());
        LinearSizes.requireFits("components", options.components(), grid);
        PrincipalBasis basis = PrincipalBasis.restore(tensors, grid.patchSize());
        double[] scale = SavedTensors.readPositive(tensors, "scale", options.components());
        return new PatchPCA(options, Patches.of(grid), basis, scale);
    }

    /**
     * The same fit with another number of components, for sweeps over d.
     *
     * @param components d, from 1 to P*P*C
     * @return another tokenizer, its scale computed for the new d
     * @throws IllegalArgumentException if d is out of range or the scale is not defined for it
     */
    public PatchPCA withComponents(int components) {
        Options recut = options.withComponents(components);
        LinearSizes.requireFits("components", components, grid());
        return scaled(recut, Patches.of(grid()), basis);
    }

    /**
     * What it was fitted with.
     *
     * @return the options, with the components of {@link #withComponents} if it was called
     */
    @Override
    public Options options() {
        return options;
    }

    /**
     * The full orthonormal basis V, not only the kept components; rows are components of falling variance, and the
     * entry of largest magnitude in each is positive.
     *
     * @return a new array {@code [P*P*C, P*P*C]}
     */
    public INDArray basis() {
        long size = grid().patchSize();
        return NdArrays.of(NdArrays.floats(basis.vectors()), size, size);
    }

    /**
     * Variance of the unscaled patches along every component (the covariance's eigenvalues, divided by the number of
     * patches), in pixels squared. The sum of those dropped, divided by P*P*C, is the {@link #reconstructionError} over
     * the images of the fit.
     *
     * @return P*P*C numbers of at least 0 in descending order
     */
    public double[] explainedVariance() {
        return basis.variances().clone();
    }

    /**
     * The part of all variance that the leading components hold.
     *
     * @param components how many, from 0 to P*P*C
     * @return between 0 and 1
     */
    public double explainedVarianceRatio(int components) {
        double[] variances = basis.variances();
        if (components < 0 || components > variances.length) {
            throw new IllegalArgumentException(
                    "components: expected 0 to P*P*C = %d, got %d".formatted(variances.length, components));
        }
        double leading = Arrays.stream(variances, 0, components).sum();
        return leading
                / (leading
                        + Arrays.stream(variances, components, variances.length).sum());
    }

    /**
     * Everything {@link #restore} needs besides options and image shape.
     *
     * @return new float64 arrays {@code mean [P*P*C]}, {@code basis [P*P*C, P*P*C]}, {@code eigenvalues [P*P*C]} and
     *     {@code scale [D]}
     */
    @Override
    public Map<String, INDArray> tensors() {
        return basis.tensors(map().scale());
    }

    @Override
    public String toString() {
        return "PatchPCA[%s, %d of %d components, %s, %.1f%% of the variance]"
                .formatted(
                        grid(),
                        dimension(),
                        grid().patchSize(),
                        options.scale(),
                        100 * explainedVarianceRatio(dimension()));
    }

    private static PatchPCA scaled(Options options, Patches patches, PrincipalBasis basis) {
        return new PatchPCA(
                options,
                patches,
                basis,
                options.scale().factors(Arrays.copyOf(basis.variances(), options.components())));
    }

    /**
     * A patch side that waits for its number of components.
     *
     * @param patch patch side P in pixels, at least 1
     */
    public record Side(int patch) {

        /**
         * Completes the options: one global latent scale, the fastest eigensolver at hand, all images.
         *
         * @param components latent numbers d per token, from 1 to P*P*C
         * @return the options
         */
        public Options components(int components) {
            return new Options(patch, components, LatentScale.GLOBAL, EigenSolver.AUTO, Integer.MAX_VALUE);
        }
    }

    /**
     * How to fit, as a plain value.
     *
     * @param patch patch side P in pixels, at least 1
     * @param components latent numbers d per token, from 1 to P*P*C
     * @param scale how latents are scaled
     * @param solver what finds the eigenvectors
     * @param maxImages most images to use, at least 1
     * @serial exclude
     */
    @SuppressWarnings("InvalidBlockTag") // Javadoc knows the tag: a record's fields can't be described
    public record Options(int patch, int components, LatentScale scale, EigenSolver solver, int maxImages)
            implements TokenizerOptions, Serializable {

        /**
         * Checks what can be checked before the images are known.
         *
         * @param patch patch side P in pixels, at least 1
         * @param components latent numbers d per token, from 1 to P*P*C
         * @param scale how latents are scaled
         * @param solver what finds the eigenvectors
         * @param maxImages most images to use, at least 1
         */
        public Options {
            LinearSizes.requirePositive("patch", patch);
            LinearSizes.requirePositive("components", components);
            LinearSizes.requirePositive("maxImages", maxImages);
        }

        /**
         * Changes the number of components.
         *
         * @param components latent numbers d per token, from 1 to P*P*C
         * @return other options
         */
        public Options withComponents(int components) {
            return new Options(patch, components, scale, solver, maxImages);
        }

        @Override
        public int dimension() {
            return components;
        }

        @Override
        public Options withDimension(int dimension) {
            return withComponents(dimension);
        }

        @Override
        public boolean linear() {
            return true;
        }

        @Override
        public boolean orthonormal() {
            return true;
        }

        @Override
        public PatchPCA fit(ImageSource images, Rng rng, Progress progress) {
            return PatchPCA.fit(images, this, rng, progress);
        }

        @Override
        public PatchPCA restore(ImageShape image, Map<String, INDArray> tensors) {
            return PatchPCA.restore(this, image, tensors);
        }

        /**
         * Changes the latent scale; the default is {@link LatentScale#GLOBAL}.
         *
         * @param scale how latents are scaled
         * @return other options
         */
        public Options withScale(LatentScale scale) {
            return new Options(patch, components, scale, solver, maxImages);
        }

        /**
         * Changes the eigensolver; the default is {@link EigenSolver#AUTO}.
         *
         * @param solver what finds the eigenvectors
         * @return other options
         */
        public Options withSolver(EigenSolver solver) {
            return new Options(patch, components, scale, solver, maxImages);
        }

        /**
         * Fits on some of the images, drawn without replacement; the default is all.
         *
         * @param maxImages most images to use, at least 1
         * @return other options
         */
        public Options withImages(int maxImages) {
            return new Options(patch, components, scale, solver, maxImages);
        }

        ImageSource choose(ImageSource images, Rng rng) {
            if (images.size() <= maxImages) {
                return images;
            }
            int[] picks = Arrays.copyOf(rng.stream("patch-pca").permutation(images.size()), maxImages);
            // In file order, which is the fastest to read.
            Arrays.sort(picks);
            return images.select(picks);
        }

        /** Sizes, and what else is not as usual. */
        @Override
        public String toString() {
            Options usual = new Side(patch).components(components);
            return RecordText.line(name(), RecordText.told(this, usual, "patch", "components"));
        }
    }
}
