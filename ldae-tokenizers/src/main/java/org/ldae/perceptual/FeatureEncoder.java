package org.ldae.perceptual;

import java.util.List;
import java.util.stream.IntStream;
import org.ldae.compute.MapShape;
import org.ldae.core.TokenGrid;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.Inference;
import org.ldae.inference.Reading;
import org.ldae.inference.TokenMap;
import org.ldae.nn.conv.ConvNet;
import org.ldae.nn.conv.MapMemory;

/** A feature net as an encoder: each stage is a block, each pixel of its map a token. */
final class FeatureEncoder implements Encoder {

    private final FeatureNet net;
    private final TokenGrid grid;
    private final List<ConvNet> stages;

    FeatureEncoder(FeatureNet net, TokenGrid grid) {
        this.net = net;
        this.grid = grid;
        this.stages = net.body().stages(FeatureNet.sides(grid.image()));
    }

    @Override
    public TokenGrid grid() {
        return grid;
    }

    @Override
    public int blocks() {
        return stages.size();
    }

    @Override
    public Reading reading(Features features) {
        features.requireClean("a feature net");
        int[] blocks = features.blocksOf(blocks(), blocks());
        MapShape image = FeatureNet.sides(grid.image());
        Reading.Passes passes = (work, n) -> {
            FeaturePass pass = new FeaturePass(net.body(), work, image, n, FeaturePass.Purpose.REPRESENT);
            return (pixels, tokens, first) -> {
                pass.pixels().put(pixels);
                int[] read = new int[1];
                pass.forward(blocks[blocks.length - 1], (stage, maps) -> {
                    if (stage == blocks[read[0]]) {
                        maps.values().get(tokens[read[0]++]);
                    }
                });
            };
        };
        List<TokenMap> maps = IntStream.of(blocks)
                .mapToObj(block -> stages.get(block - 1).output())
                .map(map -> new TokenMap(map.height(), map.width(), map.channels()))
                .toList();
        Inference inference = Inference.of(net.parameters(), MapMemory.imagesAtOnce(stages.toArray(new ConvNet[0])));
        return new Reading(inference, grid, maps, features, passes);
    }

    /** The net stays open: it is another's. */
    @Override
    public void close() {}
}
