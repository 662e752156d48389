package outside;

import java.util.Arrays;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.probe.LinearProbe;
import org.ldae.probe.ProbeSolver;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The class whose mean is nearest, which is a linear classifier: 2 m x - |m|^2 is largest where |x - m| is least. */
public record NearestCentroid() implements ProbeSolver {

    @Override
    public LinearProbe fit(INDArray features, int[] labels, Rng rng, Progress progress) {
        int classes = Arrays.stream(labels).max().orElseThrow() + 1;
        INDArray means = Nd4j.zeros(classes, (int) features.size(1));
        int[] counts = new int[classes];
        for (int i = 0; i < labels.length; i++) {
            means.getRow(labels[i]).addi(features.getRow(i));
            counts[labels[i]]++;
        }
        for (int k = 0; k < classes; k++) {
            means.getRow(k).divi(counts[k]);
        }
        return LinearProbe.of(means, means.mul(means).sum(1).mul(-0.5), describe());
    }

    @Override
    public String describe() {
        return "nearest centroid";
    }
}
