package dev.tidemill.plan.batch;

/** A column to order by, counted from 0. */
public record SortKey(int column, boolean descending, boolean nullsFirst) {
  @Override
  public String toString() {
    return "$"
        + column
        + (descending ? " DESC" : "")
        + (nullsFirst ? " NULLS FIRST" : " NULLS LAST");
  }
}
