package dev.tidemill.plan.function;

/**
 * The functions that only a window has; aggregates are window functions too. Rankings are BIGINT.
 */
public enum WindowFunction {
  ROW_NUMBER,
  RANK,
  DENSE_RANK,
  /** -> DOUBLE. */
  PERCENT_RANK,
  /** -> DOUBLE. */
  CUME_DIST,
  /** (BIGINT buckets > 0) -> BIGINT. */
  NTILE,
  /** (value [, BIGINT offset [, default]]). */
  LAG,
  LEAD,
  /** (value), over the frame. */
  FIRST_VALUE,
  LAST_VALUE,
  /** (value, BIGINT n > 0), over the frame. */
  NTH_VALUE,
  /** As NTH_VALUE, counted from the end of the frame. */
  NTH_VALUE_FROM_LAST
}
