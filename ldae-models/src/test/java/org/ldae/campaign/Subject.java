package org.ldae.campaign;

import java.io.IOException;
import java.nio.file.Path;
import org.ldae.core.Rng;
import org.ldae.testing.Mutations;

/** A good file, how it is damaged, how it is read, and what reading may throw. */
final class Subject {

    /** Reads a file and uses what it read. */
    @FunctionalInterface
    interface Reader {
        void read(Path file) throws IOException;
    }

    /** Damages a file; parts of a donor may come into it. */
    @FunctionalInterface
    interface Damage {
        byte[] of(byte[] file, byte[] donor, Rng rng);
    }

    private final String kind;
    private final Path target;
    private final byte[] file;
    private final Reader reader;
    private final Damage damage;
    private final Class<? extends Exception> declared;

    private Subject(
            String kind, Path target, byte[] file, Reader reader, Damage damage, Class<? extends Exception> declared) {
        this.kind = kind;
        this.target = target;
        this.file = file;
        this.reader = reader;
        this.damage = damage;
        this.declared = declared;
    }

    /** Damaged by bytes, refused by an {@link IOException}. */
    static Subject of(String kind, Path target, byte[] file, Reader reader) {
        return new Subject(kind, target, file, reader, Mutations::of, IOException.class);
    }

    Subject damagedBy(Damage other) {
        return new Subject(kind, target, file, reader, other, declared);
    }

    Subject refusedBy(Class<? extends Exception> other) {
        return new Subject(kind, target, file, reader, damage, other);
    }

    String kind() {
        return kind;
    }

    /** Where the damaged file is written; messages must name it or the folder it is in. */
    Path target() {
        return target;
    }

    byte[] file() {
        return file;
    }

    byte[] damaged(byte[] donor, Rng rng) {
        return damage.of(file, donor, rng);
    }

    void read() throws IOException {
        reader.read(target);
    }

    boolean declares(Throwable problem) {
        return declared.isInstance(problem);
    }
}
