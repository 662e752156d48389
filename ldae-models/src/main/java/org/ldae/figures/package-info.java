/** Pictures for people: image grids, filters, reconstructions and charts as {@link java.awt.image.BufferedImage} and PNG. */
@NullMarked
package org.ldae.figures;

import org.jspecify.annotations.NullMarked;
