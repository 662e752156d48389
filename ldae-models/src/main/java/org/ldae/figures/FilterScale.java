package org.ldae.figures;

/** What the darkest and the brightest grey of a filter picture stand for; middle grey is always a weight of 0. */
public enum FilterScale {
    /** Each filter's own largest absolute weight: shows the form of every filter, not how strong it is. */
    PER_FILTER,
    /** The largest absolute weight of all filters in the picture: weak filters look flat. */
    COMMON
}
