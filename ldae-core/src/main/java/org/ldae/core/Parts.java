package org.ldae.core;

/**
 * Names the kinds of parts that a jar brings, so that recipes holding them can be written as JSON and read again. Found by
 * {@link java.util.ServiceLoader}: a public class with a public constructor without parameters, whose name stands in {@code
 * META-INF/services/org.ldae.core.Parts}. A file names kinds, never classes.
 *
 * <pre>{@code
 * public final class MyParts implements Parts {
 *     public void register(Kinds kinds) {
 *         kinds.add(Denoiser.class, "token-mlp", TokenMlp.class);
 *     }
 * }
 * }</pre>
 */
public interface Parts {

    /**
     * Tells the kinds; called once.
     *
     * @param kinds takes them
     */
    void register(Kinds kinds);

    /** Takes the kinds of a jar. */
    interface Kinds {

        /**
         * Adds a kind.
         *
         * @param door the interface that recipes know, such as {@code Denoiser}
         * @param name the kind in JSON, no other of this door has it; stays for ever, since files hold it
         * @param part a record, whose components are written by their names, or an enum, written as its constants' names
         * @param <T> the interface
         * @return this
         * @throws IllegalArgumentException if another class of this door has the name, or the class is no record or enum
         */
        <T> Kinds add(Class<T> door, String name, Class<? extends T> part);
    }
}
