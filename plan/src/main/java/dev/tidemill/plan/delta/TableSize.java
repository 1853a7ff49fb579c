package dev.tidemill.plan.delta;

/**
 * How big a table was when a plan was made.
 *
 * @param rows or -1
 * @param bytes as stored, or -1
 */
public record TableSize(double rows, double bytes) {}
