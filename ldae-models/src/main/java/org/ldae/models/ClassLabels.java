package org.ldae.models;

/**
 * Whether the network is told the class of an image (paper, Tab. 1: removing it is the first step of the deconstruction).
 *
 * @param told whether it is
 * @param dropout share of the training images whose label is left out, in [0, 1), so that the network also learns to do
 *     without (classifier-free guidance, Ho and Salimans 2022); 0 if it is not told
 */
public record ClassLabels(boolean told, double dropout) {

    /**
     * Checks the dropout.
     *
     * @param told whether it is
     * @param dropout share of the training images whose label is left out, in [0, 1)
     */
    public ClassLabels {
        if (!(dropout >= 0 && dropout < 1) || (!told && dropout != 0)) {
            throw new IllegalArgumentException(
                    "class labels: expected a dropout in [0, 1), and 0 if labels are not told, got told %s, dropout %s"
                            .formatted(told, dropout));
        }
    }

    /**
     * The network never sees a label: self-supervised.
     *
     * @return no labels
     */
    public static ClassLabels none() {
        return new ClassLabels(false, 0);
    }

    /**
     * The network is told labels; DiT leaves out 0.1 of them.
     *
     * @param dropout share left out, in [0, 1)
     * @return labels
     */
    public static ClassLabels withDropout(double dropout) {
        return new ClassLabels(true, dropout);
    }

    /**
     * Whether a network so trained needs the label of every image.
     *
     * @return true if it is told labels and never learnt to do without
     */
    public boolean required() {
        return told && dropout == 0;
    }
}
