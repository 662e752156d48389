package org.ldae.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs src/test/python/exchange.py where there is a Python with PyTorch. */
final class PyTorch {

    private static final String PYTHON = "/usr/bin/python3";

    private PyTorch() {}

    /** Loads a file there strictly by name and compares its outputs with those expected; skipped where PyTorch is missing. */
    static void check(Naming naming, Path weights, Path expected) throws IOException, InterruptedException {
        check(naming.name().toLowerCase(java.util.Locale.ROOT), weights, expected);
    }

    static void check(String naming, Path weights, Path expected) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of(PYTHON)) && run("-c", "import torch").code == 0, "no PyTorch here");
        Result result = run("src/test/python/exchange.py", "check", naming, weights.toString(), expected.toString());
        assertEquals(0, result.code, result.output);
    }

    private record Result(int code, String output) {}

    private static Result run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(PYTHON));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
