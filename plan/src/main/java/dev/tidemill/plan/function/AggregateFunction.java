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
  /** (DOUBLE, DOUBLE) -> DOUBLE, of the pairs without NULL. */
  COVAR_POP,
  COVAR_SAMP,
  /** DOUBLE -> DOUBLE, of a sample; NULL of fewer than three values, or where all are the same. */
  SKEWNESS,
  /** As SKEWNESS, above that of the normal distribution; NULL of fewer than four. */
  KURTOSIS,
  /** As KURTOSIS, of the whole population. */
  KURTOSIS_POP,
  /** DOUBLE -> DOUBLE; parameters are the fraction and whether to count from the greatest. */
  QUANTILE_CONT,
  /** As QUANTILE_CONT, of any comparable, whose type the result has: always one of the values. */
  QUANTILE_DISC,
  /** About how many distinct values -> BIGINT, 0 over none; the same in whatever order. */
  APPROX_COUNT_DISTINCT,
  /**
   * About QUANTILE_DISC, of values of a word (numbers of up to 18 digits, times, truth), whose type
   * the result has; the parameter is the fraction. The same in whatever order.
   */
  APPROX_QUANTILE,
  /** The most frequent of comparables, the least of several. */
  MODE,
  /** DOUBLE -> DOUBLE, multiplied in the order of the values, so that it is determined. */
  PRODUCT,
  /** Comparable -> MAP of each value to how often it is there, in their order. */
  HISTOGRAM,
  /**
   * (VARCHAR, comparables to order by) -> VARCHAR; parameters are the separator and two letters for
   * each key and then the value: a or d as it ascends or descends, f or l for NULLs first or last.
   */
  LISTAGG,
  /**
   * (value, comparables to order by) -> ARRAY of the values; parameters are the letters of LISTAGG
   * and whether NULLs are left out.
   */
  ARRAY_AGG,
  /** (value, key) -> MAP; of a key's values the least, keys that are NULL are left out. */
  MAP_AGG,
  /** (value, comparable) -> the value at the least of the second; where both are not NULL. */
  ARG_MIN,
  /** As ARG_MIN, at the greatest. */
  ARG_MAX,
  /** Any one value; the least, so that it is determined. */
  ANY_VALUE,
  /** The value of the only row; NULL over none, an error over more than one (a scalar subquery). */
  SINGLE_VALUE,
  /** A function that a user wrote, which the call names; what it makes of NULLs is its own. */
  USER;

  /** Whether the result over no rows is 0, not NULL. */
  public boolean isZeroOverNone() {
    return this == COUNT || this == SUM0 || this == APPROX_COUNT_DISTINCT;
  }
}
