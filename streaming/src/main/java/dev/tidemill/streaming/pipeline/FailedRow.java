package dev.tidemill.streaming.pipeline;

/**
 * A row that an expression failed of and that was set aside.
 *
 * @param operator the operator that it came to
 * @param row its columns there, as JSON, of which the first 1,000 characters
 * @param error what is wrong with it
 * @param weight how often it was to come, negative where it was to go
 */
public record FailedRow(String operator, String row, String error, long weight) {}
