package org.ldae.compute;

import java.lang.reflect.Proxy;
import org.ldae.compute.Kernels.Qkv;

/**
 * Counts floating-point operations of whatever runs on its {@link #kernels}, which look at shapes and compute nothing: two for
 * each multiplication of a matrix product, an attention's products or a convolution, as the field counts them. What passes over
 * numbers once (normalisation, activations, the optimiser) is not counted.
 *
 * <p>Belongs to one thread.
 */
public final class FlopCounter {

    private final Kernels kernels;
    private long multiplications;

    /** Starts at zero. */
    public FlopCounter() {
        ImageKernels images = counting(ImageKernels.class, (name, operands) -> {
            multiplications += ofImages(name, operands);
            return 0.0;
        });
        kernels = counting(Kernels.class, (name, operands) -> {
            if (name.equals("images")) {
                return images;
            }
            multiplications += ofMatrices(name, operands);
            return 0.0;
        });
    }

    /** What a call comes to. */
    @FunctionalInterface
    private interface Call {
        Object of(String name, Object[] operands);
    }

    private static <T> T counting(Class<T> kind, Call call) {
        return kind.cast(Proxy.newProxyInstance(
                FlopCounter.class.getClassLoader(),
                new Class<?>[] {kind},
                (proxy, method, operands) -> method.getReturnType() == void.class
                        ? nothing(call, method.getName(), operands)
                        : call.of(method.getName(), operands)));
    }

    @SuppressWarnings("NullAway") // what a method without a result returns through a proxy
    private static Object nothing(Call call, String name, Object[] operands) {
        call.of(name, operands);
        return null;
    }

    private static long ofMatrices(String name, Object[] operands) {
        return switch (name) {
            case "gemm" -> {
                Tensor a = (Tensor) operands[1];
                long inner = operands[0] == Kernels.Transpose.FIRST ? a.rows() : a.columns();
                yield inner * ((Tensor) operands[4]).size();
            }
            case "linear", "linearBackward" -> (long) ((Tensor) operands[0]).columns() * ((Tensor) operands[3]).size();
            case "linearGradient" -> (long) ((Tensor) operands[0]).rows() * ((Tensor) operands[2]).size();
            // Queries by keys, and probabilities by values; back, two products for each of these.
            case "attention" -> 2 * pairs((Qkv) operands[0]);
            case "attentionBackward" -> 4 * pairs((Qkv) operands[0]);
            default -> 0;
        };
    }

    /** Multiplications of all queries by all keys of their images. */
    private static long pairs(Qkv qkv) {
        return (long) qkv.query().size() * qkv.tokens();
    }

    private static long ofImages(String name, Object[] operands) {
        return switch (name) {
            case "convolve" -> windows(operands, 4);
            case "convolveBackwardData" -> windows(operands, 1);
            case "convolveBackwardWeight" -> windows(operands, 2);
            default -> 0;
        };
    }

    /** Multiplications of all windows, as many as the maps that come out have pixels, by all filters. */
    private static long windows(Object[] operands, int result) {
        ConvolutionShape shape = (ConvolutionShape) operands[0];
        return (long) ((Tensor) operands[result]).size() * shape.patch();
    }

    /**
     * Kernels that count.
     *
     * @return kernels whose results are left as they were
     */
    public Kernels kernels() {
        return kernels;
    }

    /**
     * What was counted so far.
     *
     * @return floating-point operations
     */
    public long flops() {
        return 2 * multiplications;
    }
}
