package org.ldae.exchange;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ldae.transformer.VisionTransformer;

/** Whose names an encoder's tensors have. */
public enum Naming {

    /** {@code blocks.0.attn.qkv}: timm's VisionTransformer and the MAE repository. */
    TIMM("", "cls_token", "pos_embed", "patch_embed.proj", "blocks.", "norm", "head") {
        @Override
        Stream<Entry> block(String theirs, String ours) {
            return Stream.of(
                            Entry.layer(theirs + ".norm1", ours + ".norm1"),
                            Entry.layer(theirs + ".attn.qkv", ours + ".attention.qkv"),
                            Entry.layer(theirs + ".attn.proj", ours + ".attention.projection"),
                            Entry.layer(theirs + ".norm2", ours + ".norm2"),
                            Entry.layer(theirs + ".mlp.fc1", ours + ".mlp.first"),
                            Entry.layer(theirs + ".mlp.fc2", ours + ".mlp.second"))
                    .flatMap(each -> each);
        }

        @Override
        String firstOfMlp() {
            return ".mlp.fc1";
        }

        @Override
        boolean leftAside(String name) {
            return name.startsWith("head.")
                    || name.startsWith("fc_norm.")
                    || name.startsWith("decoder_")
                    || name.equals("mask_token");
        }
    },

    /** {@code encoder.layer.0.attention.attention.query}: ViTMAE and ViT of Hugging Face's transformers. */
    HUGGING_FACE(
            "vit.",
            "embeddings.cls_token",
            "embeddings.position_embeddings",
            "embeddings.patch_embeddings.projection",
            "encoder.layer.",
            "layernorm",
            "classifier") {
        @Override
        Stream<Entry> block(String theirs, String ours) {
            String attention = theirs + ".attention.attention.";
            return Stream.of(
                            Entry.layer(theirs + ".layernorm_before", ours + ".norm1"),
                            Entry.stacked(
                                    ours + ".attention.qkv",
                                    attention + "query",
                                    attention + "key",
                                    attention + "value"),
                            Entry.layer(theirs + ".attention.output.dense", ours + ".attention.projection"),
                            Entry.layer(theirs + ".layernorm_after", ours + ".norm2"),
                            Entry.layer(theirs + ".intermediate.dense", ours + ".mlp.first"),
                            Entry.layer(theirs + ".output.dense", ours + ".mlp.second"))
                    .flatMap(each -> each);
        }

        @Override
        String firstOfMlp() {
            return ".intermediate.dense";
        }

        @Override
        boolean leftAside(String name) {
            return name.startsWith("classifier.")
                    || name.startsWith("decoder.")
                    || name.contains("pooler.")
                    || name.endsWith("embeddings.mask_token");
        }
    };

    private final String prefix;
    private final String classToken;
    private final String positions;
    private final String patches;
    private final String blocks;
    private final String lastNorm;
    private final String head;

    Naming(
            String prefix,
            String classToken,
            String positions,
            String patches,
            String blocks,
            String lastNorm,
            String head) {
        this.prefix = prefix;
        this.classToken = classToken;
        this.positions = positions;
        this.patches = patches;
        this.blocks = blocks;
        this.lastNorm = lastNorm;
        this.head = head;
    }

    /** The tensors of a block. */
    abstract Stream<Entry> block(String theirs, String ours);

    /** Which layer of a block tells the hidden width. */
    abstract String firstOfMlp();

    /** Whether a tensor is known and not an encoder's. */
    abstract boolean leftAside(String name);

    /** What comes before the encoder's names in a file, where the encoder is a part of a model. */
    String prefix(List<String> names) {
        return names.stream().anyMatch(name -> name.startsWith(prefix)) ? prefix : "";
    }

    /** Before the encoder's names in a file that is written. */
    String prefix() {
        return prefix;
    }

    String classToken(String before) {
        return before + classToken;
    }

    String positions(String before) {
        return before + positions;
    }

    String patches(String before) {
        return before + patches;
    }

    String lastNorm(String before) {
        return before + lastNorm;
    }

    String block(String before, int index) {
        return before + blocks + index;
    }

    /** The classifier's layer; it stands beside the encoder. */
    String head() {
        return head;
    }

    /** One more than the highest index of a block. */
    int count(String before, List<String> names) {
        Pattern block = Pattern.compile(Pattern.quote(before + blocks) + "(\\d{1,4})\\.");
        return names.stream()
                .map(block::matcher)
                .filter(Matcher::lookingAt)
                .mapToInt(found -> Integer.parseInt(found.group(1)) + 1)
                .max()
                .orElse(0);
    }

    /** All tensors of an encoder, which has learnt positions. */
    Table table(String before, VisionTransformer net, Form patchForm) {
        Stream<Entry> ends = Stream.of(
                Entry.of(patches(before) + ".weight", "embed.weight", patchForm),
                Entry.of(patches(before) + ".bias", "embed.bias", Form.same(0)),
                Entry.of(positions(before), "embed.positions", Form.same(1)));
        Stream<Entry> token = net.form().classToken()
                ? Stream.of(Entry.of(classToken(before), "embed.class", Form.same(2)))
                : Stream.empty();
        Stream<Entry> inner = IntStream.range(0, net.encoderBlocks())
                .boxed()
                .flatMap(i -> block(block(before, i), VisionTransformer.blockName(i)));
        Stream<Entry> last = net.form().lastNorm() ? Entry.layer(lastNorm(before), "norm") : Stream.empty();
        List<Entry> entries =
                Stream.of(ends, token, inner, last).flatMap(each -> each).toList();
        return new Table(entries, this::leftAside);
    }
}
