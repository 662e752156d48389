package org.ldae.noise;

/**
 * What a weighting or sampling of times asks of a schedule. It stands apart from {@link Weighting} because an interface with
 * default methods is initialised before an enum that implements it, and would then find its constants missing.
 */
interface LevelNeeds {

    /**
     * Whether it makes sense only with a schedule of many levels.
     *
     * @return false unless it says otherwise
     */
    default boolean needsManyLevels() {
        return false;
    }
}
