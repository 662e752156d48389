package org.ldae.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.ImageShape;
import org.ldae.core.Rng;
import org.ldae.core.TokenGrid;
import org.ldae.data.ImageSource;
import org.ldae.data.NamedSet;
import org.ldae.examples.Cli;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Recipe;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.transformer.VisionTransformer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import picocli.CommandLine;

/** The launcher: its help, and weights, models and features through its sub-commands. */
class LdaeTest {

    private static final ImageSource IMAGES =
            NamedSet.FASHION_MNIST.sample().train().limit(60);

    @TempDir
    Path folder;

    /** What a command printed. */
    private static String run(int status, String... args) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        StringWriter parsed = new StringWriter();
        try (PrintStream to = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            System.setOut(to);
            System.setErr(to);
            CommandLine command = Ldae.commands();
            command.setOut(new PrintWriter(parsed, true)).setErr(new PrintWriter(parsed, true));
            assertEquals(status, Cli.run(command, args), () -> printed.toString(StandardCharsets.UTF_8) + parsed);
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return printed.toString(StandardCharsets.UTF_8) + parsed;
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    @Test
    void helpTellsEveryCommand() {
        String help = run(0, "--help");
        for (String command : List.of(
                "train", "study", "report", "search", "bands", "probe", "import", "export", "generate-completion")) {
            assertTrue(help.contains("\n  " + command + " "), command + " in " + help);
            assertTrue(run(0, "help", command).contains("ldae " + command), command);
        }
        assertTrue(run(0, "generate-completion").contains("complete -F"));
    }

    @Test
    void weightsGoThroughTheNamesOfOthers() throws IOException {
        VisionTransformer net = VisionTransformer.tiny().withWidth(16, 2).withBlocks(2, 0);
        PlainEncoder.Sizes sizes = new PlainEncoder.Sizes(net, new TokenGrid(new ImageShape(1, 28, 28), 7));
        INDArray expected;
        try (PlainEncoder encoder = PlainEncoder.untrained(sizes, IMAGES, Rng.of(1))) {
            encoder.save(folder.resolve("mine.safetensors"));
            expected = encoder.represent(IMAGES, Features.pooled());
        }
        run(1, "export", "--model", path("mine.safetensors"), "--to", "timm", "--out", path("timm.safetensors"));
        String grey = "0.5";
        run(
                0,
                "export",
                "--model",
                path("mine.safetensors"),
                "--to",
                "timm",
                "--mean",
                grey,
                "--deviation",
                grey,
                "--out",
                path("timm.safetensors"));
        try (Safetensors file = Safetensors.read(folder.resolve("timm.safetensors"))) {
            assertTrue(file.has("blocks.1.attn.qkv.weight"));
        }
        String read = run(
                0,
                "import",
                "--from",
                "timm",
                "--weights",
                path("timm.safetensors"),
                "--mean",
                grey,
                "--deviation",
                grey,
                "--out",
                path("again.safetensors"));
        assertTrue(read.contains("patches of 7"), read);
        try (PlainEncoder again = PlainEncoder.load(folder.resolve("again.safetensors"))) {
            assertTrue(again.represent(IMAGES, Features.pooled()).equalsWithEps(expected, 1e-4));
        }
        assertTrue(run(1, "import", "--from", "onnx", "--weights", path("x"), "--out", path("y"))
                .contains("expected timm or hugging-face"));
    }

    @Test
    void modelsBecomeOnnx() throws IOException {
        Recipe recipe = Recipe.latentDAE(PatchPCA.patch(7).components(4))
                .withDenoiser(VisionTransformer.tiny().withWidth(16, 2).withBlocks(1, 1));
        try (LatentDAE model = LatentDAE.untrained(recipe, IMAGES, Rng.of(7))) {
            model.save(folder.resolve("model.safetensors"));
        }
        String model = path("model.safetensors");
        run(0, "export", "--model", model, "--to", "onnx", "--features", "tokens", "--out", path("encoder.onnx"));
        run(0, "export", "--model", model, "--to", "onnx", "--denoise", "0.5", "--out", path("denoiser.onnx"));
        assertTrue(Files.size(folder.resolve("encoder.onnx")) > 10_000);
        assertTrue(Files.size(folder.resolve("denoiser.onnx")) > 10_000);
        assertTrue(run(1, "export", "--model", model, "--to", "onnx", "--features", "class-token", "--out", path("no"))
                .contains("class token"));
        assertTrue(run(1, "export", "--model", model, "--to", "dit", "--out", path("no"))
                .contains("time and label"));
        String[] useless = {
            "--to=dit --time=0.1", "--to=timm --features=tokens", "--to=timm --denoise=0.5", "--to=onnx --mean=0.5"
        };
        for (String options : useless) {
            String[] both = options.split(" ", -1);
            String said = run(1, "export", "--model", model, both[0], both[1], "--out", path("no"));
            assertTrue(said.contains(both[1].split("=", -1)[0]) && said.contains("leave it out"), said);
        }
    }

    @Test
    void anyonesFeaturesAreProbed() throws IOException {
        features("train", 200);
        features("test", 100);
        String labels = "--train-labels=" + path("train-labels.npy");
        String testLabels = "--test-labels=" + path("test-labels.csv");
        for (String ending : List.of(".npy", ".csv", ".safetensors:features")) {
            String table = run(
                    0, "probe", "--train", path("train" + ending), labels, "--test", path("test" + ending), testLabels);
            assertTrue(table.contains("features") && table.contains("k-NN"), table);
            assertTrue(table.contains("100.00"), table);
        }
        String wrong =
                run(1, "probe", "--train", path("train.npy"), labels, "--test", path("test-labels.csv"), testLabels);
        assertTrue(wrong.contains("expected 3 features") && wrong.contains("got 1"), wrong);
    }

    /** Three features and two classes that are easy to tell apart, in all formats. */
    private void features(String name, int count) throws IOException {
        float[] numbers = new float[count * 3];
        Rng.of(count).normals(numbers, 0, numbers.length);
        ByteBuffer labels = ByteBuffer.allocate(8 * count).order(ByteOrder.LITTLE_ENDIAN);
        List<String> lines = new ArrayList<>(List.of("a,b,c"));
        List<String> labelLines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers[3 * i] = numbers[3 * i] / 10 + i % 2 * 5;
            lines.add(numbers[3 * i] + "," + numbers[3 * i + 1] + "," + numbers[3 * i + 2]);
            labels.putLong(i % 2);
            labelLines.add(Integer.toString(i % 2));
        }
        ByteBuffer features = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
        features.asFloatBuffer().put(numbers);
        npy(name, "<f4", "(" + count + ", 3)", features.array());
        npy(name + "-labels", "<i8", "(" + count + ",)", labels.array());
        Files.write(folder.resolve(name + ".csv"), lines);
        Files.write(folder.resolve(name + "-labels.csv"), labelLines);
        Safetensors.builder()
                .tensor("features", Nd4j.createFromArray(numbers).reshape(count, 3))
                .write(folder.resolve(name + ".safetensors"));
    }

    private void npy(String name, String type, String shape, byte[] data) throws IOException {
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
        header += " ".repeat(63 - (10 + header.length()) % 64) + "\n";
        ByteBuffer file =
                ByteBuffer.allocate(10 + header.length() + data.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length());
        file.put(header.getBytes(StandardCharsets.ISO_8859_1)).put(data);
        Files.write(folder.resolve(name + ".npy"), file.array());
    }
}
