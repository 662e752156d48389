package org.ldae.figures;

import java.util.List;
import java.util.function.ToDoubleBiFunction;
import org.ldae.figures.Ticks.Tick;

/**
 * A range of numbers laid out along pixels, with ticks that don't crowd.
 *
 * @param range what it shows
 * @param from pixel of the range's low end
 * @param to pixel of its high end
 * @param ticks round numbers in the range
 */
record Axis(Range range, double from, double to, List<Tick> ticks) {

    static Axis horizontal(Range range, double from, double to, Lettering lettering) {
        return of(
                range,
                from,
                to,
                (a, b) -> 0.5 * (lettering.width(a.label()) + lettering.width(b.label())) + lettering.size());
    }

    static Axis vertical(Range range, double from, double to, Lettering lettering) {
        return of(range, from, to, (a, b) -> 1.6 * lettering.lineHeight());
    }

    /** The same axis with ticks at the given numbers, if their labels fit. */
    Axis withTicksAt(double[] values, Lettering lettering) {
        List<Tick> wanted = Ticks.at(values);
        return fits(
                        wanted,
                        (a, b) -> 0.5 * (lettering.width(a.label()) + lettering.width(b.label()) + lettering.size()))
                ? new Axis(range, from, to, wanted)
                : this;
    }

    /** The same axis without ticks at broken numbers. */
    Axis withWholeTicks() {
        return new Axis(
                range,
                from,
                to,
                Ticks.at(ticks.stream()
                        .mapToDouble(Tick::value)
                        .filter(Axis::whole)
                        .toArray()));
    }

    static boolean whole(double value) {
        return value == Math.rint(value);
    }

    double at(double value) {
        return from + range.share(value) * (to - from);
    }

    private static Axis of(Range range, double from, double to, ToDoubleBiFunction<Tick, Tick> apart) {
        Axis bare = new Axis(range, from, to, List.of());
        return new Axis(range, from, to, Ticks.of(range, ticks -> bare.fits(ticks, apart)));
    }

    private boolean fits(List<Tick> ticks, ToDoubleBiFunction<Tick, Tick> apart) {
        for (int i = 1; i < ticks.size(); i++) {
            Tick a = ticks.get(i - 1);
            Tick b = ticks.get(i);
            if (Math.abs(at(b.value()) - at(a.value())) < apart.applyAsDouble(a, b)) {
                return false;
            }
        }
        return true;
    }
}
