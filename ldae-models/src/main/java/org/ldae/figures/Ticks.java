package org.ldae.figures;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Round numbers on an axis: as many as fit. */
final class Ticks {

    private static final int MOST = 9;

    /** From here on numbers are written with an exponent. */
    private static final double LARGE = 1e7;

    private Ticks() {}

    /** A number on an axis and how it is written. */
    record Tick(double value, String label) {}

    /** The densest round numbers in the range whose labels fit; the sparsest if none do. */
    static List<Tick> of(Range range, Predicate<List<Tick>> fits) {
        List<List<Tick>> choices = Stream.concat(range.logarithmic() ? decades(range) : Stream.empty(), even(range))
                .filter(ticks -> ticks.size() > 1)
                .toList();
        return choices.stream()
                .filter(fits)
                .findFirst()
                .orElseGet(() -> choices.isEmpty() ? List.of() : choices.get(choices.size() - 1));
    }

    /** The given numbers as ticks. */
    static List<Tick> at(double... values) {
        List<Tick> ticks = new ArrayList<>();
        for (double value : values) {
            ticks.add(new Tick(value, brief(value)));
        }
        return ticks;
    }

    private static Stream<List<Tick>> even(Range range) {
        return Stream.iterate(MOST, n -> n >= 1, n -> n - 1)
                .map(n -> even(range, step((range.high() - range.low()) / n)));
    }

    private static List<Tick> even(Range range, double step) {
        List<Tick> ticks = new ArrayList<>();
        int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
        boolean brief = decimals > 5 || Math.max(Math.abs(range.low()), Math.abs(range.high())) >= LARGE;
        long last = (long) Math.floor(range.high() / step + 1e-9);
        for (long i = (long) Math.ceil(range.low() / step - 1e-9); i <= last; i++) {
            double value = i * step;
            ticks.add(new Tick(value, brief ? brief(value) : written(value, decimals)));
        }
        return ticks;
    }

    /** The next of 1, 2 and 5 times a power of ten. */
    private static double step(double atLeast) {
        double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
        double lead = atLeast / power;
        return power * (lead <= 1 + 1e-9 ? 1 : lead <= 2 + 1e-9 ? 2 : lead <= 5 + 1e-9 ? 5 : 10);
    }

    private static Stream<List<Tick>> decades(Range range) {
        Stream<List<Tick>> dense = Stream.of(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, new int[] {1, 2, 5})
                .map(leads -> powers(range, leads, 1));
        Stream<List<Tick>> sparse = Stream.of(1, 2, 3, 5, 10, 20, 50).map(apart -> powers(range, new int[] {1}, apart));
        return Stream.concat(dense, sparse);
    }

    private static List<Tick> powers(Range range, int[] leads, int apart) {
        List<Tick> ticks = new ArrayList<>();
        int last = (int) Math.floor(Math.log10(range.high()) + 1e-9);
        for (int power = (int) Math.floor(Math.log10(range.low())); power <= last; power++) {
            for (int lead : leads) {
                double value = BigDecimal.valueOf(lead).scaleByPowerOfTen(power).doubleValue();
                if (Math.floorMod(power, apart) == 0 && value >= range.low() && value <= range.high()) {
                    ticks.add(new Tick(value, brief(value)));
                }
            }
        }
        return ticks;
    }

    /** At most five digits. */
    static String brief(double value) {
        double size = Math.abs(value);
        if (size != 0 && (size < 1e-3 || size >= LARGE)) {
            return String.format(Locale.ROOT, "%.2e", value)
                    .replaceAll("\\.?0*e", "e")
                    .replaceAll("e([+-])0*", "e$1")
                    .replace("e+", "e");
        }
        BigDecimal rounded = new BigDecimal(value, new MathContext(5, RoundingMode.HALF_UP)).stripTrailingZeros();
        return written(value, Math.max(0, rounded.scale()));
    }

    /** With a fixed number of decimals, and commas between thousands. */
    static String written(double value, int decimals) {
        String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
        return text.matches("-[0.]*") ? text.substring(1) : text;
    }
}
