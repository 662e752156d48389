package org.ldae.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;

/**
 * Memory that one call of an action takes.
 *
 * @param heapBytes allocated on the heap by all threads that live from beginning to end
 * @param nativeBytes growth of the process's resident memory beyond the heap's share: what is taken and not given back,
 *     by ND4J, JavaCPP, BLAS or as direct buffers
 * @param pageFaults pages touched for the first time, which also shows native memory that is taken and given back within
 *     a call; NaN where the system does not tell
 */
record Allocation(double heapBytes, double nativeBytes, double pageFaults) {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Path STATUS = Path.of("/proc/self/stat");

    /**
     * Measures an action twice and takes the smaller numbers, since the compiler works in this process too.
     *
     * @param action warmed up
     * @param calls how often it is called for a measurement
     */
    static Allocation of(Runnable action, int calls) {
        Allocation first = once(action, calls);
        Allocation second = once(action, calls);
        return new Allocation(
                Math.min(first.heapBytes, second.heapBytes),
                Math.min(first.nativeBytes, second.nativeBytes),
                Math.min(first.pageFaults, second.pageFaults));
    }

    private static Allocation once(Runnable action, int calls) {
        once(() -> {});
        Allocation ofNothing = once(() -> {});
        Allocation all = once(() -> {
            for (int i = 0; i < calls; i++) {
                action.run();
            }
        });
        double heap = Math.max(0, all.heapBytes - ofNothing.heapBytes);
        return new Allocation(heap / calls, Math.max(0, all.nativeBytes - heap) / calls, all.pageFaults / calls);
    }

    private static Allocation once(Runnable action) {
        long[] threads = THREADS.getAllThreadIds();
        double faults = minorFaults();
        long resident = Pointer.physicalBytes();
        long heap = heapBytes(threads);
        action.run();
        heap = heapBytes(threads) - heap;
        resident = Pointer.physicalBytes() - resident;
        return new Allocation(heap, resident, minorFaults() - faults);
    }

    private static long heapBytes(long[] threads) {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(threads))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    /** Page faults of this process so far that needed no disk. */
    private static double minorFaults() {
        try {
            String status = Files.readString(STATUS);
            // After the name in brackets: state, parent, group, session, terminal, its group, flags, minor faults.
            String[] fields = status.substring(status.lastIndexOf(')') + 2).split(" ");
            return Double.parseDouble(fields[7]);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    void report(Report report, String name) {
        report.put(name + ".heapBytes", heapBytes);
        report.put(name + ".nativeBytes", nativeBytes);
        report.put(name + ".pageFaults", pageFaults);
    }
}
