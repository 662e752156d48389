package org.ldae.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/** An ONNX graph under construction. Every operation returns the name of its result. */
final class Graph {

    /** Has Gelu; LayerNormalization came with 17. */
    private static final int OPERATORS = 20;

    private static final int VERSION = 9;
    private static final String BATCH = "N";

    private final GraphProto.Builder graph = GraphProto.newBuilder();
    private int next;

    Graph(String name) {
        graph.setName(name);
    }

    /** An input {@code [N, sides...]} of floats. */
    String input(String name, long... sides) {
        graph.addInput(value(name, TensorProto.DataType.FLOAT, sides));
        return name;
    }

    /** An input {@code [N]} of integers. */
    String integerInput(String name) {
        graph.addInput(value(name, TensorProto.DataType.INT64));
        return name;
    }

    /** Makes a result an output {@code [N, sides...]} of floats. */
    void output(String name, String result, long... sides) {
        output(name, result, TensorProto.DataType.FLOAT, sides);
    }

    void output(String name, String result, TensorProto.DataType type, long... sides) {
        graph.addNode(node("Identity", List.of(result), name));
        graph.addOutput(value(name, type, sides));
    }

    private static ValueInfoProto value(String name, TensorProto.DataType type, long... sides) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(BATCH));
        Arrays.stream(sides)
                .forEach(side ->
                        shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(side)));
        TypeProto.Tensor tensor = TypeProto.Tensor.newBuilder()
                .setElemType(type.getNumber())
                .setShape(shape)
                .build();
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /** Numbers that don't change. */
    String constant(float[] numbers, long... shape) {
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Float.BYTES, numbers.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(numbers);
        return constant(TensorProto.DataType.FLOAT, ByteString.copyFrom(bytes), shape);
    }

    String constant(INDArray array) {
        return constant(array.dup('c').data().asFloat(), array.shape());
    }

    /** Shapes, axes and indices. */
    String integers(long... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(numbers);
        return constant(TensorProto.DataType.INT64, ByteString.copyFrom(bytes), numbers.length);
    }

    private String constant(TensorProto.DataType type, ByteString bytes, long... shape) {
        TensorProto.Builder tensor = TensorProto.newBuilder()
                .setName("constant" + next++)
                .setDataType(type.getNumber())
                .setRawData(bytes);
        Arrays.stream(shape).forEach(tensor::addDims);
        graph.addInitializer(tensor);
        return tensor.getName();
    }

    /** An operation without attributes. */
    String op(String type, String... inputs) {
        return op(type, List.of(), inputs);
    }

    /** An operation. */
    String op(String type, List<AttributeProto> attributes, String... inputs) {
        String result = type + next++;
        graph.addNode(node(type, List.of(inputs), result).addAllAttribute(attributes));
        return result;
    }

    private static NodeProto.Builder node(String type, List<String> inputs, String result) {
        return NodeProto.newBuilder()
                .setOpType(type)
                .setName(result)
                .addAllInput(inputs)
                .addOutput(result);
    }

    static AttributeProto attribute(String name, long number) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.INT)
                .setI(number)
                .build();
    }

    static AttributeProto attribute(String name, float number) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.FLOAT)
                .setF(number)
                .build();
    }

    static AttributeProto attribute(String name, String text) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeType.STRING)
                .setS(ByteString.copyFromUtf8(text))
                .build();
    }

    static AttributeProto attribute(String name, long... numbers) {
        AttributeProto.Builder attribute =
                AttributeProto.newBuilder().setName(name).setType(AttributeType.INTS);
        Arrays.stream(numbers).forEach(attribute::addInts);
        return attribute.build();
    }

    /** {@code x} in another shape; 0 keeps the length of an axis. */
    String reshape(String x, long... shape) {
        return op("Reshape", x, integers(shape));
    }

    String transpose(String x, long... axes) {
        return op("Transpose", List.of(attribute("perm", axes)), x);
    }

    String concat(long axis, List<String> parts) {
        return parts.size() == 1
                ? parts.get(0)
                : op("Concat", List.of(attribute("axis", axis)), parts.toArray(new String[0]));
    }

    /** A part of an axis. */
    String slice(String x, long axis, long from, long to) {
        return op("Slice", x, integers(from), integers(to), integers(axis));
    }

    /** {@code x W^T + b}, W {@code [out, in]}. */
    String linear(String x, INDArray weight, INDArray bias) {
        return op("Add", op("MatMul", x, constant(weight.transpose())), constant(bias));
    }

    /** Leaves out what no output needs. */
    private GraphProto pruned() {
        Set<String> needed = new HashSet<>();
        graph.getOutputList().forEach(output -> needed.add(output.getName()));
        Deque<NodeProto> nodes = new ArrayDeque<>();
        for (int i = graph.getNodeCount() - 1; i >= 0; i--) {
            NodeProto node = graph.getNode(i);
            if (needed.contains(node.getOutput(0))) {
                needed.addAll(node.getInputList());
                nodes.push(node);
            }
        }
        List<TensorProto> constants = graph.getInitializerList().stream()
                .filter(constant -> needed.contains(constant.getName()))
                .toList();
        return graph.clone()
                .clearNode()
                .addAllNode(nodes)
                .clearInitializer()
                .addAllInitializer(constants)
                .build();
    }

    /** The finished model. */
    ModelProto model(Map<String, String> metadata) {
        ModelProto.Builder model = ModelProto.newBuilder()
                .setIrVersion(VERSION)
                .setProducerName("ldae")
                .setGraph(pruned())
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPERATORS));
        metadata.forEach((key, text) -> model.addMetadataProps(
                StringStringEntryProto.newBuilder().setKey(key).setValue(text)));
        return model.build();
    }
}
