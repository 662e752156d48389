package org.ldae.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.rng.UniformRandomProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ldae.compute.Allocation;
import org.ldae.core.Rng;
import org.ldae.testing.Golden;
import org.ldae.testing.Mutations;
import org.nd4j.linalg.factory.Nd4j;

class CorruptFilesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        nothing                | expected the 8 bytes of the header's length, got 0 bytes
        short_length           | expected the 8 bytes of the header's length, got 7 bytes
        truncated_header       | the file is truncated
        truncated_body         | tensor 'a' to end within the 7 bytes after the header, got 8; the file is truncated
        trailing_bytes         | expected 8 bytes after the header, the sum of all tensors, got 9
        length_beyond_cap      | expected a header of at most 100000000 bytes, got 100000001
        length_negative        | expected a header of at most 100000000 bytes, got 18446744073709551615
        length_one_more        | bytes after its length; the file is truncated
        empty_header           | begins with '{', got nothing
        not_an_object          | begins with '{', got '['
        leading_blank          | begins with '{', got ' '
        unfinished_json        | header: expected one JSON object, got malformed text
        text_after_json        | header: expected
        lenient_json           | header: expected one JSON object, got malformed text
        not_utf8               | header: expected UTF-8
        nested_deep            | tensor 'a': expected an object, got BEGIN_ARRAY
        tensor_not_object      | tensor 'a': expected an object, got NUMBER
        tensor_null            | tensor 'a': expected an object, got NULL
        duplicate_tensor       | header: expected each name once, got 'a' twice
        duplicate_escaped      | header: expected each name once, got 'a' twice
        duplicate_key          | tensor 'a': expected each name once, got 'dtype' twice
        duplicate_metadata     | header: expected each name once, got '__metadata__' twice
        duplicate_metadata_key | __metadata__: expected each name once, got 'k' twice
        metadata_number        | __metadata__ 'epoch': expected a string, got NUMBER
        metadata_list          | __metadata__: expected an object, got BEGIN_ARRAY
        dtype_number           | a dtype in quotes, got NUMBER
        missing_dtype          | got no dtype
        missing_shape          | got no shape
        missing_offsets        | got no data_offsets
        extra_key              | dtype, shape and data_offsets only, got 'stride'
        one_offset             | data_offsets of a begin and an end, got [8]
        three_offsets          | data_offsets of a begin and an end, got [0, 8, 8]
        negative_offset        | data_offsets of integers from 0 to 9223372036854775807, got -8
        fraction_offset        | data_offsets of integers from 0 to 9223372036854775807, got 8.0
        text_offset            | data_offsets of integers from 0 to 9223372036854775807, got STRING
        offset_beyond_long     | data_offsets of integers from 0 to 9223372036854775807, got 9223372036854775808
        end_before_begin       | tensor 'a' to end no earlier than it begins, at byte 8, got 0
        end_beyond_file        | tensor 'a' to end within the 8 bytes after the header, got 12
        shape_not_list         | shape of integers from 0 to 9223372036854775807, got NUMBER
        negative_shape         | shape of integers from 0 to 9223372036854775807, got -2
        fraction_shape         | shape of integers from 0 to 9223372036854775807, got 2.5
        shape_overflow         | tensor 'a' of F32 [4611686018427387904, 4] to fit in a file
        shape_wraps_to_size    | tensor 'a' of F32 [4294967296, 2147483648, 2] to fit in a file
        shape_beyond_long      | shape of integers from 0 to 9223372036854775807, got 18446744073709551616
        too_many_axes          | a shape of at most 32 axes, got 33
        wrong_size             | tensor 'a' of F64 [2] to take 16 bytes, got 8
        scalar_without_bytes   | tensor 'a' of F32 [] to take 4 bytes, got 0
        empty_with_bytes       | tensor 'a' of F32 [0, 2] to take 0 bytes, got 8
        overlap                | tensor 'b' to begin at byte 8, where the one before ends, got 4; tensors overlap
        same_bytes_twice       | tensor 'b' to begin at byte 8, where the one before ends, got 0; tensors overlap
        hole                   | tensor 'b' to begin at byte 4, where the one before ends, got 8; there is a hole
        hole_at_start          | tensor 'a' to begin at byte 0, where the one before ends, got 4; there is a hole
        no_tensors_but_bytes   | expected 0 bytes after the header, the sum of all tensors, got 8
        """)
    void saysWhatIsWrong(String name, String problem) {
        Path file = Golden.file("checkpoint/corrupt/" + name + ".safetensors");

        String message = Thrown.message(CheckpointException.class, () -> Safetensors.read(file));

        assertTrue(message.startsWith(file + ": "), message);
        assertTrue(message.contains(problem), message);
    }

    @Test
    void everyCorruptFileIsTested() throws IOException {
        try (Stream<Path> files = Files.list(Golden.file("checkpoint/corrupt"))) {
            assertEquals(56, files.count());
        }
    }

    /** Whatever bytes change, a file is either read as it says or refused; nothing else is thrown. */
    @Test
    void survivesRandomDamage(@TempDir Path folder) throws IOException {
        byte[] good = Files.readAllBytes(Golden.file("checkpoint/all_types.safetensors"));
        int header = 8 + (good[0] & 0xff) + 256 * good[1];
        Path file = folder.resolve("damaged.safetensors");
        int refused = 0;
        for (int i = 0; i < 600; i++) {
            UniformRandomProvider random = Rng.of(11).stream("damage").at(i).generator();
            byte[] bytes = good.clone();
            for (int k = random.nextInt(1, 4); k > 0; k--) {
                bytes[random.nextInt(header)] =
                        (byte) (random.nextBoolean() ? random.nextInt(256) : "09,:[]{}\"-".charAt(random.nextInt(10)));
            }
            if (random.nextInt(4) == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            }
            Files.write(file, bytes);
            try {
                Safetensors read = Safetensors.read(file);
                for (String name : read.names()) {
                    assertEquals(read.shape(name).length, read.tensor(name).rank());
                }
            } catch (CheckpointException e) {
                refused++;
            }
        }
        assertTrue(refused > 400 && refused < 600, "refused " + refused);
    }

    /** Bit flips, cuts, numbers at the edges of their types, parts of other files. */
    @Test
    void survivesMutations(@TempDir Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(Golden.file("checkpoint/corrupt"))) {
            files = Stream.concat(Stream.of(Golden.file("checkpoint/all_types.safetensors")), all.sorted())
                    .toList();
        }
        int read = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] donor = Files.readAllBytes(files.get(i % files.size()));
            byte[] bytes = Files.readAllBytes(files.get(i % 2 == 0 ? 0 : i / 2 % files.size()));
            Path file = folder.resolve("mutated.safetensors");
            Files.write(
                    file,
                    Mutations.of(
                            bytes, donor.length == 0 ? bytes : donor, Rng.of(12).at(i)));
            long before = Allocation.ofThread();
            try {
                Safetensors mutated = Safetensors.read(file);
                for (String name : mutated.names()) {
                    mutated.tensor(name).close();
                }
                read++;
            } catch (CheckpointException e) {
                assertTrue(String.valueOf(e.getMessage()).startsWith(file + ": "), e::toString);
            }
            assertTrue(Allocation.ofThread() - before < 16 << 20, "case " + i + " took memory");
        }
        assertTrue(read > 0 && read < 5000, "read " + read);
    }

    @Test
    void readsMetadataThatIsNull() throws IOException {
        Safetensors file = Safetensors.read(Golden.file("checkpoint/corrupt/metadata_null.safetensors"));

        assertEquals(Map.of(), file.metadata());
    }

    @ParameterizedTest
    @CsvSource({"unknown_dtype, C64", "lower_case_dtype, f32"})
    void aTypeIsAnErrorOnlyWhenAskedFor(String name, String type) throws IOException {
        Safetensors file = Safetensors.read(Golden.file("checkpoint/corrupt/" + name + ".safetensors"));

        String problem = Thrown.message(CheckpointException.class, () -> file.tensor("a"));

        assertTrue(file.has("a") && file.shape("a").length == 1);
        assertTrue(
                problem.contains(
                        "tensor 'a': expected a dtype of [I64, F64, F32, I32, BF16, F16, U8], got '" + type + "'"),
                problem);
    }

    @Test
    void namesNearAMissingOne() throws IOException {
        Safetensors file = Safetensors.read(Golden.file("checkpoint/all_types.safetensors"));

        String problem = Thrown.message(CheckpointException.class, () -> file.tensor("scalar.i46"));

        assertTrue(
                problem.endsWith(
                        "expected one of its 13 names, got 'scalar.i46'; nearest are [scalar.i64, scalar, bf16]"),
                problem);
        assertThrows(CheckpointException.class, () -> file.shape("scalar.i46"));
        assertThrows(CheckpointException.class, () -> file.dtype("scalar.i46"));
    }

    @Test
    void saysWhatIsNotAFile(@TempDir Path folder) {
        Path missing = folder.resolve("none.safetensors");

        String noFile = Thrown.message(CheckpointException.class, () -> Safetensors.read(missing));
        String isFolder = Thrown.message(CheckpointException.class, () -> Safetensors.read(folder));

        assertEquals(missing + ": expected a safetensors file, got no such file; check the path", noFile);
        assertEquals(folder + ": expected a safetensors file, got a folder; name a file in it", isFolder);
    }

    @Test
    void readsOneFileThoughAWriterReplacesIt(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.builder().tensor("w", Nd4j.createFromArray(1f, 2f)).write(file);
        try (Safetensors before = Safetensors.read(file)) {

            Safetensors.builder().tensor("v", Nd4j.createFromArray(3f, 4f)).write(file);

            assertEquals(1f, before.tensor("w").getFloat(0));
            assertEquals(3f, Safetensors.read(file).tensor("v").getFloat(0));
            Files.delete(file);
            assertEquals(2f, before.tensor("w").getFloat(1));
        }
    }

    @Test
    void noticesThatTheFileWasChangedInPlace(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.builder().tensor("w", Nd4j.createFromArray(1f, 2f)).write(file);
        Safetensors before = Safetensors.read(file);

        Files.write(file, new byte[] {1}, StandardOpenOption.APPEND);

        String problem = Thrown.message(CheckpointException.class, () -> before.tensor("w"));
        assertTrue(problem.contains("read it again"), problem);
    }

    @Test
    void saysThatItWasClosed(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.builder().tensor("w", Nd4j.createFromArray(1f, 2f)).write(file);
        Safetensors read = Safetensors.read(file);

        read.close();

        String problem = Thrown.message(CheckpointException.class, () -> read.tensor("w"));
        assertTrue(problem.contains("got one that was closed"), problem);
        assertEquals(List.of("w"), read.names());
    }

    @Test
    void noticesThatTheFileWasRemoved(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.safetensors");
        Files.writeString(file, "\2\0\0\0\0\0\0\0{}", StandardCharsets.ISO_8859_1);
        Safetensors empty = Safetensors.read(file);
        assertEquals(0, empty.names().size());

        Files.delete(file);

        assertThrows(CheckpointException.class, () -> empty.tensor("w"));
        assertThrows(CheckpointException.class, () -> Safetensors.read(file));
    }
}
