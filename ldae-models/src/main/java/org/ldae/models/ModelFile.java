package org.ldae.models;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.ldae.checkpoint.CheckpointException;
import org.ldae.checkpoint.Safetensors;
import org.ldae.checkpoint.SafetensorsBuilder;
import org.ldae.core.ImageShape;
import org.ldae.nn.Parameters;
import org.ldae.tokenizers.Tokenizer;
import org.ldae.tokenizers.TokenizerOptions;
import org.ldae.training.ParameterTensors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** How models lie in a safetensors file: tensors named by path, recipe and provenance as JSON metadata. */
final class ModelFile implements AutoCloseable {

    static final String FORMAT = "ldae/1";
    static final String DENOISER = "denoiser.";
    private static final String TOKENIZER = "tokenizer.";

    private final Safetensors file;

    private ModelFile(Safetensors file) {
        this.file = file;
    }

    static SafetensorsBuilder builder(FittedRecipe fitted, Provenance provenance) {
        SafetensorsBuilder builder = builder(fitted.tokenizer().grid().image(), provenance)
                .metadata("recipe", fitted.recipe().toJson())
                .metadata("classes", new Gson().toJson(fitted.classNames()));
        fitted.tokenizer().tensors().forEach((name, array) -> builder.tensor(TOKENIZER + name, array));
        return builder;
    }

    /** A file of any model. */
    static SafetensorsBuilder builder(ImageShape shape, Provenance provenance) {
        return Safetensors.builder()
                .metadata("format", FORMAT)
                .metadata("provenance", provenance.toJson())
                .metadata("image", "%s %s %s".formatted(shape.channels(), shape.height(), shape.width()));
    }

    static ModelFile read(Path path) throws IOException {
        Safetensors file = Safetensors.read(path);
        String format = file.metadata().getOrDefault("format", "none");
        if (!format.equals(FORMAT)) {
            file.close();
            throw new CheckpointException(
                    path,
                    "expected a checkpoint of format %s, got format %s; was it written by this library?"
                            .formatted(FORMAT, format));
        }
        return new ModelFile(file);
    }

    Recipe recipe() throws IOException {
        return field("recipe", Recipe::fromJson);
    }

    Provenance provenance() throws IOException {
        return field("provenance", Provenance::fromJson);
    }

    /** Shape of the images it reads. */
    ImageShape image() throws IOException {
        return field("image", text -> {
            String[] sides = text.split(" ", -1);
            if (sides.length != 3) {
                throw new IllegalArgumentException("expected channels, height and width, got '" + text + "'");
            }
            return new ImageShape(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]), Integer.parseInt(sides[2]));
        });
    }

    /** What a text of the metadata says. */
    <T> T field(String key, Function<String, T> parse) throws IOException {
        String text = file.metadata(key);
        return file.interpret("metadata '" + key + "'", () -> parse.apply(text));
    }

    Tokenizer tokenizer() throws IOException {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        for (String name : file.names()) {
            if (name.startsWith(TOKENIZER)) {
                tensors.put(name.substring(TOKENIZER.length()), file.tensor(name));
            }
        }
        TokenizerOptions options = recipe().tokenizer();
        ImageShape image = image();
        return file.interpret("the tokenizer's tensors", () -> options.restore(image, tensors));
    }

    FittedRecipe fitted() throws IOException {
        // Written since recipes know labels; before, there were none.
        List<String> classes = file.metadata().containsKey("classes")
                ? field("classes", text -> List.of(new Gson().fromJson(text, String[].class)))
                : List.of();
        Recipe recipe = recipe();
        Tokenizer tokenizer = tokenizer();
        return file.interpret("metadata 'recipe'", () -> new FittedRecipe(recipe, tokenizer, classes));
    }

    /** The network's parameters. */
    Parameters parameters(FittedRecipe fitted) throws IOException {
        return parameters(DENOISER, fitted::layout);
    }

    /** The parameters under a prefix. */
    Parameters parameters(String prefix, Supplier<Parameters.Layout> network) throws IOException {
        Parameters.Layout layout = file.interpret("the network's sizes", network::get);
        return ParameterTensors.read(file, prefix, layout);
    }

    boolean has(String name) {
        return file.has(name);
    }

    Safetensors file() {
        return file;
    }

    @Override
    public void close() {
        file.close();
    }
}
