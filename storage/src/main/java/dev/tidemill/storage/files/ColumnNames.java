package dev.tidemill.storage.files;

import java.util.List;
import java.util.Locale;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Finding columns by name: exactly, else ignoring case. */
public final class ColumnNames {
  private ColumnNames() {}

  /** The place of {@code name} in {@code names}, or -1. */
  public static int indexOf(List<String> names, String name) {
    int exact = names.indexOf(name);
    if (exact >= 0) {
      return exact;
    }
    String lower = name.toLowerCase(Locale.ROOT);
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).toLowerCase(Locale.ROOT).equals(lower)) {
        return i;
      }
    }
    return -1;
  }

  public static List<String> names(Schema schema) {
    return schema.getFields().stream().map(Field::getName).toList();
  }

  /** The places in the schema of the columns a scan reads. */
  public static int[] requested(FileScan scan) {
    List<String> names = names(scan.schema());
    return scan.columns().stream().mapToInt(column -> indexOf(names, column)).toArray();
  }
}
