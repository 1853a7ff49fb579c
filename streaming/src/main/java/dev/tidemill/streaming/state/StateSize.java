package dev.tidemill.streaming.state;

/**
 * What one state of a query holds.
 *
 * @param kind how it is kept
 * @param bytes in memory and on disk, about
 * @param bytesOnDisk what of them is on disk
 */
public record StateSize(
    String name, String kind, long keys, long rows, long bytes, long bytesOnDisk) {}
