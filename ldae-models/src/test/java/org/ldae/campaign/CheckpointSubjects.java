package org.ldae.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.Safetensors;
import org.ldae.core.Progress;
import org.ldae.core.Rng;
import org.ldae.data.ImageSource;
import org.ldae.exchange.DitFormat;
import org.ldae.exchange.EncoderFormat;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.models.LatentDAE;
import org.ldae.models.PlainEncoder;
import org.ldae.models.Recipe;
import org.ldae.models.Synthetic;
import org.ldae.models.Trainer;
import org.ldae.objective.Objective;
import org.ldae.objective.Space;
import org.ldae.perceptual.FeatureNet;
import org.ldae.testing.Golden;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.tokenizers.conv.ConvVAE;
import org.ldae.tokenizers.linear.PatchVAE;
import org.ldae.training.Training;

/** Safetensors files of every kind: models with several tokenizers, runs, encoders, feature nets, other libraries' weights. */
final class CheckpointSubjects {

    private static final ImageSource IMAGES = Synthetic.images(12, 1);
    private static final Rng RNG = Rng.of(1);
    /** Networks of every layout, which the module of the feature nets keeps. */
    private static final Path NETS = Path.of("..", "ldae-tokenizers", "src", "test", "resources", "golden", "features");

    private CheckpointSubjects() {}

    static List<Subject> in(Path folder) throws IOException {
        Path file = Files.createDirectories(folder.resolve("checkpoints")).resolve("damaged.safetensors");
        List<Subject> subjects = new ArrayList<>();
        byte[] run = run(file, Synthetic.recipe());
        subjects.add(subject("LatentDAE", file, run, CheckpointSubjects::model));
        Recipe latent = Synthetic.recipe().withInput(Space.LATENT).withOutput(Space.LATENT, Objective.latent());
        for (TokenizerOptions tokenizer : List.of(
                PatchVAE.patch(4).dimension(5),
                ConvVAE.factor(2).channels(1).withTraining(Training.steps(2).withBatchSize(8)))) {
            byte[] other = run(file, latent.withTokenizer(tokenizer));
            subjects.add(subject("LatentDAE", file, other, CheckpointSubjects::model));
        }
        subjects.add(subject("Trainer", file, run, CheckpointSubjects::trainer));
        Files.write(file, run);
        try (LatentDAE model = LatentDAE.load(file);
                PlainEncoder plain = model.plainEncoder(0.01)) {
            plain.save(file);
        }
        subjects.add(subject("PlainEncoder", file, Files.readAllBytes(file), CheckpointSubjects::plain));
        for (String layout : List.of("vgg", "resnet", "normalised")) {
            byte[] net = Files.readAllBytes(NETS.resolve(layout + ".safetensors"));
            subjects.add(subject(
                    "FeatureNet", file, net, path -> FeatureNet.load(path).close()));
        }
        EncoderFormat timm = EncoderFormat.timm().withHeads(3);
        subjects.add(foreign(file, "exchange/timm", timm));
        subjects.add(foreign(file, "exchange/timm", timm.withSide(16)));
        subjects.add(foreign(
                file, "exchange/hugging-face", EncoderFormat.huggingFace().withHeads(3)));
        byte[] dit = Files.readAllBytes(Golden.path("exchange/dit"));
        subjects.add(subject("DitFormat", file, dit, path -> {
            DitFormat.published().withHeads(3).read(path).close();
        }));
        subjects.add(subject("Safetensors", file, run, CheckpointSubjects::tensors));
        return subjects;
    }

    private static Subject foreign(Path file, String weights, EncoderFormat format) throws IOException {
        return subject("EncoderFormat", file, Files.readAllBytes(Golden.path(weights)), path -> {
            format.read(path).close();
        });
    }

    private static byte[] run(Path file, Recipe recipe) throws IOException {
        try (Trainer trainer = Trainer.start(recipe, IMAGES, RNG, Progress.none())) {
            trainer.step();
            trainer.save(file);
            return Files.readAllBytes(file);
        }
    }

    private static Subject subject(String kind, Path file, byte[] content, Subject.Reader reader) {
        return Subject.of(kind, file, content, reader)
                .damagedBy(CheckpointDamage::file)
                .refusedBy(CheckpointException.class);
    }

    private static void model(Path file) throws IOException {
        try (LatentDAE model = LatentDAE.load(file)) {
            represent(model);
        }
    }

    private static void plain(Path file) throws IOException {
        try (PlainEncoder encoder = PlainEncoder.load(file)) {
            represent(encoder);
        }
    }

    private static void represent(Encoder encoder) {
        if (encoder.grid().image().equals(IMAGES.shape())) {
            encoder.represent(IMAGES.select(0), Features.pooled()).close();
        }
    }

    private static void trainer(Path file) throws IOException {
        try (Trainer trainer = Trainer.resume(file, Synthetic.recipe(), IMAGES, RNG)) {
            trainer.losses();
        } catch (IllegalArgumentException e) {
            if (!String.valueOf(e.getMessage()).startsWith(file + ": expected ")) { // another recipe, other images
                throw e;
            }
        }
    }

    private static void tensors(Path file) throws IOException {
        try (Safetensors read = Safetensors.read(file)) {
            for (String name : read.names()) {
                read.tensor(name).close();
            }
        }
    }
}
