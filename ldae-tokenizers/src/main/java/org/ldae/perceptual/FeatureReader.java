package org.ldae.perceptual;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.Safetensors;
import org.ldae.compute.ConvolutionShape;
import org.ldae.compute.MapShape;
import org.ldae.compute.Window;
import org.ldae.nn.Parameters;
import org.ldae.nn.conv.Convolution;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads feature nets from safetensors files of the layouts it knows by their tensors' names. */
final class FeatureReader {

    private static final int NAMES_SHOWN = 12;

    private final Safetensors file;

    private FeatureReader(Safetensors file) {
        this.file = file;
    }

    /** The numbers of one parameter. */
    private interface Source {
        float[] of(Parameters.Slot slot) throws IOException;
    }

    static FeatureNet read(Safetensors file) throws IOException {
        FeatureReader reader = new FeatureReader(file);
        if (file.has("in.weight") && file.has("head.weight") && file.has("stages.0.0.norm1.weight")) {
            return reader.fill(reader.ownBody(), reader::plain);
        }
        if (file.has("conv1.weight") && file.has("layer1.0.bn2.running_var") && file.has("linear.weight")) {
            return reader.fill(reader.resNetBody(), reader::folded);
        }
        if (file.has("features.0.weight") && !file.has("features.1.weight")) {
            return reader.fill(reader.vggBody(), reader::convolution);
        }
        throw new CheckpointException(
                file.file(),
                "expected a feature net saved by this library, a residual network of CIFAR-10 (conv1, layer1.0.bn1, ..., linear) or a VGG (features.0, ...), got %d tensors %s%s"
                        .formatted(
                                file.names().size(),
                                file.names().stream().limit(NAMES_SHOWN).toList(),
                                file.names().size() > NAMES_SHOWN ? " and more" : ""));
    }

