package org.ldae.transformer;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.ldae.core.RecordText;
import org.ldae.core.Rng;
import org.ldae.nn.Attention;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Linear;
import org.ldae.nn.Norm;
import org.ldae.nn.Parameters;
import org.ldae.nn.Parameters.Init;
import org.ldae.nn.Workspace;

/**
 * A Vision Transformer whose first blocks are the encoder and last blocks the decoder (paper, section 3: the two halves of
 * DiT-L).
 *
 * <p>Tokens are embedded, fixed 2-D sine-cosine positions added, and blocks of attention and MLP follow. With time
 * conditioning the blocks are DiT's adaLN-Zero; without it they are a plain pre-norm ViT's. A {@link Variant} tells what an
 * encoder that was trained elsewhere has beside or instead.
 *
 * @param width M, a multiple of 4 and of the heads
 * @param heads attention heads
 * @param encoderBlocks blocks up to the representation
 * @param decoderBlocks blocks after it, at least 0
 * @param mlpRatio hidden width of the MLP over M, finite and at least 0.5 / M
 * @param conditioning how the blocks learn time and label
 * @param conditionWidth numbers that time and label become before they reach the blocks, at least 4; unused without
 *     conditioning
 * @param variant what differs from DiT's form, such as a class token; null for nothing
 */
