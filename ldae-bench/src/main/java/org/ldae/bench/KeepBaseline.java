package org.ldae.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Keeps a run of the JMH benchmarks, on the machine it was made on, as the baseline of machines of its kind. */
@Command(
        name = "KeepBaseline",
        mixinStandardHelpOptions = true,
        description = "Writes a run as FOLDER/KIND.json, where KIND tells processor, instructions and cores.")
public final class KeepBaseline implements Callable<Integer> {

    @Parameters(index = "0", description = "JSON that JMH wrote with -rf json.")
    private Path run = Path.of("run.json");

    @Parameters(index = "1", description = "Folder of the baselines.")
    private Path folder = Path.of("ldae-bench/baselines");

    @Option(names = "--note", required = true, description = "Date, commit, and what else the machine was doing.")
    private String note = "";

    private final PrintStream out;

    KeepBaseline(PrintStream out) {
        this.out = out;
    }

    /**
     * Keeps a file.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        System.exit(run(System.out, args));
    }

    static int run(PrintStream out, String... args) {
        return new CommandLine(new KeepBaseline(out)).execute(args);
    }

    @Override
    public Integer call() throws IOException {
        Path file = folder.resolve(Machine.kind() + ".json");
        Run.read(run).on(Machine.kind(), Machine.name(), note).write(file);
        out.println("kept in " + file);
        return 0;
    }
}
