/** The report of a study: tables, figures and which of the paper's orderings were found, as one page. */
@NullMarked
package org.ldae.report;

import org.jspecify.annotations.NullMarked;
