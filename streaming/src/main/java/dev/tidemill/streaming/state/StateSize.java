package dev.tidemill.streaming.state;

/**
 * What one state of a query holds.
 *
 * @param kind how it is kept
 * @param bytes in memory, about
 */
public record StateSize(String name, String kind, long keys, long rows, long bytes) {}
