package org.ldae.onnx;

import org.ldae.core.ImageShape;
import org.ldae.core.TokenGrid;

/** Cuts images into patches and puts them together, as {@link org.ldae.inference.Patches}. */
record PatchGraph(Graph graph, TokenGrid grid) {

    /** {@code [N, C, H, W] -> [N, L, P*P*C]}. */
    String cut(String images) {
        String cells = graph.reshape(
                images, 0, grid.image().channels(), grid.rows(), grid.patch(), grid.columns(), grid.patch());
        return graph.reshape(graph.transpose(cells, 0, 2, 4, 3, 5, 1), 0, grid.tokens(), grid.patchSize());
    }

    /** {@code [N, L, P*P*C] -> [N, C, H, W]}. */
    String paste(String patches) {
        ImageShape image = grid.image();
        String cells =
                graph.reshape(patches, 0, grid.rows(), grid.columns(), grid.patch(), grid.patch(), image.channels());
        return graph.reshape(
                graph.transpose(cells, 0, 5, 1, 3, 2, 4), 0, image.channels(), image.height(), image.width());
    }
}
