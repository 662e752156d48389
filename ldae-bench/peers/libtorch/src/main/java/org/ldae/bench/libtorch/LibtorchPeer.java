package org.ldae.bench.libtorch;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Answers the speed report's requests with libtorch; the protocol is described there, in {@code Peer}.
 *
 * <p>All work is TorchScript in {@code peer.torchscript}: for each kind of task {@code KIND_open}, {@code KIND_check} and
 * {@code KIND_iterate}.
 */
public final class LibtorchPeer {

    private static final List<String> ATTRIBUTES = List.of("t", "lists");

    private @Nullable Opened opened;

    private LibtorchPeer() {}

    private static String code() throws IOException {
        try (InputStream in = LibtorchPeer.class.getResourceAsStream("peer.torchscript")) {
            if (in == null) {
                throw new FileNotFoundException("peer.torchscript is not in the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /**
     * Answers requests until the input ends.
     *
     * @param args none
     * @throws IOException if standard input fails
     */
    public static void main(String[] args) throws IOException {
        Engine engine;
        try {
            engine = Engine.getEngine("PyTorch");
        } catch (EngineException | UnsatisfiedLinkError e) {
            System.out.println(
                    "missing libtorch: " + String.valueOf(e.getMessage()).replace('\n', ' '));
            return;
        }
        // DJL leaves it off until a gradient collector is opened.
        JniUtils.setGradMode(true);
        System.out.printf(
                "hello %s, %d threads, %s%n", engine.getVersion(), JniUtils.getNumThreads(), JniUtils.getFeatures());
        BufferedReader requests = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        LibtorchPeer peer = new LibtorchPeer();
        @Nullable String line;
        while ((line = requests.readLine()) != null) {
            String answer;
            try {
                answer = peer.answer(line.split(" ", 3));
            } catch (IOException | RuntimeException e) {
                answer = "failed: " + String.valueOf(e.getMessage()).replace('\n', ' ');
            }
            System.out.println(answer);
        }
    }

    private String answer(String[] words) throws IOException {
        switch (words[0]) {
            case "open" -> {
                close();
                opened = new Opened(words[1], Path.of(words[2]));
                return "ok";
            }
            case "check" -> {
                return "values " + opened().check();
            }
            case "turn" -> {
                opened().time(Double.parseDouble(words[1]));
                return "seconds " + opened().time(Double.parseDouble(words[2]));
            }
            case "close" -> {
                close();
                return "ok";
            }
            default -> throw new IOException("expected open, check, turn or close, got " + words[0]);
        }
    }

    private Opened opened() {
        return Objects.requireNonNull(opened, "no task is open");
    }

    private void close() {
        if (opened != null) {
            opened.manager.close();
            opened = null;
        }
    }

    /** A task set up. */
    private static final class Opened {
        private final PtNDManager manager = (PtNDManager) NDManager.newBaseManager();
        private final PtSymbolBlock script;
        private final NDArray check;
        private final NDArray iterate;

        Opened(String kind, Path file) throws IOException {
            byte[] archive = ScriptArchive.of(code(), ATTRIBUTES);
            script = JniUtils.loadModule(manager, new ByteArrayInputStream(archive), false, false);
            IValueUtils.runMethod(script, "hand", IValue.stringMapFrom(Handed.read(file, manager)))
                    .close();
            run(call(kind + "_open")).close();
            check = call(kind + "_check");
            iterate = call(kind + "_iterate");
        }

        /** An argument that DJL takes for the name of the method to call. */
        private NDArray call(String method) {
            NDArray name = manager.zeros(new Shape(1));
            name.setName("module_method:" + method);
            return name;
        }

        /** Runs a method with autograd on; DJL's other way to call one is for inference only. */
        private NDList run(NDArray method) {
            return IValueUtils.forward(script, new NDList(method), true);
        }

        String check() {
            try (NDList result = run(check)) {
                double[] values = result.singletonOrThrow()
                        .toType(DataType.FLOAT64, false)
                        .toDoubleArray();
                return Arrays.stream(values).mapToObj(Double::toString).collect(Collectors.joining(" "));
            }
        }

        double time(double leastSeconds) {
            long began = System.nanoTime();
            int count = 0;
            double seconds;
            do {
                run(iterate).close();
                count++;
                seconds = (System.nanoTime() - began) / 1e9;
            } while (seconds < leastSeconds);
            return seconds / count;
        }
    }
}
