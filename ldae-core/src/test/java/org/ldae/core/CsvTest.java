package org.ldae.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Quoting of comma-separated values. */
class CsvTest {

    @Test
    void onlyCellsThatNeedItAreQuoted() {
        assertEquals("cat,3,0.5,", Csv.row("cat", 3, 0.5, ""));
        assertEquals(
                "\"a, b\",\"a \"\"b\"\"\",\"a\nb\",\"a\r\",a;b c", Csv.row("a, b", "a \"b\"", "a\nb", "a\r", "a;b c"));
        assertEquals("1.0,2.5", Csv.row(List.of(1f, 2.5f)));
        assertEquals("", Csv.row());
    }
}
