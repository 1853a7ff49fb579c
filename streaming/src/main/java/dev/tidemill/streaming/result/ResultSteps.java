package dev.tidemill.streaming.result;

/**
 * Where a result took the place of another.
 *
 * @param before the last step of that one
 * @param first the step of this one that has what is different as its change
 */
public record ResultSteps(long before, long first) {}
