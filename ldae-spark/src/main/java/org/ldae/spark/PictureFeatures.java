package org.ldae.spark;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.ldae.data.Picture;
import org.ldae.inference.Encoder;
import org.ldae.inference.Features;
import org.ldae.inference.Predictor;
import org.ldae.models.LatentDAE;

/**
 * Features of the pictures of a DataFrame, each computed where its bytes are.
 *
 * <pre>{@code
 * Dataset<Row> pictures = spark.read().format("binaryFile").load("hdfs:///pictures");
 * PictureFeatures.of(spark, Path.of("ldae.safetensors")).transform(pictures).write().parquet("hdfs:///features");
 * }</pre>
 *
 * <p>An executor holds one model, which its tasks share. The numbers are those of {@link Predictor#features(Picture)}.
 */
public final class PictureFeatures {

    /** Column of the bytes, as Spark's {@code binaryFile} calls it. */
    private static final String CONTENT = "content";

    /** Column of the features. */
    static final String FEATURES = "features";

    /** Column of the reason why there are none. */
    static final String ERROR = "error";

    private final String column;
    private final Transform transform;

    /** Reads an encoder in an executor. */
    @FunctionalInterface
    public interface Loader extends Serializable {

        /**
         * Reads an encoder.
         *
         * @param file the model
         * @return the encoder, closed when no task needs it
         * @throws IOException if the file can't be read
         */
        Encoder load(Path file) throws IOException;
    }

    /** Which features are read, said in the executor. */
    @FunctionalInterface
    public interface Choice extends Serializable {

        /**
         * What to read of the encoder.
         *
         * @return such as {@code Features.pyramid(1, 2, 4)}
         */
        Features features();
    }

    private PictureFeatures(String column, Transform transform) {
        this.column = column;
        this.transform = transform;
    }

    /**
     * Averaged features of a trained model.
     *
     * @param spark the session
     * @param model a file that {@link LatentDAE#load} reads, on the driver
     * @return the features of pictures in the column {@code content}
     * @throws IOException if the file can't be read
     */
    public static PictureFeatures of(SparkSession spark, Path model) throws IOException {
        return of(spark, model, LatentDAE::load);
    }

    /**
     * Averaged features of any encoder.
     *
     * @param spark the session
     * @param model a file on the driver, sent to executors
     * @param loader reads it there
     * @return the features of pictures in the column {@code content}
     * @throws IOException if the file can't be read
     */
    public static PictureFeatures of(SparkSession spark, Path model, Loader loader) throws IOException {
        Broadcast<byte[]> bytes = new JavaSparkContext(spark.sparkContext()).broadcast(Files.readAllBytes(model));
        String key = UUID.randomUUID().toString();
        return new PictureFeatures(CONTENT, new Transform(key, bytes, loader, Features::pooled, -1));
    }

    /**
     * Other features.
     *
     * @param choice what to read, such as {@code () -> Features.pyramid(1, 2, 4)}
     * @return a copy
     */
    public PictureFeatures withFeatures(Choice choice) {
        String key = UUID.randomUUID().toString();
        return new PictureFeatures(
                column, new Transform(key, transform.model, transform.loader, choice, transform.index));
    }

    /**
     * Another column of bytes.
     *
     * @param name of the column that holds the pictures' files
     * @return a copy
     */
    public PictureFeatures withColumn(String name) {
        return new PictureFeatures(name, transform);
    }

    /**
     * Reads the features of all rows, when Spark asks for them.
     *
     * @param pictures with a column of the bytes of pictures' files
     * @return the other columns, then {@code features} (array of float) and {@code error} (string), one of which is null
     * @throws IllegalArgumentException if there is no such column of bytes, or one of the new columns is there already
     */
    public Dataset<Row> transform(Dataset<Row> pictures) {
        StructType schema = pictures.schema();
        int index = Columns.require(schema, column, DataTypes.BinaryType);
        List<StructField> fields = new ArrayList<>(Arrays.asList(schema.fields()));
        fields.remove(index);
        for (String name : List.of(FEATURES, ERROR)) {
            if (fields.stream().anyMatch(field -> field.name().equals(name))) {
                throw new IllegalArgumentException(
                        "pictures: expected no column '%s', which is added, got %s; rename it"
                                .formatted(name, String.join(", ", schema.fieldNames())));
            }
        }
        fields.add(DataTypes.createStructField(FEATURES, DataTypes.createArrayType(DataTypes.FloatType, false), true));
        fields.add(DataTypes.createStructField(ERROR, DataTypes.StringType, true));
        return pictures.mapPartitions(transform.at(index), Encoders.row(DataTypes.createStructType(fields)));
    }

    /** The model in an executor. */
    private record Loaded(Encoder encoder, Predictor predictor) implements AutoCloseable {
        @Override
        public void close() {
            predictor.close();
            encoder.close();
        }
    }

    /** What an executor does with the rows of a partition. */
    private record Transform(String key, Broadcast<byte[]> model, Loader loader, Choice choice, int index)
            implements MapPartitionsFunction<Row, Row> {

        Transform at(int column) {
            return new Transform(key, model, loader, choice, column);
        }

        @Override
        public Iterator<Row> call(Iterator<Row> rows) throws Exception {
            if (!rows.hasNext()) {
                return rows;
            }
            ExecutorTask.requireNatives();
            Predictor predictor =
                    SharedInExecutor.get(key, Loaded.class, this::load).predictor();
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return rows.hasNext();
                }

                @Override
                public Row next() {
                    return row(rows.next(), predictor);
                }
            };
        }

        private Loaded load() throws IOException {
            Path file = Files.createTempFile("ldae-model", ".safetensors");
            try {
                Files.write(file, model.value());
                Encoder encoder = loader.load(file);
                try {
                    return new Loaded(encoder, encoder.predictor(choice.features()));
                } catch (RuntimeException e) {
                    encoder.close();
                    throw e;
                }
            } finally {
                Files.delete(file);
            }
        }

        private Row row(Row row, Predictor predictor) {
            Object[] values = new Object[row.length() + 1];
            int count = 0;
            for (int i = 0; i < row.length(); i++) {
                if (i != index) {
                    values[count++] = row.get(i);
                }
            }
            byte @Nullable [] bytes = row.getAs(index);
            try {
                if (bytes == null) {
                    throw new IOException("no bytes");
                }
                values[count] = predictor.features(Picture.of(bytes));
            } catch (IOException e) {
                values[count + 1] = e.getMessage();
            }
            return RowFactory.create(values);
        }
    }
}
