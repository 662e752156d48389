/** Models as ONNX: what was trained here runs where there is no Java. */
@NullMarked
package org.ldae.onnx;

import org.jspecify.annotations.NullMarked;
