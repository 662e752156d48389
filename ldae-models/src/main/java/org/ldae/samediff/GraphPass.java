package org.ldae.samediff;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ldae.compute.Tensor;
import org.ldae.nn.Denoiser;
import org.ldae.nn.Denoiser.Conditions;
import org.ldae.nn.Parameters.Slot;
import org.ldae.nn.Workspace;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A graph at work: parameters and inputs go in, results and gradients come out, all as copies. */
final class GraphPass implements Denoiser.Pass {

    private static final String D_PREDICTION = "gradient of the prediction";

    private final Workspace work;
    private final Denoiser.Signature signature;
    private final Graph graph;
    private final SDVariable prediction;
    private final List<Slot> slots;
    private final Tensor input;
    private final Tensor output;
    private final Tensor gradient;
    /** What blocks give, by its width. */
    private final Map<Integer, Tensor> features = new HashMap<>();
    /** Placeholders of the last forward pass. */
    private Map<String, INDArray> told = Map.of();

    GraphPass(SameDiffDenoiser net, Workspace work, Denoiser.Signature signature, int images) {
        int rows = images * signature.grid().tokens();
        this.work = work;
        this.signature = signature;
        this.graph = new Graph(signature, images);
        this.prediction = net.build(graph);
        this.slots = graph.layout().slots();
        if (graph.blocks().size() != net.blocks()) {
            throw new IllegalArgumentException("graph: expected blocks() = %d calls of block(tokens) in build, got %d"
                    .formatted(net.blocks(), graph.blocks().size()));
        }
        this.input = work.allocate(rows, signature.inputs());
        this.output = work.allocate(rows, signature.outputs());
        for (int block = 1; block <= net.blocks(); block++) {
            features.computeIfAbsent(net.width(block), width -> work.allocate(rows, width));
        }
        int longest = slots.stream()
                .mapToInt(slot -> slot.rows() * slot.columns())
                .max()
                .orElse(1);
        this.gradient = work.trains() ? work.allocate(1, longest) : output;
        if (work.trains()) {
            SDVariable d = graph.sameDiff().placeHolder(D_PREDICTION, prediction.dataType(), rows, signature.outputs());
            prediction.mul(d).sum().markAsLoss();
        }
    }

    @Override
    public Tensor input() {
        return input;
    }

    @Override
    public Tensor forward(Conditions conditions) {
        tell(conditions);
        return copy(run(prediction), output, "the prediction");
    }

    @Override
    public Tensor features(Conditions conditions, int block) {
        tell(conditions);
        INDArray tokens = run(graph.blocks().get(block - 1));
        Tensor copy = features.getOrDefault((int) tokens.size(-1), output);
        return copy(tokens, copy, "block " + block);
    }

    @Override
    public void backward(Tensor dPrediction) {
        told.put(D_PREDICTION, array(dPrediction));
        Map<String, INDArray> gradients = graph.sameDiff()
                .calculateGradients(told, slots.stream().map(Slot::name).toArray(String[]::new));
        for (Slot slot : slots) {
            INDArray found = gradients.get(slot.name());
            if (found == null) {
                throw new IllegalStateException(
                        "graph: expected every parameter on the way to the prediction, got no gradient of "
                                + slot.name());
            }
            Tensor copy = gradient.slice(0, slot.rows(), slot.columns());
            work.kernels().addScaled(1, copy(found, copy, slot.name()), work.gradient(slot.name()));
        }
    }

    private void tell(Conditions conditions) {
        told = new HashMap<>();
        slots.forEach(slot -> graph.sameDiff().setArrayForVariable(slot.name(), array(work.value(slot.name()))));
        told.put(Graph.INPUT, array(input));
        float[] times = signature.timed() ? conditions.times().clone() : new float[conditions.times().length];
        told.put(Graph.TIME, Nd4j.create(times, new long[] {times.length, 1}, 'c'));
        INDArray labels = Nd4j.zeros(DataType.FLOAT, times.length, signature.classes() + 1);
        for (int i = 0; i < times.length; i++) {
            int label = conditions.labels()[i];
            boolean some = signature.classes() > 0 && label != Conditions.NO_LABEL;
            labels.putScalar(i, some ? label : signature.classes(), 1);
        }
        told.put(Graph.LABELS, labels);
    }

    private INDArray run(SDVariable result) {
        return graph.sameDiff().outputSingle(told, result.name());
    }

    private static INDArray array(Tensor tensor) {
        return Nd4j.create(tensor.toArray(), new long[] {tensor.rows(), tensor.columns()}, 'c');
    }

    private static Tensor copy(INDArray from, Tensor to, String name) {
        if (from.rank() != 2 || from.size(0) != to.rows() || from.size(1) != to.columns()) {
            throw new IllegalArgumentException("graph: expected [%d, %d] of %s, got %s"
                    .formatted(to.rows(), to.columns(), name, Arrays.toString(from.shape())));
        }
        to.put(from.dup('c').data().asFloat());
        return to;
    }
}
