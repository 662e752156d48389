package org.ldae.nn.conv;

import java.util.Optional;
import org.ldae.compute.MapShape;
import org.ldae.nn.Parameters;

/** A layer of a {@link ConvNet} as a value: shapes and names, no memory. */
interface Layer {

    MapShape output();

    /** Numbers in the largest maps it makes of one image, those inside it included. */
    default int largest() {
        return output().size();
    }

    /** This layer if it is a convolution, which can add to what its maps hold. */
    default Optional<ConvolutionLayer> convolution() {
        return Optional.empty();
    }

    /** Whether a residual's branch may begin with it: it leaves the maps it reads as they are. */
    default boolean beginsBranch() {
        return false;
    }

    /** Whether it has a branch itself. */
    default boolean hasBranch() {
        return false;
    }

    default void declare(Parameters.Layout layout) {}

    Stage over(Maps x, MapMemory memory);

    /** A layer at work on the maps of n images. */
    interface Stage {

        Maps output();

        void forward();

        /**
         * Turns the gradient of the output into that of the input.
         *
         * @param learn whether to add to the gradients of its parameters; normalisations always do
         * @param beta 0 overwrites the input's gradient, 1 adds to it
         */
        void backward(boolean learn, float beta);
    }
}
