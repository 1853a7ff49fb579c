package dev.tidemill.jdbc.spi;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some rows of a result, at least one. Values are objects of the classes that {@link ColumnType}
 * names, null for NULL. The page takes over the arrays.
 */
public final class Page {
  private final @Nullable Object[][] rows;

  /**
   * @param rows row by row
   */
  public Page(@Nullable Object[][] rows) {
    this.rows = rows;
  }

  /** A page of rows as lists. */
  public static Page of(List<? extends List<? extends @Nullable Object>> rows) {
    @Nullable Object[][] values = new Object[rows.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = rows.get(i).toArray();
    }
    return new Page(values);
  }

  public int rowCount() {
    return rows.length;
  }

  public @Nullable Object value(int row, int column) {
    return rows[row][column];
  }
}
