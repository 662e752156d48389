package org.ldae.data.decoding;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Optional;

/**
 * Names of files as text that is the same on every machine: those in UTF-8 are read right where the platform's encoding
 * can't show them (containers without a locale), and letters with accents are one character, however they were typed.
 */
public final class FileNames {

    private static final boolean UTF_8 = "UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding"));
    private static final char UNKNOWN = '\uFFFD';

    private FileNames() {}

    /** The last part of a path, empty if its letters can't be known. */
    public static Optional<String> name(Path path) {
        String shown = String.valueOf(path.getFileName());
        boolean doubtful = UTF_8 ? shown.indexOf(UNKNOWN) >= 0 : !shown.chars().allMatch(c -> c < 0x80);
        if (!doubtful || !path.getFileSystem().equals(FileSystems.getDefault())) {
            return Optional.of(composed(shown));
        }
        Optional<String> utf8 = utf8(path.toUri().getRawPath());
        return utf8.isPresent() || shown.indexOf(UNKNOWN) >= 0 ? utf8 : Optional.of(composed(shown));
    }

    /** A relative path with slashes, as far as its letters can be known. */
    public static String text(Path relative) {
        StringBuilder text = new StringBuilder();
        for (Path part : relative) {
            text.append(text.length() == 0 ? "" : "/").append(name(part).orElse(part.toString()));
        }
        return text.toString();
    }

    private static String composed(String name) {
        return Normalizer.normalize(name, Normalizer.Form.NFC);
    }

    /** What the last part of a URI's path says, whose escapes are the bytes that the file system has. */
    private static Optional<String> utf8(String path) {
        String last = path.replaceFirst("/$", "").replaceFirst(".*/", "");
        ByteBuffer bytes = ByteBuffer.allocate(last.length());
        for (int i = 0; i < last.length(); i++) {
            boolean escaped = last.charAt(i) == '%';
            bytes.put((byte) (escaped ? Integer.parseInt(last.substring(i + 1, i + 3), 16) : last.charAt(i)));
            i += escaped ? 2 : 0;
        }
        try {
            return Optional.of(composed(
                    StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString()));
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
