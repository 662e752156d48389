///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DEPS org.ldae:ldae-native:0.1.0-SNAPSHOT
//DEPS org.ldae:ldae-sample:0.1.0-SNAPSHOT

import java.nio.file.Path;
import java.util.Locale;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.Dataset;
import org.ldae.data.ImageSource;
import org.ldae.data.NamedSet;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Recipe;
import org.ldae.probe.LinearProbe;
import org.ldae.tokenizers.linear.PatchPCA;
import org.ldae.training.Training;
import org.ldae.transformer.VisionTransformer;

/** Trains a small l-DAE on some images of Fashion-MNIST, probes it, and saves its encoder: jbang probe.java [images [epochs]]. */
class probe {
    public static void main(String[] args) throws Exception {
        int count = args.length > 0 ? Integer.parseInt(args[0]) : 4000;
        int epochs = args.length > 1 ? Integer.parseInt(args[1]) : 5;
        Dataset data = NamedSet.FASHION_MNIST.sample();
        ImageSource train = data.train().limit(count);
        ImageSource test = data.test().limit(count / 2);
        Recipe recipe = Recipe.singleLevel(PatchPCA.patch(7).components(12))
                .withDenoiser(VisionTransformer.tiny())
                .withTraining(Training.epochs(epochs).withBatchSize(64).withRate(1e-3));
        try (LatentDAE model = recipe.train(train, Rng.of(1), Progress.console())) {
            LinearProbe probe = LinearProbe.logistic()
                    .fit(model.represent(train, Features.tokens()), train.labels(), Rng.of(1), Progress.none());
            double top1 = probe.evaluate(model.represent(test, Features.tokens()), test.labels())
                    .top1();
            System.out.printf(Locale.ROOT, "top-1 of %d test images: %.4f%n", test.size(), top1);
            try (PlainEncoder encoder = model.plainEncoder(0)) {
                encoder.save(Path.of("encoder.safetensors")); // what embed.java reads
            }
        }
    }
}
