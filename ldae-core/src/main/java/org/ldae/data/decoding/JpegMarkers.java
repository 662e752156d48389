package org.ldae.data.decoding;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Settles in a JPEG's own bytes what decoders differ about, without changing their number: colour profiles are made unknown
 * segments, and whether three components are YCbCr is said by the rules of libjpeg, or by the TIFF around it.
 */
final class JpegMarkers {

    private static final byte[] PROFILE = {'I', 'C', 'C', '_'};
    private static final byte[] JFIF = {'J', 'F', 'I', 'F'};
    private static final byte[] ADOBE = {'A', 'd', 'o', 'b', 'e'};
    private static final int TRANSFORM = 11;

    private final byte[] content;
    private final List<Integer> componentIds = new ArrayList<>();
    private final List<Integer> scanIds = new ArrayList<>();
    private int jfif = -1;
    private int adobe = -1;

    private JpegMarkers(byte[] content) {
        this.content = content;
    }

    /** Changes the JPEG between two positions; what isn't one stays. */
    static void settle(byte[] content, int from, int to, Optional<Boolean> isYCbCr) {
        JpegMarkers markers = new JpegMarkers(content);
        if (to - from > 4 && markers.at(from) == 0xff && markers.at(from + 1) == 0xd8) {
            markers.visit(from + 2, Math.min(to, content.length));
            if (markers.componentIds.size() == 3) {
                markers.say(isYCbCr.orElseGet(markers::isYCbCr));
            }
        }
    }

    private void visit(int from, int to) {
        int position = from;
        while (position + 4 <= to) {
            if (at(position) != 0xff || at(position + 1) == 0 || at(position + 1) == 0xff) {
                position++;
                continue;
            }
            int code = at(position + 1);
            if (code == 0x01 || (code >= 0xd0 && code <= 0xd8)) {
                position += 2;
                continue;
            }
            int length = at(position + 2) << 8 | at(position + 3);
            int body = position + 4;
            if (code == 0xd9 || length < 2 || position + 2 + length > to) {
                return;
            }
            segment(code, body, length - 2);
            position += 2 + length;
        }
    }

    private void segment(int code, int body, int length) {
        if (code == 0xe2 && starts(body, length, PROFILE)) {
            content[body] = 'X';
        } else if (code == 0xe0 && starts(body, length, JFIF)) {
            jfif = body;
        } else if (code == 0xee && length > TRANSFORM && starts(body, length, ADOBE)) {
            adobe = body + TRANSFORM;
        } else if (code >= 0xc0 && code <= 0xcf && code != 0xc4 && code != 0xc8 && code != 0xcc && length >= 6) {
            for (int i = 0; i < at(body + 5) && 6 + 3 * i < length; i++) {
                componentIds.add(body + 6 + 3 * i);
            }
        } else if (code == 0xda && length >= 1) {
            for (int i = 0; i < at(body) && 1 + 2 * i < length; i++) {
                scanIds.add(body + 1 + 2 * i);
            }
        }
    }

    /** libjpeg's rules: JFIF wins, then Adobe's marker, then red, green and blue by their letters. */
    private boolean isYCbCr() {
        if (jfif >= 0) {
            return true;
        }
        boolean letters =
                at(componentIds.get(0)) == 'R' && at(componentIds.get(1)) == 'G' && at(componentIds.get(2)) == 'B';
        return adobe >= 0 ? at(adobe) != 0 : !letters;
    }

    private void say(boolean isYCbCr) {
        if (adobe >= 0) {
            content[adobe] = (byte) (isYCbCr ? 1 : 0);
        }
        if (jfif >= 0 && !isYCbCr) {
            content[jfif] = 'X';
        }
        int[] before = componentIds.stream().mapToInt(this::at).toArray();
        byte[] after = isYCbCr ? new byte[] {1, 2, 3} : new byte[] {'R', 'G', 'B'};
        if (before[0] == before[1] || before[1] == before[2] || before[0] == before[2]) {
            return;
        }
        for (int i = 0; i < 3; i++) {
            content[componentIds.get(i)] = after[i];
        }
        for (int place : scanIds) {
            int id = at(place);
            for (int i = 0; i < 3; i++) {
                if (id == before[i]) {
                    content[place] = after[i];
                }
            }
        }
    }

    private boolean starts(int body, int length, byte[] letters) {
        boolean same = length >= letters.length;
        for (int i = 0; same && i < letters.length; i++) {
            same = content[body + i] == letters[i];
        }
        return same;
    }

    private int at(int position) {
        return content[position] & 0xff;
    }
}
