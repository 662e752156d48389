/** Layers of convolutional networks, forward and backward, over channel maps. */
@org.jspecify.annotations.NullMarked
package org.ldae.nn.conv;
