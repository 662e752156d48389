package org.ldae.examples;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ldae.core.AtomicFile;
import org.ldae.core.FolderLock;
import org.ldae.models.Provenance;
import picocli.CommandLine;

/** What the mains share: how help and version look, one-line errors for what a user can mend, and exit codes. */
public final class Cli {

    /** Exit code after Ctrl-C. */
    static final int INTERRUPTED = 130;

    private static final int COLUMNS = 100;

    private Cli() {}

    /** Runs a command, and ends the process with its exit code unless that is 0. */
    static void main(Callable<Integer> command, String... args) {
        int status = run(command, args);
        if (status != 0) {
            System.exit(status);
        }
    }

    static int run(Callable<Integer> command, String... args) {
        return run(new CommandLine(command), args);
    }

    /**
     * Runs a command or one of its sub-commands.
     *
     * @param command what is asked for
     * @param args its arguments
     * @return the exit code: 0, or 1 after an error that a user can mend, in one line, 2 if an option is wrong
     */
    public static int run(CommandLine command, String... args) {
        present(command);
        return command.setParameterExceptionHandler((mistake, given) -> {
                    PrintWriter err = mistake.getCommandLine().getErr();
                    err.printf("error: %s; --help tells the options%n", mistake.getMessage());
                    CommandLine.UnmatchedArgumentException.printSuggestions(mistake, err);
                    return CommandLine.ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    if (failure instanceof IllegalArgumentException
                            || failure instanceof IllegalStateException
                            || failure instanceof IOException
                            || failure instanceof UncheckedIOException) {
                        System.err.println("error: " + describe(failure));
                        return 1;
                    }
                    throw failure;
                })
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(args);
    }

    private static void present(CommandLine command) {
        command.getCommandSpec()
                .versionProvider(() -> new String[] {Provenance.versions()})
                .usageMessage()
                .abbreviateSynopsis(true)
                .width(COLUMNS);
        command.getSubcommands().values().forEach(Cli::present);
    }

    private static String describe(Exception failure) {
        String message = failure.getMessage();
        if (failure instanceof NoSuchFileException) {
            return message + ": no such file or folder";
        }
        if (message == null || failure.getClass().getPackageName().startsWith("java.nio")) {
            return failure.getClass().getSimpleName() + ": " + message;
        }
        return message;
    }

    /** Writes to a folder that no other run writes to; fails before hours of training rather than after. */
    static int writing(Path out, FolderLock.Work<Integer> work) throws IOException {
        requireWritable(out);
        return FolderLock.holding(out, work);
    }

    /** Writes the numbers of a run and all that is needed to get them again. */
    static void writeJson(Path file, Map<String, Object> result) throws IOException {
        AtomicFile.write(
                file,
                new GsonBuilder().setPrettyPrinting().create().toJson(result).getBytes(StandardCharsets.UTF_8));
    }

    /** Refuses two options that say the same thing in different ways. */
    static void requireOneOf(String name, @Nullable Object value, String other, @Nullable Object otherValue) {
        if (value != null && otherValue != null) {
            throw new IllegalArgumentException(
                    "%s and %s: expected one of the two, got %s and %s".formatted(name, other, value, otherValue));
        }
    }

    /** Makes the folder; for runs that see to it themselves that they are alone. */
    static void requireWritable(Path directory) throws IOException {
        try {
            Files.createDirectories(directory);
            Files.delete(Files.createTempFile(directory, "write", ".test"));
        } catch (IOException e) {
            throw new IOException("--out: expected a folder that can be written, got " + directory + " (" + e + ")", e);
        }
    }
}
