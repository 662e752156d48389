package org.ldae.data.decoding;

import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;

/** The bands of an Image I/O reader's raster. */
final class RasterBands extends PictureBands {

    private final Raster raster;

    RasterBands(Raster raster) {
        super(raster.getHeight(), raster.getWidth(), raster.getNumBands());
        this.raster = raster;
    }

    @Override
    int bits(int band) {
        return raster.getSampleModel().getSampleSize(band);
    }

    @Override
    Kind kind() {
        return switch (raster.getDataBuffer().getDataType()) {
            case DataBuffer.TYPE_FLOAT, DataBuffer.TYPE_DOUBLE -> Kind.FRACTION;
            case DataBuffer.TYPE_SHORT -> Kind.SIGNED;
            default -> Kind.UNSIGNED;
        };
    }

    @Override
    float[] values(int band) {
        return raster.getSamples(raster.getMinX(), raster.getMinY(), width, height, band, (float[]) null);
    }

    @Override
    byte[] bytes(int band) {
        if (raster.getSampleModel() instanceof ComponentSampleModel model
                && raster.getDataBuffer() instanceof DataBufferByte bytes) {
            return copy(band, model, bytes);
        }
        float[] values = values(band);
        byte[] levels = new byte[values.length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (byte) values[i];
        }
        return levels;
    }

    /** The usual case, several times faster. */
    private byte[] copy(int band, ComponentSampleModel model, DataBufferByte bytes) {
        int bank = model.getBankIndices()[band];
        byte[] data = bytes.getData(bank);
        int first = bytes.getOffsets()[bank]
                + model.getOffset(
                        raster.getMinX() - raster.getSampleModelTranslateX(),
                        raster.getMinY() - raster.getSampleModelTranslateY(),
                        band);
        byte[] levels = new byte[width * height];
        for (int y = 0; y < height; y++) {
            int from = first + y * model.getScanlineStride();
            int step = model.getPixelStride();
            for (int x = 0; x < width; x++) {
                levels[y * width + x] = data[from + x * step];
            }
        }
        return levels;
    }
}
