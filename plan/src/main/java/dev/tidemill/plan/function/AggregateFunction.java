package dev.tidemill.plan.function;

/**
 * The aggregate functions. NULL arguments are left out; over no rows the result is NULL unless said
 * otherwise.
 */
public enum AggregateFunction {
  /** Without argument all rows, else those whose argument is not NULL. -> BIGINT, 0 over none. */
  COUNT,
  /**
   * Integers -> BIGINT; DECIMAL -> the call's DECIMAL; REAL, DOUBLE -> DOUBLE. Overflow is an
   * error.
   */
  SUM,
  /** As SUM, but 0 over no rows. */
  SUM0,
  /** Integers, DOUBLE -> DOUBLE; DECIMAL -> the call's DECIMAL, rounding half up. */
  AVG,
  MIN,
  MAX,
  /** BOOLEAN. */
  BOOL_AND,
  BOOL_OR,
  BIT_AND,
  BIT_OR,
  BIT_XOR,
  /** DOUBLE -> DOUBLE. */
  STDDEV_POP,
  STDDEV_SAMP,
  VAR_POP,
  VAR_SAMP,
  /** Any one value; the least, so that it is determined. */
  ANY_VALUE,
  /** The value of the only row; NULL over none, an error over more than one (a scalar subquery). */
  SINGLE_VALUE
}
