package dev.tidemill.storage.table;

import org.jspecify.annotations.Nullable;

/**
 * The least and the greatest value of a column in some rows, exactly; no bounds. Both are null
 * where there is no value but NULL.
 *
 * @param least of the class that {@code Type} names
 */
public record ValueExtremes(@Nullable Object least, @Nullable Object greatest) {
  public static final ValueExtremes NONE = new ValueExtremes(null, null);

  public ValueExtremes {
    if ((least == null) != (greatest == null)) {
      throw new IllegalArgumentException("one extreme without the other");
    }
  }

  /** Of these rows and others. */
  public ValueExtremes and(ValueExtremes others) {
    if (least == null || greatest == null) {
      return others;
    }
    if (others.least == null || others.greatest == null) {
      return this;
    }
    return new ValueExtremes(
        Pruning.compareValues(least, others.least) <= 0 ? least : others.least,
        Pruning.compareValues(greatest, others.greatest) >= 0 ? greatest : others.greatest);
  }
}
