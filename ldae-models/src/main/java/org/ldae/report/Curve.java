package org.ldae.report;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Points in the order of their places.
 *
 * @param name what they have in common
 * @param points from the smallest x to the largest
 */
record Curve(String name, List<Point> points) {

    Curve {
        points = points.stream().sorted(Comparator.comparingDouble(Point::x)).toList();
    }

    boolean isEmpty() {
        return points.isEmpty();
    }

    Point first() {
        return points.get(0);
    }

    Point last() {
        return points.get(points.size() - 1);
    }

    /** The best point by its mean. */
    Optional<Point> best() {
        return points.stream().max(Comparator.comparingDouble(Point::mean));
    }

    /** The points between the first and the last. */
    Curve inner() {
        return new Curve(name, points.size() < 3 ? List.of() : points.subList(1, points.size() - 1));
    }
}
