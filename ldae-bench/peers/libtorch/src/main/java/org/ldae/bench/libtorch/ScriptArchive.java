package org.ldae.bench.libtorch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive around hand-written code: what {@code torch.jit.save} writes, without Python.
 *
 * <p>libtorch compiles the code when it loads the archive, so that it runs as libtorch's own operations with no call from
 * Java in between.
 */
final class ScriptArchive {

    /** Of the archive; from 10 on GELU takes its approximation as an argument. */
    private static final String VERSION = "10\n";

    private ScriptArchive() {}

    /**
     * The archive as bytes.
     *
     * @param code a class {@code Peer} with these attributes, dictionaries from names to tensors
     * @param dictionaries names of its attributes, which start empty
     */
    static byte[] of(String code, List<String> dictionaries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            // libtorch maps the entries into memory as they are.
            zip.setMethod(ZipOutputStream.STORED);
            put(zip, "peer/data.pkl", object(dictionaries));
            put(zip, "peer/code/__torch__.py", code.getBytes(StandardCharsets.UTF_8));
            put(zip, "peer/constants.pkl", pickle(")"));
            put(zip, "peer/version", VERSION.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    /** An instance of Peer whose attributes are empty dictionaries, pickled. */
    private static byte[] object(List<String> dictionaries) throws IOException {
        StringBuilder state = new StringBuilder("c__torch__\nPeer\n)\u0081}(");
        state.append(unicode("training")).append('\u0089');
        for (String name : dictionaries) {
            state.append(unicode(name)).append('}');
        }
        return pickle(state.append("ub").toString());
    }

    private static String unicode(String word) {
        return "X" + (char) word.length() + "\0\0\0" + word;
    }

    private static byte[] pickle(String instructions) {
        return ("\u0080\u0002" + instructions + ".").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry entry = new ZipEntry(name);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }
}
