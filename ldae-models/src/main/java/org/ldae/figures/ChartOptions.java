package org.ldae.figures;

/**
 * How a chart looks.
 *
 * @param title above the chart, empty for none
 * @param x what the horizontal axis shows (of dots: what the rows are), empty for nothing
 * @param y what the values are, with their unit, empty for nothing
 * @param width pixels; letters grow with it, so that the chart can be read when shrunk to a phone's width
 * @param height pixels, or 0 for as many as the chart needs
 * @param logX whether the horizontal axis is logarithmic
 * @param logY whether values are on a logarithmic axis
 * @param low lower end of the values' axis, negative infinity to fit the data
 * @param high upper end of the values' axis, positive infinity to fit the data
 */
public record ChartOptions(
        String title, String x, String y, int width, int height, boolean logX, boolean logY, double low, double high) {

    /**
     * Checks sizes and range.
     *
     * @param title above the chart, empty for none
     * @param x what the horizontal axis shows, empty for nothing
     * @param y what the values are, empty for nothing
     * @param width pixels, from 240 to 8192
     * @param height pixels, from 180 to 8192, or 0
     * @param logX whether the horizontal axis is logarithmic
     * @param logY whether values are on a logarithmic axis
     * @param low lower end of the values' axis
     * @param high upper end of the values' axis, above {@code low}
     */
    public ChartOptions {
        if (width < 240 || width > 8192) {
            throw new IllegalArgumentException("width: expected 240 to 8192 pixels, got " + width);
        }
        if (height != 0 && (height < 180 || height > 8192)) {
            throw new IllegalArgumentException(
                    "height: expected 180 to 8192 pixels, or 0 for what the chart needs, got " + height);
        }
        if (!(low < high)) {
            throw new IllegalArgumentException("range: expected low < high, got %s and %s".formatted(low, high));
        }
        if (logY && low <= 0 && Double.isFinite(low)) {
            throw new IllegalArgumentException(
                    "range: expected low > 0 on a logarithmic axis, got %s; choose another or a linear axis"
                            .formatted(low));
        }
    }

    /**
     * Linear axes without names that fit the data, 720 pixels wide.
     *
     * @param title above the chart, empty for none
     * @return options
     */
    public static ChartOptions titled(String title) {
        return new ChartOptions(
                title, "", "", 720, 0, false, false, Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }

    /**
     * Names the axes.
     *
     * @param x what the horizontal axis shows (of dots: what the rows are), empty for nothing
     * @param y what the values are, with their unit, empty for nothing
     * @return a copy
     */
    public ChartOptions withAxes(String x, String y) {
        return new ChartOptions(title, x, y, width, height, logX, logY, low, high);
    }

    /**
     * Sets the size of the picture.
     *
     * @param width pixels, from 240 to 8192
     * @param height pixels, from 180 to 8192, or 0 for as many as the chart needs
     * @return a copy
     */
    public ChartOptions withSize(int width, int height) {
        return new ChartOptions(title, x, y, width, height, logX, logY, low, high);
    }

    /**
     * Makes the horizontal axis logarithmic.
     *
     * @return a copy
     */
    public ChartOptions withLogX() {
        return new ChartOptions(title, x, y, width, height, true, logY, low, high);
    }

    /**
     * Puts values on a logarithmic axis.
     *
     * @return a copy
     */
    public ChartOptions withLogY() {
        return new ChartOptions(title, x, y, width, height, logX, true, low, high);
    }

    /**
     * Fixes the values' axis, to compare charts or to show small differences; what lies outside is cut off.
     *
     * @param low lower end
     * @param high upper end
     * @return a copy
     */
    public ChartOptions withRange(double low, double high) {
        return new ChartOptions(title, x, y, width, height, logX, logY, low, high);
    }
}
