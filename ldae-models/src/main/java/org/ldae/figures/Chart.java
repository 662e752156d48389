package org.ldae.figures;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;

/** An XChart in the look of this library. What XChart lacks is here: titles that break, and legends that fit the width. */
final class Chart {

    /** Room for a legend's sample beside its name, in letters' sizes. */
    private static final int SAMPLE = 3;

    /** XChart looks for ever for ticks whose labels are shorter than this. */
    static final int LONGEST_LABEL = 20;

    private final ChartOptions options;
    private final Lettering lettering;
    private final List<String> title;
    final XYChart chart;
    final XYStyler styler;

    /**
     * An empty chart.
     *
     * @param plot height without title and legend, unless the options set the whole height
     * @param legend names that will be shown in it
     */
    Chart(ChartOptions options, int plot, List<String> legend) {
        this.options = options;
        lettering = Lettering.forWidth(options.width());
        title = lettering.bold().fit(options.title(), options.width() - 2 * lettering.size());
        boolean beside =
                isWide(legend) && legend.stream().allMatch(name -> lettering.width(name) < options.width() / 4);
        int rows = legend.isEmpty() || beside ? 0 : isWide(legend) ? legend.size() : 1;
        int height = options.height() != 0
                ? options.height() - titleHeight()
                : plot + (rows + 2) * lettering.lineHeight() + lettering.size();
        if (height < 4 * lettering.lineHeight()) {
            throw new IllegalArgumentException(
                    "height: expected at least %d pixels for what is drawn at width %d, got %d; leave it at 0 to fit"
                            .formatted(titleHeight() + 4 * lettering.lineHeight(), options.width(), options.height()));
        }
        chart = new XYChart(options.width(), height);
        styler = chart.getStyler();
        chart.setXAxisTitle(lettering.cut(options.x(), options.width() - 6 * lettering.size()));
        look();
        styler.setLegendVisible(!legend.isEmpty());
        styler.setLegendPosition(beside ? LegendPosition.OutsideE : LegendPosition.OutsideS);
        styler.setLegendLayout(isWide(legend) ? LegendLayout.Vertical : LegendLayout.Horizontal);
    }

    private void look() {
        styler.setLocale(Locale.ROOT);
        styler.setChartTitleVisible(false);
        styler.setChartBackgroundColor(Color.WHITE);
        styler.setChartFontColor(Palette.INK);
        styler.setChartPadding(lettering.size() / 2);
        styler.setPlotBorderVisible(false);
        styler.setLegendBorderColor(Color.WHITE);
        styler.setLegendFont(lettering.font());
        styler.setAxisTickLabelsFont(lettering.font());
        styler.setAxisTickLabelsColor(Palette.INK);
        styler.setAxisTitleFont(lettering.font());
        styler.setAxisTicksMarksVisible(false);
        styler.setAxisTicksLineVisible(false);
        styler.setPlotGridLinesColor(Palette.LINES);
        styler.setPlotGridLinesStroke(new BasicStroke(1));
        styler.setErrorBarsColorSeriesColor(true);
        styler.setXAxisTickMarkSpacingHint(5 * lettering.size());
        styler.setYAxisTickMarkSpacingHint(3 * lettering.size());
        if (options.logX()) {
            styler.setXAxisTickLabelsFormattingFunction(Chart::leading);
        }
        if (options.logY()) {
            styler.setYAxisTickLabelsFormattingFunction(Chart::leading);
        }
    }

    private boolean isWide(List<String> legend) {
        int width = legend.stream()
                .mapToInt(name -> lettering.width(name) + SAMPLE * lettering.size())
                .sum();
        return width > options.width() - 2 * lettering.size();
    }

    Lettering lettering() {
        return lettering;
    }

    /** Solid lines without marks, until told otherwise. */
    XYSeries add(String name, double[] x, double[] y, Color color) {
        return plain(chart.addSeries(name, x, y), color);
    }

    XYSeries add(String name, double[] x, double[] y, double[] errors, Color color) {
        return plain(chart.addSeries(name, x, y, errors), color);
    }

    private XYSeries plain(XYSeries series, Color color) {
        series.setLineColor(color);
        series.setMarkerColor(color);
        series.setLineStyle(new BasicStroke(0.15f * lettering.size(), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
        return series;
    }

    private int titleHeight() {
        return title.isEmpty() ? 0 : lettering.size() / 2 + title.size() * lettering.lineHeight();
    }

    BufferedImage draw() {
        int top = titleHeight();
        return Paper.draw(options.width(), top + chart.getHeight(), pen -> {
            lettering.bold().draw(pen, title, lettering.size(), lettering.size() / 2.0, 0);
            pen.translate(0, top);
            chart.paint(pen, options.width(), chart.getHeight());
        });
    }

    /** At most four digits. */
    static String brief(double value) {
        double size = Math.abs(value);
        if (size != 0 && (size < 1e-3 || size >= 1e7)) {
            return String.format(Locale.ROOT, "%.3g", value).replaceAll("\\.?0*e", "e");
        }
        return new BigDecimal(value)
                .round(new MathContext(size >= 1000 ? 7 : 4))
                .stripTrailingZeros()
                .toPlainString();
    }

    /** On a long logarithmic axis powers of ten have labels. */
    static String powers(double value) {
        double power = Math.log10(value);
        return Math.abs(power - Math.rint(power)) < 1e-6 ? brief(value) : unseen(value);
    }

    /** On a logarithmic axis 1, 2 and 5 times powers of ten have labels. */
    private static String leading(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value) + 1e-9));
        long lead = Math.round(value / power);
        boolean round = Math.abs(value / power - lead) < 1e-6;
        return round && (lead == 1 || lead == 2 || lead == 5) ? brief(value) : unseen(value);
    }

    /** A label that can't be seen; XChart draws no ticks if both ends of an axis have the same. */
    static String unseen(double value) {
        return value < 0 ? " " : "  ";
    }
}