    private FeatureNet fill(Body body, Source source) throws IOException {
        Parameters.Layout layout = FeatureNet.layout(body);
        requireHeld(layout.count());
        Parameters parameters = layout.zeros();
        try {
            for (Parameters.Slot slot : parameters.slots()) {
                float[] values = source.of(slot);
                if (values.length != slot.rows() * slot.columns()) {
                    throw new CheckpointException(
                            file.file(),
                            "tensor %s: expected %d x %d numbers for %s, got %d"
                                    .formatted(slot.name(), slot.rows(), slot.columns(), body, values.length));
                }
                requireFinite(slot.name(), values);
                parameters.view(parameters.values(), slot.name()).put(values);
            }
            return new FeatureNet(body, parameters);
        } catch (IOException | RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    /** Folding changes how many numbers a net has, but never doubles them; sizes that say otherwise are refused before memory is taken. */
    private void requireHeld(long parameters) throws IOException {
        long held = 0;
        for (String name : file.names()) {
            held += Arrays.stream(file.shape(name)).reduce(1, (a, b) -> a * b);
        }
        if (parameters / 2 > held) {
            throw new CheckpointException(
                    file.file(),
                    "expected tensors for about %d numbers, as their shapes say, got %d; is the file damaged?"
                            .formatted(parameters, held));
        }
    }

    private void requireFinite(String name, float[] values) throws IOException {
        for (float value : values) {
            if (!Float.isFinite(value)) {
                throw new CheckpointException(
                        file.file(),
                        "tensor %s: expected finite numbers, got %s; the file is damaged".formatted(name, value));
            }
        }
    }

    private Body ownBody() throws IOException {
        int width = rows("in.weight");
        int channels = Math.toIntExact(file.shape("in.weight")[1] / 9);
        return new NormalisedBody(channels, rows("head.weight"), width, count("stages.0.%s.conv1.weight", 0));
    }

    private Body resNetBody() throws IOException {
        List<Integer> widths = new ArrayList<>();
        for (int stage = 1; file.has("layer%s.0.conv2.weight".formatted(stage)); stage++) {
            widths.add(rows("layer%s.0.conv2.weight".formatted(stage)));
        }
        return new FoldedResNet(widths, count("layer1.%s.conv1.weight", 0), rows("linear.weight"));
    }

    /** A pooling stands where the next convolution comes three places later instead of two. */
    private Body vggBody() throws IOException {
        List<List<Vgg.Conv>> stages = new ArrayList<>();
        List<Vgg.Conv> stage = new ArrayList<>();
        for (int index = 0; file.has("features.%s.weight".formatted(index)); ) {
            stage.add(new Vgg.Conv(index, rows("features.%s.weight".formatted(index))));
            boolean follows = file.has("features.%s.weight".formatted(index + 2));
            if (!follows) {
                stages.add(stage);
                stage = new ArrayList<>();
            }
            index += follows ? 2 : 3;
        }
        return new Vgg(stages);
    }

    private int rows(String name) throws IOException {
        return Math.toIntExact(file.shape(name)[0]);
    }

    private int count(String pattern, int from) {
        int count = from;
        while (file.has(pattern.formatted(count))) {
            count++;
        }
        return count;
    }

    private float[] plain(Parameters.Slot slot) throws IOException {
        return numbers(slot.name());
    }

    private float[] numbers(String name) throws IOException {
        INDArray tensor = file.tensor(name);
        return tensor.dup('c').castTo(DataType.FLOAT).data().asFloat();
    }

    /** A weight {@code [C_out, C_in, k, k]} in the order of {@link Convolution}, or a bias. */
    private float[] convolution(Parameters.Slot slot) throws IOException {
        return slot.name().endsWith(".bias") ? numbers(slot.name()) : kernel(slot.name());
    }

    private float[] kernel(String name) throws IOException {
        long[] axes = file.shape(name);
        if (axes.length != 4 || axes[2] != axes[3]) {
            throw new CheckpointException(
                    file.file(),
                    "tensor %s: expected [C_out, C_in, k, k], got %s".formatted(name, Arrays.toString(axes)));
        }
        int side = (int) axes[2];
        ConvolutionShape shape =
                new ConvolutionShape(new MapShape(side, side, (int) axes[1]), new Window(side, 1, 0, 0), (int) axes[0]);
        return Convolution.fromPyTorch(numbers(name), shape);
    }

    /** A convolution with the batch normalisation after it folded in, a shortcut that pads channels, or the head. */
    private float[] folded(Parameters.Slot slot) throws IOException {
        String name = slot.name();
        if (name.startsWith(FeatureNet.HEAD)) {
            return numbers(name.replace(FeatureNet.HEAD, "linear"));
        }
        if (name.contains(".shortcut.")) {
            return name.endsWith(".bias") ? new float[slot.columns()] : padding(slot.rows(), slot.columns());
        }
        String layer = name.substring(0, name.lastIndexOf('.'));
        BatchNorm norm = norm(layer.replace("conv", "bn"));
        return name.endsWith(".bias") ? norm.bias() : norm.scaled(kernel(layer + ".weight"));
    }

    /** A convolution with a window of one pixel that puts the input's channels in the middle of the output's. */
    private static float[] padding(int outputs, int inputs) {
        float[] weight = new float[outputs * inputs];
        int before = (outputs - inputs) / 2;
        for (int c = 0; c < inputs; c++) {
            weight[(before + c) * inputs + c] = 1;
        }
        return weight;
    }

    private BatchNorm norm(String name) throws IOException {
        return new BatchNorm(
                numbers(name + ".weight"),
                numbers(name + ".bias"),
                numbers(name + ".running_mean"),
                numbers(name + ".running_var"));
    }

    /** Batch normalisation with its running moments. */
    private static final class BatchNorm {

        private static final double EPSILON = 1e-5;

        private final float[] weight;
        private final float[] shift;
        private final float[] mean;
        private final float[] variance;

        BatchNorm(float[] weight, float[] shift, float[] mean, float[] variance) {
            this.weight = weight;
            this.shift = shift;
            this.mean = mean;
            this.variance = variance;
        }

        private double factor(int channel) {
            return weight[channel] / Math.sqrt(variance[channel] + EPSILON);
        }

        float[] bias() {
            float[] bias = new float[shift.length];
            for (int c = 0; c < bias.length; c++) {
                bias[c] = (float) (shift[c] - mean[c] * factor(c));
            }
            return bias;
        }

        float[] scaled(float[] kernel) {
            float[] scaled = new float[kernel.length];
            int patch = kernel.length / weight.length;
            for (int i = 0; i < kernel.length; i++) {
                scaled[i] = (float) (kernel[i] * factor(i / patch));
            }
            return scaled;
        }
    }
}
