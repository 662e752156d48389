package org.ldae.spark;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.apache.spark.TaskContext;

/**
 * What the tasks of an executor share, made once for each key: a model, a study's images. What no task uses is closed when
 * something else is made, so that an executor holds no more than it needs.
 */
final class SharedInExecutor {

    private static final Map<String, Entry> ENTRIES = new HashMap<>();

    private SharedInExecutor() {}

    /** A thing of this process. */
    private static final class Entry {
        private final AutoCloseable thing;
        private int users;

        Entry(AutoCloseable thing) {
            this.thing = thing;
        }
    }

    /** Makes a thing. */
    @FunctionalInterface
    interface Maker<T> {
        T make() throws Exception;
    }

    /** The thing of a key, until the calling task ends; tasks that come while it is made wait. */
    static <T extends AutoCloseable> T get(String key, Class<T> type, Maker<T> maker) throws Exception {
        synchronized (ENTRIES) {
            Entry entry = ENTRIES.get(key);
            if (entry == null) {
                closeIdle();
                entry = new Entry(maker.make());
                ENTRIES.put(key, entry);
            }
            Entry used = entry;
            used.users++;
            TaskContext.get().addTaskCompletionListener((org.apache.spark.util.TaskCompletionListener) task -> {
                synchronized (ENTRIES) {
                    used.users--;
                }
            });
            return type.cast(used.thing);
        }
    }

    private static void closeIdle() throws Exception {
        for (Iterator<Entry> all = ENTRIES.values().iterator(); all.hasNext(); ) {
            Entry entry = all.next();
            if (entry.users == 0) {
                all.remove();
                entry.thing.close();
            }
        }
    }
}
