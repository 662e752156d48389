package org.ldae.models;

import java.util.function.Supplier;

/** Work with another number of threads than the machine has. */
final class Threads {

    private static final String PROPERTY = "ldae.threads";

    private Threads() {}

    static <T> T with(int threads, Supplier<T> work) {
        String before = System.getProperty(PROPERTY);
        System.setProperty(PROPERTY, Integer.toString(threads));
        try {
            return work.get();
        } finally {
            if (before == null) {
                System.clearProperty(PROPERTY);
            } else {
                System.setProperty(PROPERTY, before);
            }
        }
    }
}
