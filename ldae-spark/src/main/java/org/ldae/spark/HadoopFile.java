package org.ldae.spark;

import java.io.IOException;
import java.io.Serializable;
import java.net.URI;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.spark.util.SerializableConfiguration;

/** A file of any of Hadoop's file systems, read and written through a local copy. */
record HadoopFile(URI uri, SerializableConfiguration configuration) implements Serializable {

    static HadoopFile of(String path, Configuration configuration) throws IOException {
        Path named = new Path(path);
        Path qualified = named.getFileSystem(configuration).makeQualified(named);
        return new HadoopFile(qualified.toUri(), new SerializableConfiguration(configuration));
    }

    /** Works with a local file. */
    @FunctionalInterface
    interface Reader<T> {
        T read(java.nio.file.Path local) throws IOException;
    }

    /** Writes a local file. */
    @FunctionalInterface
    interface Writer {
        void write(java.nio.file.Path local) throws IOException;
    }

    private FileSystem system() throws IOException {
        return FileSystem.get(uri, configuration.value());
    }

    boolean exists() throws IOException {
        return system().exists(new Path(uri));
    }

    <T> T read(Reader<T> reader) throws IOException {
        java.nio.file.Path folder = Files.createTempDirectory("ldae-file");
        try {
            java.nio.file.Path local = folder.resolve("copy.safetensors");
            system().copyToLocalFile(false, new Path(uri), new Path(local.toUri()), true);
            return reader.read(local);
        } finally {
            LocalFiles.delete(folder);
        }
    }

    /** Replaces the file when the new one is complete. */
    void write(Writer writer) throws IOException {
        java.nio.file.Path folder = Files.createTempDirectory("ldae-file");
        try {
            java.nio.file.Path local = folder.resolve("copy.safetensors");
            writer.write(local);
            Path target = new Path(uri);
            Path incomplete = target.suffix(".incomplete");
            system().copyFromLocalFile(false, true, new Path(local.toUri()), incomplete);
            FileContext.getFileContext(uri, configuration.value()).rename(incomplete, target, Options.Rename.OVERWRITE);
        } finally {
            LocalFiles.delete(folder);
        }
    }
}
