package org.ldae.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private static String cpu() {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) {
            return System.getProperty("os.arch");
        }
        try (Stream<String> lines = Files.lines(info)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
