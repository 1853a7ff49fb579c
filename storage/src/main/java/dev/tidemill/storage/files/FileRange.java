package dev.tidemill.storage.files;

/**
 * Rows of a file between two positions.
 *
 * @param estimatedRows about how many, or -1
 */
public record FileRange(long from, long to, long estimatedRows) {}
