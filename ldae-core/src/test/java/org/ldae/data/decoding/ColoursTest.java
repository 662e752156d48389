package org.ldae.data.decoding;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.ldae.data.Failures.assertFails;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.ldae.data.Decoding;
import org.ldae.data.ValueRange;

class ColoursTest {

    @Test
    void greySamplesAreTakenAsTheyAre() {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setSample(0, 0, 0, 100);
        assertPixel(image, 100, 100, 100);
        assertEquals(100, planes(image, Decoding.grey()).values[0][0]);
    }

    @Test
    void everyOrderOfColourBandsIsReadAsRedGreenBlue() {
        for (int type : new int[] {
            BufferedImage.TYPE_3BYTE_BGR,
            BufferedImage.TYPE_INT_RGB,
            BufferedImage.TYPE_INT_BGR,
            BufferedImage.TYPE_INT_ARGB
        }) {
            BufferedImage image = new BufferedImage(1, 1, type);
            image.setRGB(0, 0, 0xff_0a_14_1e);
            assertPixel(image, 10, 20, 30);
        }
    }

    @Test
    void greyOfColoursIsTheirLuma() {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0x64_c8_32);
        assertEquals(153, planes(image, Decoding.grey()).values[0][0] & 0xff);
    }

    @Test
    void transparentPixelsShowWhite() {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_4BYTE_ABGR);
        image.setRGB(0, 0, 0x00_0a_14_1e);
        assertPixel(image, 255, 255, 255);
        image.setRGB(0, 0, 0x33_0a_14_1e);
        assertPixel(image, 10 * 0.2f + 204, 20 * 0.2f + 204, 30 * 0.2f + 204);
        BufferedImage premultiplied = new BufferedImage(1, 1, BufferedImage.TYPE_4BYTE_ABGR_PRE);
        premultiplied.getRaster().setPixel(0, 0, new int[] {2, 4, 6, 51});
        assertPixel(premultiplied, 206, 208, 210);
    }

    @Test
    void palettesAreResolvedWithTheirTransparentColour() {
        byte[] levels = {0, 100, (byte) 200, 50};
        IndexColorModel palette = new IndexColorModel(2, 4, levels, levels, new byte[4], 3);
        BufferedImage image = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_BINARY, palette);
        for (int x = 0; x < 4; x++) {
            image.getRaster().setSample(x, 0, 0, x);
        }
        Planes planes = planes(image, Decoding.colour());
        assertArrayEquals(new byte[] {0, 100, (byte) 200, (byte) 255}, planes.values[0]);
        assertArrayEquals(new byte[] {0, 0, 0, (byte) 255}, planes.values[2]);
    }

    @Test
    void sixteenBitAndFloatSamplesAreScaled() {
        BufferedImage wide = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_GRAY);
        wide.getRaster().setSample(0, 0, 0, 257 * 77);
        assertPixel(wide, 77, 77, 77);
        BufferedImage five = new BufferedImage(1, 1, BufferedImage.TYPE_USHORT_555_RGB);
        five.getRaster().setPixel(0, 0, new int[] {31, 0, 31});
        assertPixel(five, 255, 0, 255);
        assertPixel(samples(ColorSpace.CS_GRAY, DataBuffer.TYPE_FLOAT, 0.5f), 127.5f, 127.5f, 127.5f);
    }

    @Test
    void inksBecomeColours() {
        assertPixel(inks(94, 254, 21, 0), 161, 1, 234);
        assertPixel(inks(0, 51, 255, 51), 204, 163.2f, 0);
    }

    @Test
    void samplesWithoutAKnownRangeAreRejected() {
        assertRejected(samples(ColorSpace.CS_GRAY, DataBuffer.TYPE_FLOAT, 1.5f), "[0, 1.0]", "got 1.5");
        assertRejected(samples(ColorSpace.CS_GRAY, DataBuffer.TYPE_FLOAT, Float.NaN), "got NaN");
        assertRejected(samples(ColorSpace.CS_GRAY, DataBuffer.TYPE_SHORT, 3), "16 bits with a sign");
        assertRejected(samples(ColorSpace.CS_GRAY, DataBuffer.TYPE_INT, 3), "32 bits", "withRange");
    }

    @Test
    void bandsThatNoColourModelNamesMustBeChosen() {
        BufferedImage inks = inks(10, 20, 30, 0);
        Decoding chosen = Decoding.ofBands(2, 0);
        assertArrayEquals(new byte[][] {{30}, {10}}, planes(inks, chosen).values);
        assertFails(
                UnsupportedOperationException.class,
                () -> planes(inks, Decoding.ofBands(0, 4)),
                "band 4",
                "got 4 bands");
        assertFails(IllegalArgumentException.class, () -> Decoding.ofBands(), "at least one");
        assertFails(IllegalArgumentException.class, () -> Decoding.ofBands(1, -1), "got [1, -1]");
        assertFails(IllegalArgumentException.class, () -> chosen.withBackground(0), "[2, 0]");
    }

    @Test
    void anyBackgroundShowsThroughOrNone() {
        BufferedImage image = new BufferedImage(1, 1, BufferedImage.TYPE_4BYTE_ABGR);
        image.setRGB(0, 0, 0x33_0a_14_1e);
        assertArrayEquals(
                new byte[][] {{2}, {(byte) (4 + 102)}, {(byte) (6 + 204)}},
                planes(image, Decoding.colour().withBackground(0x0080ff)).values);
        assertArrayEquals(
                new byte[][] {{10}, {20}, {30}}, planes(image, Decoding.colour().withoutTransparency()).values);
        assertFails(IllegalArgumentException.class, () -> Decoding.colour().withBackground(-1), "0xffffffff");
    }

    @Test
    void impossibleRangesAreRejected() {
        assertFails(IllegalArgumentException.class, () -> ValueRange.fixed(1, 1), "low < high", "1.0 and 1.0");
        assertFails(IllegalArgumentException.class, () -> ValueRange.fixed(Double.NaN, 1), "got NaN");
        assertFails(IllegalArgumentException.class, () -> ValueRange.percentiles(-1, 99), "[0, 100]", "got -1.0");
        assertFails(IllegalArgumentException.class, () -> ValueRange.percentiles(1, 101), "and 101.0");
        assertFails(IllegalArgumentException.class, () -> Decoding.grey().withMaxPixels(0), "maxPixels", "got 0");
    }

    @Test
    void bandWithoutContrastBecomesBlackAndOneWithoutSamplesIsAnError() {
        Decoding stretched = Decoding.grey().withRange(ValueRange.percentiles(2, 98));
        BufferedImage flat = samples(ColorSpace.CS_GRAY, DataBuffer.TYPE_FLOAT, 7);
        assertEquals(0, planes(flat, stretched).values[0][0]);
        BufferedImage empty = samples(ColorSpace.CS_GRAY, DataBuffer.TYPE_FLOAT, Float.NaN);
        assertFails(UnsupportedOperationException.class, () -> planes(empty, stretched), "without any measured sample");
    }

    private static Planes planes(BufferedImage image, Decoding decoding) {
        ImageHeader header = new ImageHeader(1, Optional.empty(), Optional.empty(), Optional.empty());
        ImageFile.Decoded decoded =
                new ImageFile.Decoded(new RasterBands(image.getRaster()), Optional.of(image.getColorModel()), header);
        return new Planes(image.getHeight(), image.getWidth(), Colours.of(decoded, decoding));
    }

    private static void assertRejected(BufferedImage image, String... parts) {
        assertFails(UnsupportedOperationException.class, () -> planes(image, Decoding.colour()), parts);
    }

    private static void assertPixel(BufferedImage image, float... expected) {
        Planes planes = planes(image, Decoding.colour());
        for (int c = 0; c < 3; c++) {
            assertEquals(expected[c], planes.values[c][0] & 0xff, 0.501f);
        }
    }

    private static BufferedImage samples(int space, int type, float value) {
        ComponentColorModel model =
                new ComponentColorModel(ColorSpace.getInstance(space), false, false, Transparency.OPAQUE, type);
        WritableRaster raster = model.createCompatibleWritableRaster(1, 1);
        raster.setSample(0, 0, 0, value);
        return new BufferedImage(model, raster, false, null);
    }

    private static BufferedImage inks(int... values) {
        ColorSpace space = new ColorSpace(ColorSpace.TYPE_CMYK, 4) {
            private static final long serialVersionUID = 1;

            @Override
            public float[] toRGB(float[] values) {
                throw new UnsupportedOperationException();
            }

            @Override
            public float[] fromRGB(float[] values) {
                throw new UnsupportedOperationException();
            }

            @Override
            public float[] toCIEXYZ(float[] values) {
                throw new UnsupportedOperationException();
            }

            @Override
            public float[] fromCIEXYZ(float[] values) {
                throw new UnsupportedOperationException();
            }
        };
        ComponentColorModel model =
                new ComponentColorModel(space, false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        WritableRaster raster = Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 1, 1, 4, null);
        raster.setPixel(0, 0, values);
        return new BufferedImage(model, raster, false, null);
    }
}
