package org.ldae.spark;

import java.util.Arrays;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** Columns of DataFrames, by name. */
final class Columns {

    private Columns() {}

    /** The index of a column, which must be of that type. */
    static int require(StructType schema, String name, DataType type) {
        int index = Arrays.asList(schema.fieldNames()).indexOf(name);
        DataType found = index < 0 ? null : schema.fields()[index].dataType();
        if (found == null || !DataType.equalsIgnoreNullability(found, type)) {
            throw new IllegalArgumentException("columns: expected '%s' of type %s, got %s"
                    .formatted(name, type.simpleString(), schema.simpleString()));
        }
        return index;
    }
}
