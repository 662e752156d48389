package org.ldae.compute.cpu;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_bf16;
import static org.bytedeco.dnnl.global.dnnl.dnnl_get_effective_cpu_isa;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.matmul;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.post_ops;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.ldae.compute.Kernels.Transpose;

/**
 * Products by oneDNN whose factors are rounded to bfloat16 (8 bits of a number instead of 24) and whose sums are float32, on
 * processors that multiply such numbers twice as fast. Small products, whose rounding takes longer than it saves, stay as they are.
 */
final class Bfloat16 implements Gemm {

    /** Multiplications of a product below which float32 was as fast (64 x 64 x 256: twice as fast). */
    private static final long SMALL = 1L << 22;

    private final Gemm exact;
    private final stream queue = new stream(Cpu.ENGINE);
    private final List<Product> known = new ArrayList<>();
    private final Rounded a = new Rounded();
    private final Rounded b = new Rounded();
    private final Address from = new Address();

    /**
     * Products of one thread.
     *
     * @param exact for those that are too small
     */
    Bfloat16(Gemm exact) {
        this.exact = exact;
    }

    /** Why this process can't have them. */
    static Optional<String> unavailable() {
        try {
            return unavailable(dnnl_get_effective_cpu_isa());
        } catch (LinkageError e) {
            return Optional.of(
                    "expected org.bytedeco:dnnl and org.bytedeco:opencl with natives for this platform on the class "
                            + "path, got " + e);
        }
    }

    static Optional<String> unavailable(int instructions) {
        return (instructions & dnnl_cpu_isa_avx512_core_bf16) == dnnl_cpu_isa_avx512_core_bf16
                ? Optional.empty()
                : Optional.of("expected a processor with avx512_bf16, which this one is without");
    }

    @Override
    public void multiply(
            Transpose transpose,
            int rows,
            int columns,
            int inner,
            FloatPointer x,
            int strideX,
            FloatPointer y,
            int strideY,
            float beta,
            FloatPointer z,
            int strideZ) {
        if ((long) rows * columns * inner < SMALL) {
            exact.multiply(transpose, rows, columns, inner, x, strideX, y, strideY, beta, z, strideZ);
            return;
        }
        OpenMp thread = OpenMp.ofThread();
        thread.enter();
        try {
            // Compiled on one thread as well: a primitive keeps the number of that time.
            Product product = known(transpose, rows, columns, inner, strideX, strideY, beta, strideZ);
            product.a.round(queue, from.at(x), a);
            product.b.round(queue, from.at(y), b);
            product.run(queue, from.at(z));
        } finally {
            thread.leave();
        }
    }

    /** A step has some dozens of shapes, looked through without a key that would be an object at each call. */
    private Product known(
            Transpose transpose, int rows, int columns, int inner, int strideX, int strideY, float beta, int strideZ) {
        for (int i = 0; i < known.size(); i++) {
            Product each = known.get(i);
            if (each.transpose == transpose
                    && each.a.is(rows, inner, strideX)
                    && each.b.is(inner, columns, strideY)
                    && each.beta == beta
                    && each.strideZ == strideZ) {
                return each;
            }
        }
        Product made = new Product(
                transpose,
                new Factor(rows, inner, strideX, transpose == Transpose.FIRST),
                new Factor(inner, columns, strideY, transpose == Transpose.SECOND),
                beta,
                strideZ);
        known.add(made);
        return made;
    }

    @Override
    public PatchCopy patchCopy() {
        return exact.patchCopy();
    }

    @Override
    public String name() {
        return exact.name() + " with factors in bfloat16";
    }

    /** Loaded with the first product: whether oneDNN is there is asked before. */
    private static final class Cpu {
        static final engine ENGINE = new engine(engine.kind.cpu, 0);
    }

    /** Memory for a rounded factor, of the largest size so far. */
    private static final class Rounded {
        private BytePointer memory = new BytePointer(0);

        Pointer room(long bytes) {
            if (memory.capacity() < bytes) {
                memory.close();
                memory = new BytePointer(bytes);
            }
            return memory;
        }
    }

    /** How a factor of one shape is rounded. */
    private static final class Factor {
        private final int rows;
        private final int columns;
        private final int stride;
        private final memory exact;
        private final memory rounded;
        private final reorder rounding;
        private final IntMemoryMap operands = new IntMemoryMap();

        Factor(int rows, int columns, int stride, boolean transposed) {
            this.rows = rows;
            this.columns = columns;
            this.stride = stride;
            long[] sides = {rows, columns};
            long[] dense = transposed ? new long[] {1, rows} : new long[] {columns, 1};
            long[] given = transposed ? new long[] {1, stride} : new long[] {stride, 1};
            try (memory.desc from = new memory.desc(sides, memory.data_type.f32, given);
                    memory.desc to = new memory.desc(sides, memory.data_type.bf16, dense);
                    reorder.primitive_desc chosen = new reorder.primitive_desc(Cpu.ENGINE, from, Cpu.ENGINE, to)) {
                exact = new memory(from, Cpu.ENGINE, new Pointer());
                rounded = new memory(to, Cpu.ENGINE, new Pointer());
                rounding = new reorder(chosen);
            }
            operands.put(DNNL_ARG_FROM, exact);
            operands.put(DNNL_ARG_TO, rounded);
        }

        boolean is(int wantedRows, int wantedColumns, int wantedStride) {
            return rows == wantedRows && columns == wantedColumns && stride == wantedStride;
        }

        void round(stream queue, Address from, Rounded to) {
            exact.set_data_handle(from);
            rounded.set_data_handle(to.room((long) rows * columns * Short.BYTES));
            rounding.execute(queue, operands);
        }
    }

    /** A compiled product of one shape. JavaCPP frees it when its kernels, which have no end of their own, are no longer reached. */
    private static final class Product {
        private final Transpose transpose;
        private final Factor a;
        private final Factor b;
        private final float beta;
        private final int strideZ;
        private final memory result;
        private final matmul primitive;
        private final IntMemoryMap operands = new IntMemoryMap();

        Product(Transpose transpose, Factor a, Factor b, float beta, int strideZ) {
            this.transpose = transpose;
            this.a = a;
            this.b = b;
            this.beta = beta;
            this.strideZ = strideZ;
            long[] sides = {a.rows, b.columns};
            try (memory.desc to = new memory.desc(sides, memory.data_type.f32, new long[] {strideZ, 1});
                    primitive_attr onTop = onTop(beta);
                    matmul.desc wanted = new matmul.desc(a.rounded.get_desc(), b.rounded.get_desc(), to);
                    matmul.primitive_desc chosen = new matmul.primitive_desc(wanted, onTop, Cpu.ENGINE)) {
                result = new memory(to, Cpu.ENGINE, new Pointer());
                primitive = new matmul(chosen);
            }
            operands.put(DNNL_ARG_SRC, a.rounded);
            operands.put(DNNL_ARG_WEIGHTS, b.rounded);
            operands.put(DNNL_ARG_DST, result);
        }

        private static primitive_attr onTop(float beta) {
            primitive_attr attributes = new primitive_attr();
            if (beta != 0) {
                try (post_ops operations = new post_ops()) {
                    operations.append_sum(beta, memory.data_type.undef);
                    attributes.set_post_ops(operations);
                }
            }
            return attributes;
        }

        void run(stream queue, Address to) {
            result.set_data_handle(to);
            primitive.execute(queue, operands);
        }
    }
}
