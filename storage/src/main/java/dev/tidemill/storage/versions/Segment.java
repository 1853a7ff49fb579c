package dev.tidemill.storage.versions;

/**
 * Rows that were written at once, numbered from 0.
 *
 * @param id the number of the commit that wrote it
 * @param gone whether its rows are not there, but are those that the commit removed
 * @param name of its file; empty in memory
 * @param size of its file in bytes
 */
public record Segment(long id, boolean gone, String name, long size, long rows) {}
