package org.ldae.perceptual;

import java.util.List;
import org.ldae.compute.Kernels;
import org.ldae.compute.MapShape;
import org.ldae.compute.Tensor;
import org.ldae.nn.Workspace;
import org.ldae.nn.conv.Maps;

/**
 * How far two images are apart for a feature net, n pairs at once on one thread.
 *
 * <p>As LPIPS (Zhang et al. 2018) without its learnt weights: at each feature map the channels of a pixel are scaled to
 * unit length; squared differences are summed over channels, averaged over pixels and then over the maps. It lies in
 * [0, 4], so that one weight fits all nets, which plain squared differences of features would not give. Not for image
 * pairs of different sides.
 */
public final class PerceptualLoss implements AutoCloseable {

    /** Keeps the length of a pixel without any feature from 0; features are of the order of 1. */
    private static final double EPSILON = 1e-8;

    private final Workspace work;
    private final FeaturePass pass;
    private final List<Maps> maps;
    private final float[][] references;
    private final float[][] gradients;
    private final Tensor[] slopes;

    /**
     * The loss at work.
     *
     * @param net gives the features; must outlive this
     * @param kernels of the thread that will use it
     * @param image sides of the images
     * @param images n
     * @throws IllegalArgumentException if the net reads other channels or the images are too small for it
     */
    public PerceptualLoss(FeatureNet net, Kernels kernels, MapShape image, int images) {
        net.requireReads(image);
        // Gradients of its own: normalisations write some that no one reads.
        this.work = Workspace.training(kernels, net.parameters());
        this.pass = new FeaturePass(net.body(), work, image, images, FeaturePass.Purpose.COMPARE);
        this.maps = pass.maps();
        this.references = new float[maps.size()][];
        this.gradients = new float[maps.size()][];
        this.slopes = new Tensor[maps.size()];
        int largest = maps.stream().mapToInt(each -> each.values().size()).max().orElseThrow();
        Tensor scratch = work.allocate(1, largest);
        for (int k = 0; k < maps.size(); k++) {
            Tensor values = maps.get(k).values();
            references[k] = new float[values.size()];
            gradients[k] = new float[values.size()];
            slopes[k] = scratch.slice(0, values.rows(), values.columns());
        }
    }

    /**
     * The loss of y against x, and its gradient by y.
     *
     * @param x originals {@code [n H W, C]}, pixels in [-1, 1]
     * @param y reconstructions of the same shape
     * @param weights what each image's distance counts, n numbers; 0 for padding
     * @param dy the gradient of the result by y is added to it
     * @return the weighted sum of the distances
     */
    public double add(Tensor x, Tensor y, float[] weights, Tensor dy) {
        double loss = measure(x, y, weights);
        for (int k = maps.size() - 1; k >= 0; k--) {
            slopes[k].put(gradients[k]);
            if (k == maps.size() - 1) {
                work.kernels().copy(slopes[k], maps.get(k).gradient());
            } else {
                work.kernels().addScaled(1, slopes[k], maps.get(k).gradient());
            }
            pass.backward(k, false);
        }
        pass.addPixelGradient(dy);
        return loss;
    }

    /**
     * The loss alone.
     *
     * @param x originals {@code [n H W, C]}, pixels in [-1, 1]
     * @param y reconstructions of the same shape
     * @param weights what each image's distance counts, n numbers
     * @return the weighted sum of the distances
     */
    public double measure(Tensor x, Tensor y, float[] weights) {
        features(x, references);
        for (int k = 0; k < maps.size(); k++) {
            normalise(references[k], maps.get(k).shape().channels());
        }
        features(y, gradients);
        double loss = 0;
        for (int k = 0; k < maps.size(); k++) {
            loss += compare(references[k], gradients[k], maps.get(k).shape(), weights);
        }
        return loss;
    }

    private void features(Tensor images, float[][] into) {
        work.kernels().copy(images, pass.pixels());
        pass.forward();
        for (int k = 0; k < into.length; k++) {
            maps.get(k).values().get(into[k]);
        }
    }

    private static double length(float[] features, int from, int channels) {
        double sum = EPSILON;
        for (int c = from; c < from + channels; c++) {
            sum += (double) features[c] * features[c];
        }
        return Math.sqrt(sum);
    }

    private static void normalise(float[] features, int channels) {
        for (int from = 0; from < features.length; from += channels) {
            float inverse = (float) (1 / length(features, from, channels));
            for (int c = from; c < from + channels; c++) {
                features[c] *= inverse;
            }
        }
    }

    /** Distance of features from normalised references; turns the features into its gradient by them. */
    private double compare(float[] references, float[] features, MapShape shape, float[] weights) {
        int channels = shape.channels();
        double share = 1.0 / ((double) shape.pixels() * maps.size());
        double loss = 0;
        for (int from = 0; from < features.length; from += channels) {
            double weight = weights[from / shape.size()] * share;
            double length = length(features, from, channels);
            double distance = 0;
            double along = 0;
            for (int c = from; c < from + channels; c++) {
                double unit = features[c] / length;
                double apart = unit - references[c];
                distance += apart * apart;
                along += apart * unit;
            }
            loss += weight * distance;
            // u = f / |f|, so that df = (du - u (u du)) / |f|.
            float factor = (float) (2 * weight / length);
            for (int c = from; c < from + channels; c++) {
                float unit = (float) (features[c] / length);
                features[c] = factor * (unit - references[c] - unit * (float) along);
            }
        }
        return loss;
    }

    @Override
    public void close() {
        work.close();
    }
}
