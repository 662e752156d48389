package org.ldae.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.ldae.data.Failures.assertFails;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ldae.data.decoding.PicturesTest;

/** Which files of a folder are pictures, whatever they are called, and which folders are a split or a class. */
class PicturesByContentTest {

    private static final FolderOptions SPLIT = FolderOptions.square(8).withTestFraction(0.25, 1);

    @TempDir
    private Path dir;

    @ParameterizedTest
    @CsvSource({
        "baseline444.jpg, jfif",
        "baseline444.jpg, JPE",
        "baseline444.jpg, mpo",
        "baseline444.jpg, jpg_large",
        "baseline444.jpg, heic",
        "rgb8.png, apng",
        "rgb_lzw.tif, svs",
        "bigtiff.tif, btf",
        "rgb.bmp, dib",
        "lossless.webp, png~",
        "rgb.ppm, raster",
        "transparent.gif, bin"
    })
    void otherNamesAreReadByTheirContent(String name, String extension) throws IOException {
        Path picture = PicturesTest.folder().resolve(name);
        put("a/1." + extension, Files.readAllBytes(picture));
        put("a/without extension", Files.readAllBytes(picture));
        Dataset data = Dataset.folder(dir, SPLIT);
        assertEquals(1, data.train().size());
        assertEquals(1, data.test().size());
        ImageSource right = ImageSource.pictures(FolderOptions.square(8), List.of(Picture.of(picture)));
        assertEquals(right.images(0), data.train().images(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"jfif", "jpe", "mpo", "apng", "dib", "heic", "jxl", "svg", "nef", "webp"})
    void picturesByNameAloneAreReported(String extension) throws IOException {
        somePictures("a", 4);
        put("a/broken." + extension, "no picture".getBytes(StandardCharsets.US_ASCII));
        assertFails(Exception.class, () -> readAll(Dataset.folder(dir, SPLIT)), "broken." + extension);
        Dataset data = Dataset.folder(dir, SPLIT.withSkipping(1));
        assertEquals(4, data.train().size() + data.test().size());
        assertEquals(dir.resolve("a/broken." + extension), data.skipped().get(0).file());
    }

    @Test
    void previewsInRawFilesOfCamerasAreNotTakenForThem() throws IOException {
        somePictures("a", 4);
        put("a/5.dng", Files.readAllBytes(PicturesTest.folder().resolve("rgb_lzw.tif")));
        assertFails(IOException.class, () -> Dataset.folder(dir, SPLIT), "5.dng", "plug-in");
    }

    @Test
    void newFormatsAreReportedWhateverTheyAreCalled() throws IOException {
        somePictures("a", 4);
        put("a/photo.download", "\0\0\0\u0018ftypheic\0\0\0\0mif1heic".getBytes(StandardCharsets.ISO_8859_1));
        assertFails(IOException.class, () -> Dataset.folder(dir, SPLIT), "photo.download", "plug-in");
    }

    @Test
    void filesBesidePicturesAreNone() throws IOException {
        somePictures("a", 4);
        byte[] picture = Files.readAllBytes(PicturesTest.folder().resolve("baseline444.jpg"));
        put("a/Thumbs.db", new byte[] {(byte) 0xd0, (byte) 0xcf, 0x11, (byte) 0xe0});
        put("a/.DS_Store", new byte[40]);
        put("a/._1.jpg", new byte[40]);
        put("a/labels.json", "{}".getBytes(StandardCharsets.US_ASCII));
        put("a/P5 notes.txt", "P5 is what we call the fifth patch".getBytes(StandardCharsets.US_ASCII));
        put("a/BMW.txt", "BMW and other makers of cars".getBytes(StandardCharsets.US_ASCII));
        put("a/empty", new byte[0]);
        put("a/@eaDir/1.jpg", picture);
        put("__MACOSX/a/._1.jpg", new byte[40]);
        put("readme.md", new byte[0]);
        Dataset data = Dataset.folder(dir, SPLIT);
        assertEquals(4, data.train().size() + data.test().size());
        assertEquals(List.of("a"), data.train().classNames());
    }

    @Test
    void accentsInOneCharacterOrTwoAreOneClass() throws IOException {
        somePictures("train/caf\u00e9", 2);
        somePictures("train/cafe\u0301/more", 3);
        somePictures("test/cafe\u0301", 1);
        Dataset data = Dataset.folder(dir, FolderOptions.square(8));
        assertEquals(List.of("caf\u00e9"), data.train().classNames());
        assertEquals(5, data.train().size());
        assertEquals(1, data.test().size());
    }

    @ParameterizedTest
    @CsvSource({"Train, Test", "TRAIN, VAL", "train, TEST"})
    void capitalsAreASplitToo(String train, String test) throws IOException {
        somePictures(train + "/a", 2);
        somePictures(test + "/a", 1);
        Dataset data = Dataset.folder(dir, FolderOptions.square(8));
        assertEquals(2, data.train().size());
        assertEquals(1, data.test().size());
        assertEquals(List.of("a"), data.test().classNames());
    }

    @Test
    void twoSplitsOfOneNameAreAnError() throws IOException {
        somePictures("train/a", 1);
        Files.createDirectories(dir.resolve("TRAIN/a"));
        assertFails(IOException.class, () -> Dataset.folder(dir, FolderOptions.square(8)), "one folder train", "TRAIN");
    }

    private void somePictures(String folder, int count) throws IOException {
        byte[] picture = Files.readAllBytes(PicturesTest.folder().resolve("baseline444.jpg"));
        for (int i = 1; i <= count; i++) {
            put(folder + "/" + i + ".jpg", picture);
        }
    }

    private void put(String name, byte[] content) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        Files.write(file, content);
    }

    private static void readAll(Dataset data) {
        for (ImageSource part : List.of(data.train(), data.test())) {
            for (int i = 0; i < part.size(); i++) {
                DataFiles.read(part, i);
            }
        }
    }
}
