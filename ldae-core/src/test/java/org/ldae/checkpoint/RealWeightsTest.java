package org.ldae.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Files that other programs wrote, in the folder that the environment variable LDAE_DATA names. */
class RealWeightsTest {

    @ParameterizedTest
    @CsvSource({
        "cifar10-resnet20-12fca82f.safetensors, 97, 271098",
        "mobilenet_v2_imagenet_dequant.safetensors, 106, 3489097",
    })
    void readsAndWritesWhatOthersWrote(String name, int tensors, long numbers, @TempDir Path folder)
            throws IOException {
        String data = System.getenv("LDAE_DATA");
        assumeTrue(data != null, "LDAE_DATA is not set");
        Path file = Path.of(data, "weights", name);
        assumeTrue(Files.exists(file), file + " is missing");

        Safetensors weights = Safetensors.read(file);

        assertEquals(tensors, weights.names().size());
        SafetensorsBuilder builder = Safetensors.builder();
        weights.metadata().forEach(builder::metadata);
        long count = 0;
        for (String tensor : weights.names()) {
            INDArray values = weights.tensor(tensor);
            assertArrayEquals(weights.shape(tensor), values.shape(), tensor);
            count += values.length();
            double largest = values.rank() == 0
                    ? Math.abs(values.getDouble(0))
                    : values.amaxNumber().doubleValue();
            assertTrue(largest < 1e4, tensor + " has " + largest);
            builder.tensor(tensor, values, weights.dtype(tensor));
        }
        assertEquals(numbers, count);

        Path copy = folder.resolve(name);
        builder.write(copy);
        MiniParser before = MiniParser.parse(file);
        MiniParser after = MiniParser.parse(copy);
        for (String tensor : weights.names()) {
            assertArrayEquals(before.bytes(tensor), after.bytes(tensor), tensor);
        }
    }
}
