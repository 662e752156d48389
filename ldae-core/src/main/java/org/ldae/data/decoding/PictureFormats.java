package org.ldae.data.decoding;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Which files are pictures: those that are called so, and those that begin as one whatever they are called. */
public final class PictureFormats {

    /** Other names of pictures, which must not be left out without a word. */
    private static final Set<String> PICTURES = Set.of(
            ("apng avif bmp dib exr gif heic heif ico j2k jfif jp2 jpe jpeg jpg jxl mpo pam pbm pcx pgm png pnm ppm"
                            + " psd svg tga tif tiff webp")
                    .split(" "));

    /** Many of them begin as a TIFF, whose first image is a small preview. */
    private static final Set<String> RAW_FILES_OF_CAMERAS =
            Set.of("arw cr2 cr3 crw dng nef nrw orf pef raf rw2 srw x3f".split(" "));

    private static final int START = 18;

    /** In Latin 1: JPEG, PNG, GIF, TIFF and BigTIFF, WebP, bitmaps, PNM, HEIF and AVIF, JPEG 2000 and XL, Photoshop. */
    private static final Pattern STARTS = Pattern.compile(
            "\u00ff\u00d8\u00ff.*|\u0089PNG\r\n\u001a\n.*|GIF8[79]a.*|II[*+]\0.*|MM\0[*+].*|RIFF....WEBP.*"
                    + "|BM.{12}[\f\u0010(48@l|]\0\0\0|P[1-6]\\s+[0-9#].*|P7\n.*"
                    + "|....ftyp(?:avi[fs]|hei[cxms]|hev[cxms]|mif1|msf1).*|\0\0\0\f(?:jP  |JXL ).*|8BPS\0\u0001.*",
            Pattern.DOTALL);

    /** What the readers claim that are installed now. */
    private final Set<String> readable = Arrays.stream(ImageIO.getReaderFileSuffixes())
            .map(suffix -> suffix.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());

    public boolean isPicture(Path file) throws IOException {
        String extension = extension(file);
        if (readable.contains(extension) || PICTURES.contains(extension) || RAW_FILES_OF_CAMERAS.contains(extension)) {
            return true;
        }
        try (InputStream content = Files.newInputStream(file)) {
            return STARTS.matcher(new String(content.readNBytes(START), StandardCharsets.ISO_8859_1))
                    .matches();
        }
    }

    /** Refuses a picture that nothing here can read, whatever it holds; quick for the usual names, which aren't opened. */
    public void requireReader(Path file) throws IOException {
        String extension = extension(file);
        if (readable.contains(extension)) {
            return;
        }
        if (!RAW_FILES_OF_CAMERAS.contains(extension)) {
            try (ImageInputStream content = new MemoryCacheImageInputStream(Files.newInputStream(file))) {
                if (ImageIO.getImageReaders(content).hasNext()) {
                    return;
                }
            }
        }
        throw new IOException("no Image I/O reader for this format on the class path; add a plug-in");
    }

    private static String extension(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }
}
