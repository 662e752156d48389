package org.ldae.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.ldae.compute.Backend;
import org.nd4j.linalg.factory.Nd4j;

/** What the numbers were measured on. */
final class Machine {

    private Machine() {}

    static void describe(Report report) {
        Runtime runtime = Runtime.getRuntime();
        report.put("machine.cpu", cpu());
        report.put("machine.processors", Integer.toString(runtime.availableProcessors()));
        report.put("machine.os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        report.put("machine.jvm", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
        report.put("machine.heapMiB", Long.toString(runtime.maxMemory() >> 20));
        report.put("ldae.threads", Integer.toString(Backend.threads()));
        report.put("ldae.kernels", Backend.provider().description());
        report.put("ldae.blas", Nd4j.factory().blas().getBlasVendor().toString());
    }

    /** What runs are comparable on: processor, the widest instructions and the number of cores, such as x86-64-avx2-4-cores. */
    static String kind() {
        Set<String> flags =
                new HashSet<>(Arrays.asList(ofProcessor("flags").orElse("").split(" ")));
        return kind(System.getProperty("os.arch"), flags, Runtime.getRuntime().availableProcessors());
    }

    static String kind(String arch, Set<String> flags, int cores) {
        String wide = flags.contains("avx512f") ? "-avx512" : flags.contains("avx2") ? "-avx2" : "";
        return "%s%s-%d-cores".formatted(arch.equals("amd64") ? "x86-64" : arch, wide, cores);
    }

    /** Processor, system and virtual machine in a line. */
    static String name() {
        return "%s, %s, JDK %s".formatted(cpu(), System.getProperty("os.name"), System.getProperty("java.version"));
    }

    private static String cpu() {
        return ofProcessor("model name").orElse(System.getProperty("os.arch"));
    }

    /** What Linux says of the first processor. */
    private static Optional<String> ofProcessor(String property) {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return Optional.empty();
        }
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith(property))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
