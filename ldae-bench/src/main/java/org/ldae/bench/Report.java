package org.ldae.bench;

import com.google.gson.GsonBuilder;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Prints one {@code name=value} a line as it becomes known, and keeps them for JSON. */
final class Report {

    private final PrintStream out;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private boolean failed;

    Report(PrintStream out) {
        this.out = out;
    }

    void put(String name, String value) {
        values.put(name, value);
        out.println(name + "=" + value);
        out.flush();
    }

    void put(String name, double value) {
        values.put(name, value);
        out.printf(Locale.ROOT, "%s=%.4g%n", name, value);
        out.flush();
    }

    /** The median under its own name, and how far the rounds lay apart. */
    void put(String name, Spread spread) {
        put(name, spread.median());
        put(name + ".min", spread.min());
        put(name + ".max", spread.max());
    }

    /** What should have been a number and is not; the report as a whole has failed. */
    void error(String name, String what) {
        failed = true;
        put(name, "error: " + what.replace('\n', ' '));
    }

    boolean failed() {
        return failed;
    }

    String toJson() {
        return new GsonBuilder()
                .setPrettyPrinting()
                .disableHtmlEscaping()
                .create()
                .toJson(values);
    }
}
