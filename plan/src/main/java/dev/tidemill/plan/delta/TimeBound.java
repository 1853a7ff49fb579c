package dev.tidemill.plan.delta;

/**
 * What the watermark promises of a column of times: a row that comes in a step after n has {@code
 * column + plusMillis} after W(n). So everything whose time plus that is not after W(n) is final,
 * and what was kept for it may go.
 *
 * @param column a column of TIMESTAMP; a NULL in it is never final
 */
public record TimeBound(int column, long plusMillis) {}