public record VisionTransformer(
        int width,
        int heads,
        int encoderBlocks,
        int decoderBlocks,
        double mlpRatio,
        Conditioning conditioning,
        int conditionWidth,
        @Nullable Variant variant)
        implements Denoiser, PlainFolding {

    /** Name of the layer that embeds tokens. */
    public static final String EMBED = "embed";

    /** Name of the norm after the last block. */
    public static final String NORM = "norm";

    /** How the blocks learn the time, and the label if the run is told labels. */
    public enum Conditioning {
        /** Shift, scale and gate of every block are predicted from time and label, and start at zero (DiT). */
        ADALN_ZERO,
        /** Not at all, even when the schedule has many levels. */
        NONE
    }

    /**
     * Checks the sizes.
     *
     * @param width M, a multiple of 4 and of the heads
     * @param heads attention heads
     * @param encoderBlocks blocks up to the representation
     * @param decoderBlocks blocks after it, at least 0
     * @param mlpRatio hidden width of the MLP over M, positive
     * @param conditioning how the blocks learn time and label
     * @param conditionWidth numbers that time and label become before they reach the blocks, at least 4
     * @param variant what differs from DiT's form, such as a class token; null for nothing
     */
    public VisionTransformer {
        variant = Variant.none().equals(variant) ? null : variant;
        if (width < 4 || width % 4 != 0 || heads < 1 || width % heads != 0) {
            throw new IllegalArgumentException(
                    "vision transformer: expected a width that is a multiple of 4 and of the heads, got width %d, heads %d"
                            .formatted(width, heads));
        }
        // Half a hidden number is rounded up to one.
        boolean ratio = mlpRatio * width >= 0.5 && mlpRatio < Double.POSITIVE_INFINITY;
        if (encoderBlocks < 1 || decoderBlocks < 0 || !ratio) {
            throw new IllegalArgumentException(
                    "vision transformer: expected encoder blocks >= 1, decoder blocks >= 0 and a finite MLP ratio of at least 0.5 / width, got %d, %d, %s"
                            .formatted(encoderBlocks, decoderBlocks, mlpRatio));
        }
        if (conditionWidth < 4) {
            throw new IllegalArgumentException(
                    "vision transformer: expected a condition width of at least 4, got " + conditionWidth);
        }
    }

    /**
     * A network of DiT's form.
     *
     * @param width M, a multiple of 4 and of the heads
     * @param heads attention heads
     * @param encoderBlocks blocks up to the representation
     * @param decoderBlocks blocks after it, at least 0
     * @param mlpRatio hidden width of the MLP over M, positive
     * @param conditioning how the blocks learn time and label
     * @param conditionWidth numbers that time and label become before they reach the blocks, at least 4
     */
    public VisionTransformer(
            int width,
            int heads,
            int encoderBlocks,
            int decoderBlocks,
            double mlpRatio,
            Conditioning conditioning,
            int conditionWidth) {
        this(width, heads, encoderBlocks, decoderBlocks, mlpRatio, conditioning, conditionWidth, null);
    }

    /**
     * Width 192, 3 heads, 6 + 6 blocks: for small images on a CPU.
     *
     * @return the architecture
     */
    public static VisionTransformer tiny() {
        return sized(192, 3, 6, 6);
    }

    /**
     * Width 384, 6 heads, 6 + 6 blocks.
     *
     * @return the architecture
     */
    public static VisionTransformer small() {
        return sized(384, 6, 6, 6);
    }

    /**
     * The paper's encoder ViT-B (width 768, 12 blocks, 86M parameters) with a decoder of 12 blocks, which the paper leaves
     * unstated.
     *
     * @return the architecture
     */
    public static VisionTransformer base() {
        return sized(768, 12, 12, 12);
    }

    /**
     * The paper's default: DiT-L (width 1024, 24 blocks), its first 12 blocks the encoder ("half L").
     *
     * @return the architecture
     */
    public static VisionTransformer halfLarge() {
        return sized(1024, 16, 12, 12);
    }

    /**
     * The paper's encoder ViT-L (width 1024, 24 blocks, 304M parameters) with a decoder of 12 blocks, which the paper leaves
     * unstated.
     *
     * @return the architecture
     */
    public static VisionTransformer large() {
        return sized(1024, 16, 24, 12);
    }

    /** A quarter of DiT's (paper, appendix). */
    private static int quarter(int width) {
        return Math.max(4, width / 4);
    }

    private static VisionTransformer sized(int width, int heads, int encoder, int decoder) {
        return new VisionTransformer(width, heads, encoder, decoder, 4, Conditioning.ADALN_ZERO, quarter(width));
    }

    /**
     * Another width; the condition's becomes a quarter of it.
     *
     * @param newWidth M
     * @param newHeads heads, a divisor of M
     * @return a copy
     */
    public VisionTransformer withWidth(int newWidth, int newHeads) {
        return new VisionTransformer(
                newWidth, newHeads, encoderBlocks, decoderBlocks, mlpRatio, conditioning, quarter(newWidth), variant);
    }

    /**
     * Other depths.
     *
     * @param encoder blocks up to the representation
     * @param decoder blocks after it
     * @return a copy
     */
    public VisionTransformer withBlocks(int encoder, int decoder) {
        return new VisionTransformer(width, heads, encoder, decoder, mlpRatio, conditioning, conditionWidth, variant);
    }

    /**
     * Another way to learn time and label.
     *
     * @param newConditioning how
     * @return a copy
     */
    public VisionTransformer withConditioning(Conditioning newConditioning) {
        return new VisionTransformer(
                width, heads, encoderBlocks, decoderBlocks, mlpRatio, newConditioning, conditionWidth, variant);
    }

    /**
     * Another width of the condition: {@code withConditionWidth(width())} is DiT's, the default is the paper's quarter.
     *
     * @param newWidth at least 4
     * @return a copy
     */
    public VisionTransformer withConditionWidth(int newWidth) {
        return new VisionTransformer(
                width, heads, encoderBlocks, decoderBlocks, mlpRatio, conditioning, newWidth, variant);
    }

    /**
     * Another form of the layers.
     *
     * @param form what differs from DiT's
     * @return a copy
     */
    public VisionTransformer withVariant(Variant form) {
        return new VisionTransformer(
                width, heads, encoderBlocks, decoderBlocks, mlpRatio, conditioning, conditionWidth, form);
    }

    /**
     * The form of the layers.
     *
     * @return the variant, or the one that differs in nothing
     */
    public Variant form() {
        return variant == null ? Variant.none() : variant;
    }

    /**
     * The same network without the encoder's last norm, for what normalises after it.
     *
     * @return a copy, or this if there is none
     */
    public VisionTransformer withoutLastNorm() {
        return withVariant(form().withLastNorm(false));
    }

    @Override
    public int blocks() {
        return encoderBlocks + decoderBlocks;
    }

    @Override
    public int width(int block) {
        return width;
    }

    @Override
    public boolean takesTime() {
        return conditioning == Conditioning.ADALN_ZERO;
    }

    @Override
    public boolean takesLabels() {
        return conditioning == Conditioning.ADALN_ZERO;
    }

    /**
     * Whether the blocks are conditioned on time or label.
     *
     * @param signature what goes in and out
     * @return true for adaLN-Zero and a run that is timed or told labels
     */
    public boolean conditioned(Signature signature) {
        return (signature.timed() || signature.classes() > 0) && conditioning == Conditioning.ADALN_ZERO;
    }

    /**
     * Parameters of the encoder alone as a plain ViT (time folded away): embedding without positions, encoder blocks and a
     * last norm.
     *
     * @param inputs numbers in an input token, such as 768
     * @return their count
     */
    public long encoderParameters(int inputs) {
        Parameters.Layout layout = Parameters.layout();
        Linear.declare(layout, EMBED, new Linear.Sides(inputs, width), Init.XAVIER_UNIFORM);
        Blocks.declare(layout, encoderStack(1, 1));
        Norm.declare(layout, NORM, width);
        return layout.count();
    }

    /**
     * Declares the encoder alone as a plain ViT: {@code embed} and {@code blocks.NN} as in the whole network, and a last norm if
     * the variant has one.
     *
     * @param layout what they are added to
     * @param signature numbers in an input token, and the grid of tokens
     */
    public void encoder(Parameters.Layout layout, Signature signature) {
        Embedding.declare(layout, this, signature);
        Blocks.declare(layout, encoderStack(1, 1));
        if (form().lastNorm()) {
            Norm.declare(layout, NORM, width);
        }
    }

    @Override
    public VisionTransformer plain() {
        return withConditioning(Conditioning.NONE);
    }

    /** {@inheritDoc} adaLN-Zero's modulation is constant then, and goes into norms and weights. */
    @Override
    public Parameters plainEncoder(Parameters trained, Signature signature, double time) {
        Parameters.Layout layout = Parameters.layout();
        encoder(layout, signature);
        Parameters plain = layout.initialise(Rng.of(0));
        Folding folding = new Folding(this, trained, plain);
        folding.copy();
        if (conditioned(signature)) {
            folding.fold(signature, time);
        }
        return plain;
    }

    Blocks.Stack encoderStack(int tokens, int rows) {
        return new Blocks.Stack("", this, encoderBlocks, tokens, rows);
    }

    @Override
    public Parameters.Layout layout(Signature signature) {
        if (form().classToken() || form().lastNorm()) {
            throw new IllegalArgumentException(
                    "vision transformer: expected a denoiser without class token and without a norm between encoder and decoder, got %s; such an encoder is fine-tuned or represents"
                            .formatted(form()));
        }
        boolean conditioned = conditioned(signature);
        Parameters.Layout layout = Parameters.layout();
        Embedding.declare(layout, this, signature);
        if (conditioned) {
            Conditioner.declare(layout, this, signature);
        }
        for (int i = 0; i < blocks(); i++) {
            Block.declare(layout, blockName(i), this, conditioned);
        }
        if (conditioned) {
            Linear.declare(layout, "modulation", new Linear.Sides(conditionWidth(), 2 * width), Init.ZEROS);
        } else {
            Norm.declare(layout, NORM, width);
        }
        // DiT starts its last layer at zero; a plain ViT does not.
        Linear.declare(
                layout,
                "head",
                new Linear.Sides(width, signature.outputs()),
                conditioned ? Init.ZEROS : Init.XAVIER_UNIFORM);
        return layout;
    }

    @Override
    public Pass pass(Workspace work, Signature signature, int images) {
        return new TransformerPass(this, work, signature, images);
    }

    /**
     * Numbers between the two linears of an MLP.
     *
     * @return the width times the ratio, rounded
     */
    public int hiddenWidth() {
        return (int) Math.round(width * mlpRatio);
    }

    Attention.Sizes attentionSizes(int tokens) {
        return new Attention.Sizes(width, heads, tokens);
    }

    /**
     * What the tensors of a block are called before their own names.
     *
     * @param index from 0
     * @return such as {@code blocks.07}
     */
    public static String blockName(int index) {
        return String.format(Locale.ROOT, "blocks.%02d", index);
    }

    /** Sizes and conditioning, and what else is not as usual. */
    @Override
    public String toString() {
        VisionTransformer usual =
                sized(width, heads, encoderBlocks, decoderBlocks).withConditioning(conditioning);
        return RecordText.line(
                "VisionTransformer",
                RecordText.told(this, usual, "width", "heads", "encoderBlocks", "decoderBlocks", "conditioning"));
    }
}
