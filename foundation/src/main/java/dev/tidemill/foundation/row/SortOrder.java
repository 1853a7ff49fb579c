package dev.tidemill.foundation.row;

/** The direction of a column in a key, and where its NULLs go. */
public enum SortOrder {
  ASCENDING_NULLS_FIRST(false, true),
  ASCENDING_NULLS_LAST(false, false),
  DESCENDING_NULLS_FIRST(true, true),
  DESCENDING_NULLS_LAST(true, false);

  private final boolean descending;
  private final boolean nullsFirst;

  SortOrder(boolean descending, boolean nullsFirst) {
    this.descending = descending;
    this.nullsFirst = nullsFirst;
  }

  public static SortOrder of(boolean descending, boolean nullsFirst) {
    return descending
        ? nullsFirst ? DESCENDING_NULLS_FIRST : DESCENDING_NULLS_LAST
        : nullsFirst ? ASCENDING_NULLS_FIRST : ASCENDING_NULLS_LAST;
  }

  public boolean isDescending() {
    return descending;
  }

  public boolean isNullsFirst() {
    return nullsFirst;
  }
}
