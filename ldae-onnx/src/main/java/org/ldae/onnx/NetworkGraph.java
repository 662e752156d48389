package org.ldae.onnx;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.ldae.core.TokenGrid;
import org.ldae.nn.Denoiser;
import org.ldae.transformer.VisionTransformer;
import org.ldae.unet.UNet;

/** A denoiser's layers. */
interface NetworkGraph {

    /** {@code [N, L, inputs] -> [N, L, outputs]}. */
    String predicted(String input);

    /** {@code [N, L, inputs] -> [N, T, M]} after each of some blocks, in ascending order. */
    List<String> tokens(String input, int[] blocks);

    /**
     * The layers over weights.
     *
     * @param condition {@code [N or 1, 1, C]} after SiLU that they are conditioned on, null for none
     * @throws IllegalArgumentException if the network can't be exported
     */
    static NetworkGraph of(Denoiser network, TokenGrid grid, Layers layers, @Nullable String condition) {
        Optional<NetworkGraph> transformer =
                network.as(VisionTransformer.class).map(net -> new TransformerGraph(net, grid, layers, condition));
        return transformer
                .or(() -> network.as(UNet.class).map(net -> new UNetGraph(net, grid, layers, condition)))
                .orElseThrow(() -> new IllegalArgumentException(
                        "ONNX: expected a vision transformer or a UNet as denoiser, got " + network));
    }
}
