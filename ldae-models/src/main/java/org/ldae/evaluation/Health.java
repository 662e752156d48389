package org.ldae.evaluation;

import java.util.List;

/**
 * What can be told of features without labels, on some test images.
 *
 * @param subject whose features
 * @param readout how they were read
 * @param width F numbers of an image
 * @param rankMe effective rank (Garrido et al. 2023), from about 1 to F
 * @param spectrum singular values as shares of the largest, in descending order, at most 256
 * @param agreement share of an image's ten nearest neighbours that are its shifted mirror image's too, in [0, 1]
 * @param cosine mean cosine between different images; 1 where all look alike
 * @param dead share of columns that don't vary
 * @param nearest test images, by index, each followed by those most alike
 */
public record Health(
        String subject,
        String readout,
        int width,
        double rankMe,
        List<Double> spectrum,
        double agreement,
        double cosine,
        double dead,
        List<List<Integer>> nearest) {}
