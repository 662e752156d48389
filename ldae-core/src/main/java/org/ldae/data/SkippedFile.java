package org.ldae.data;

import java.nio.file.Path;

/**
 * A file that was left out of a set because it can't be read.
 *
 * @param file which
 * @param reason what is wrong with it
 */
public record SkippedFile(Path file, String reason) {}
