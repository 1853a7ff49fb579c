package dev.tidemill.storage.table;

/**
 * How far a step may go.
 *
 * @param to the offset behind the rows the step may take
 * @param rows how many rows that are, exactly
 * @param caughtUp whether the table has nothing behind {@code to} now
 * @param ended whether nothing will ever come behind {@code to}
 */
public record Advance(Offset to, long rows, boolean caughtUp, boolean ended) {}
