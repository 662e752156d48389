package org.ldae.training;

import java.util.ArrayList;
import java.util.List;

/**
 * Positions of a batch that one worker computes, some at a time.
 *
 * @param index which share, from 0
 * @param of number of shares
 * @param first its first position
 * @param last one past its last position
 * @param size positions of a pass; the last pass may go beyond {@code last}, and what is there counts for nothing
 */
public record Share(int index, int of, int first, int last, int size) {

    /**
     * Splits a batch evenly, and each share into passes of even size.
     *
     * @param count positions of the batch, at least 1
     * @param workers most shares, at least 1
     * @param most most positions of a pass, at least 1
     * @return a share for each worker that has something to do
     */
    public static List<Share> split(int count, int workers, int most) {
        List<Share> shares = new ArrayList<>();
        int used = Math.min(workers, count);
        for (int w = 0; w < used; w++) {
            int first = (int) ((long) w * count / used);
            int last = (int) ((long) (w + 1) * count / used);
            int passes = (last - first + most - 1) / most;
            shares.add(new Share(w, used, first, last, (last - first + passes - 1) / passes));
        }
        return shares;
    }

    /**
     * The shares of this process, as many as of every other.
     *
     * @throws IllegalArgumentException if the batch can't be split so
     */
    static List<Share> own(int batch, int workers, GradientExchange exchange, int most) {
        List<Share> all = split(batch, workers * exchange.size(), most);
        int each = all.size() / exchange.size();
        if (each * exchange.size() != all.size()) {
            throw new IllegalArgumentException(
                    "training: expected a batch that gives each of %d processes as many shares, got %d of batch %d"
                            .formatted(exchange.size(), all.size(), batch));
        }
        return all.subList(exchange.rank() * each, (exchange.rank() + 1) * each);
    }

    /** Its number of positions. */
    int positions() {
        return last - first;
    }
}
