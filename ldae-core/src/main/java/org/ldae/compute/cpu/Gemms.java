package org.ldae.compute.cpu;

import java.util.function.Supplier;

/** The choice of a {@link Gemm}, by the system property {@code ldae.gemm}. */
final class Gemms {

    static final String PROPERTY = "ldae.gemm";

    private Gemms() {}

    /** The one of this process. */
    public static Gemm ofProcess() {
        return Holder.CHOSEN;
    }

    /**
     * The one a setting asks for.
     *
     * @param wanted {@code onednn}, {@code openblas}, or {@code auto}: oneDNN where it can be loaded
     * @throws IllegalStateException if it is none of these, or oneDNN is asked for and can't be loaded
     */
    static Gemm choose(String wanted) {
        return choose(wanted, OneDnn::new);
    }

    static Gemm choose(String wanted, Supplier<Gemm> oneDnn) {
        return switch (wanted) {
            case "openblas" -> new OpenBlas();
            case "onednn" -> {
                try {
                    yield oneDnn.get();
                } catch (LinkageError e) {
                    throw new IllegalStateException(
                            PROPERTY + "=onednn: expected org.bytedeco:dnnl and org.bytedeco:opencl with natives for "
                                    + "this platform on the class path, got " + e
                                    + "; add them, or leave the property out",
                            e);
                }
            }
            case "auto" -> {
                try {
                    yield oneDnn.get();
                } catch (LinkageError absent) {
                    yield new OpenBlas();
                }
            }
            default -> throw new IllegalStateException(PROPERTY + ": expected auto, onednn or openblas, got " + wanted);
        };
    }

    private static final class Holder {
        static final Gemm CHOSEN = choose(System.getProperty(PROPERTY, "auto"));
    }
}
