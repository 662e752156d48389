package org.ldae.compute.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.ldae.compute.Backend;

class GemmsTest {

    private static Gemm absent() {
        throw new NoClassDefFoundError("org/bytedeco/dnnl/global/dnnl");
    }

    @BeforeEach
    void needsTheNativeBackend() {
        assumeTrue(Backend.isNative(), "CPU kernels only");
    }

    @Test
    void oneDnnIsTakenWhereItCanBeLoadedAsHere() {
        assumeTrue(
                System.getProperty("os.name").equals("Linux")
                        && System.getProperty("os.arch").equals("amd64"),
                "the tests bring oneDNN for Linux on x86-64");
        assertInstanceOf(OneDnn.class, Gemms.choose("auto"));
        assertTrue(Gemms.choose("onednn").name().matches("oneDNN 2[.]5[.][0-9]+"));
    }

    @Test
    void openBlasStandsInWhereOneDnnIsAbsent() {
        assertInstanceOf(OpenBlas.class, Gemms.choose("auto", GemmsTest::absent));
        assertInstanceOf(OpenBlas.class, Gemms.choose("openblas"));
    }

    @Test
    void whatIsAskedForAndAbsentIsAnErrorThatSaysWhatToAdd() {
        String message = String.valueOf(
                assertThrows(IllegalStateException.class, () -> Gemms.choose("onednn", GemmsTest::absent))
                        .getMessage());
        assertTrue(message.contains("org.bytedeco:dnnl"), message);
        assertTrue(message.contains("org/bytedeco/dnnl/global/dnnl"), message);
    }

    @Test
    void anUnknownChoiceIsAnErrorThatNamesIt() {
        IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> Gemms.choose("mkl"));
        assertEquals("ldae.gemm: expected auto, onednn or openblas, got mkl", thrown.getMessage());
    }

    @Test
    void provenanceNamesTheLibrary() {
        String name = Backend.provider().description();
        assertEquals(
                Backend.provider().name().equals("cpu")
                        ? "CPU, " + Gemms.ofProcess().name()
                        : "PORTABLE",
                name);
    }
}
