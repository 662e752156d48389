package org.ldae.unet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.core.TokenGrid;
import org.ldae.nn.ConditionEmbedding;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.ConvNet;
import org.ldae.nn.conv.ConvPass;
import org.ldae.nn.conv.MapMemory;
import org.ldae.nn.conv.Maps;

/** The layers of a {@link UNet} and their scratch memory for n images; belongs to one thread. */
final class UNetPass implements Denoiser.Pass {

    private final Workspace work;
    private final TokenGrid grid;
    private final int images;
    private final @Nullable ConditionEmbedding conditions;
    private final MapMemory memory;
    private final Tensor input;
    private final List<Live> units = new ArrayList<>();
    /** For each block the unit it is. */
    private final List<Live> blocks = new ArrayList<>();
    /** By the shape of coarser maps, tokens made of their pixels. */
    private final Map<MapShape, Spread> spread = new HashMap<>();

    UNetPass(UNet net, Workspace work, Denoiser.Signature signature, int images) {
        this.work = work;
        this.grid = signature.grid();
        this.images = images;
        this.conditions =
                UNet.told(signature) ? new ConditionEmbedding(work, net.embedding(), signature, images) : null;
        List<Unit> plan = net.units(signature);
        ConvNet[] nets = plan.stream().map(Unit::net).toArray(ConvNet[]::new);
        MapMemory plain =
                work.trains() ? MapMemory.training(work, images, nets) : MapMemory.inference(work, images, nets);
        this.memory = conditions == null ? plain : plain.telling(conditions);
        this.input = work.allocate(images * grid.tokens(), signature.inputs());
        Maps x = new Maps(nets[0].input(), input, null, 0);
        Deque<Live> waiting = new ArrayDeque<>();
        for (Unit unit : plan) {
            Live live = new Live(unit, x, unit.role().joins() ? waiting.pop() : null);
            units.add(live);
            if (unit.role().kept()) {
                waiting.push(live);
            }
            if (unit.role().block()) {
                blocks.add(live);
            }
            x = live.pass.output();
        }
        for (Live block : blocks) {
            MapShape shape = block.pass.output().shape();
            if (shape.pixels() != grid.tokens()) {
                spread.computeIfAbsent(shape, Spread::new);
            }
        }
    }

    /** Which pixel of coarser maps each token lies in, and tokens made of them. */
    private final class Spread {
        private final int[] pixels = new int[images * grid.tokens()];
        private final Tensor tokens;

        Spread(MapShape shape) {
            int factor = grid.rows() / shape.height();
            Arrays.setAll(pixels, i -> {
                int token = i % grid.tokens();
                int row = token / grid.columns() / factor;
                return i / grid.tokens() * shape.pixels() + row * shape.width() + token % grid.columns() / factor;
            });
            this.tokens = work.allocate(pixels.length, shape.channels());
        }
    }

    /** A unit at work. */
    private final class Live {
        private final ConvPass pass;
        /** Its maps for later; in memory of their own if the pass's is used again. */
        private final Tensor output;
        /** Gradient that the way up leaves for its maps. */
        private final @Nullable Tensor waiting;

        private final @Nullable Join join;

        Live(Unit unit, Maps x, @Nullable Live beside) {
            Unit.Role role = unit.role();
            Maps both = beside == null ? x : memory.next(x, unit.net().input());
            this.pass = unit.net().pass(both, memory);
            Maps y = pass.output();
            boolean later = role.kept() || role.block();
            this.output = later && !work.trains() ? allocate(y.shape()) : y.values();
            this.waiting = role.kept() && work.trains() ? allocate(y.shape()) : null;
            this.join = beside == null ? null : Join.of(both, x, beside);
        }

        private Tensor allocate(MapShape shape) {
            return work.allocate(images * shape.pixels(), shape.channels());
        }

        void forward() {
            if (join != null) {
                join.values.gather(work.kernels());
            }
            pass.forward();
            if (output != pass.output().values()) {
                work.kernels().copy(pass.output().values(), output);
            }
        }

        void backward() {
            if (waiting != null) {
                work.kernels().addScaled(1, waiting, pass.output().gradient());
            }
            pass.backward(true);
            if (join != null && join.gradients != null) {
                join.gradients.scatter(work.kernels());
            }
        }
    }

    /** What a unit of the way up reads: the maps before it and those that waited. */
    private record Join(Columns values, @Nullable Columns gradients) {

        static Join of(Maps both, Maps before, Live beside) {
            Columns values = Columns.of(both.values(), before.values(), beside.output);
            return new Join(
                    values,
                    beside.waiting == null ? null : Columns.of(both.gradient(), before.gradient(), beside.waiting));
        }
    }

    /** Two matrices and views of the columns of a third that take them side by side. */
    private record Columns(Tensor left, Tensor first, Tensor right, Tensor second) {

        static Columns of(Tensor both, Tensor first, Tensor second) {
            return new Columns(
                    both.columns(0, first.columns()), first, both.columns(first.columns(), second.columns()), second);
        }

        void gather(Kernels kernels) {
            kernels.copy(first, left);
            kernels.copy(second, right);
        }

        void scatter(Kernels kernels) {
            kernels.copy(left, first);
            kernels.copy(right, second);
        }
    }

    @Override
    public Tensor input() {
        return input;
    }

    @Override
    public Tensor forward(Denoiser.Conditions at) {
        return run(at, units.get(units.size() - 1));
    }

    @Override
    public Tensor features(Denoiser.Conditions at, int block) {
        run(at, blocks.get(block - 1));
        return tokens(block);
    }

    @Override
    public Tensor earlier(Denoiser.Conditions at, int block) {
        return tokens(block);
    }

    private Tensor run(Denoiser.Conditions at, Live last) {
        if (conditions != null) {
            conditions.forward(at);
        }
        for (Live unit : units) {
            unit.forward();
            if (unit == last) {
                break;
            }
        }
        return last.output; // [n L, outputs]
    }

    /** A block's maps with each pixel repeated over the tokens that it stands for. */
    private Tensor tokens(int block) {
        Live unit = blocks.get(block - 1);
        Spread coarse = spread.get(unit.pass.output().shape());
        if (coarse == null) {
            return unit.output;
        }
        work.kernels().gatherRows(unit.output, coarse.pixels, coarse.tokens);
        return coarse.tokens; // [n L, M]
    }

    @Override
    public void backward(Tensor dPrediction) {
        if (conditions != null) {
            conditions.clearGradient();
        }
        work.kernels()
                .copy(dPrediction, units.get(units.size() - 1).pass.output().gradient());
        for (int i = units.size() - 1; i >= 0; i--) {
            units.get(i).backward();
        }
        if (conditions != null) {
            conditions.backward();
        }
    }
}
