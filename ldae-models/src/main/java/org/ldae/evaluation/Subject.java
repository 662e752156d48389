package org.ldae.evaluation;

import org.ldae.inference.Encoder;

/**
 * An encoder that is measured.
 *
 * @param name what it is called in tables and files
 * @param encoder what represents images; the caller closes it
 */
public record Subject(String name, Encoder encoder) {}
