package dev.tidemill.testing;

import dev.tidemill.engine.Result;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.format.ValueFormat;
import dev.tidemill.foundation.type.ArrowTypes;
import dev.tidemill.foundation.type.Type;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows in the form of scripts. */
public final class ScriptRows {
  private static final double TOLERANCE = 1e-9;

  private ScriptRows() {}

  /** All rows of a result, which stays the caller's to close. */
  public static List<String> of(Result result) {
    List<Type> types = ArrowTypes.types(result.schema());
    List<String> rows = new ArrayList<>();
    for (Batch next = result.next(); next != null; next = result.next()) {
      try (Batch batch = next) {
        for (int i = 0; i < batch.rowCount(); i++) {
          List<String> values = new ArrayList<>();
          for (int c = 0; c < types.size(); c++) {
            Object value = batch.column(c).value(batch.row(i));
            values.add(text(types.get(c), value, result.timeZone()));
          }
          rows.add(String.join("\t", values));
        }
      }
    }
    return rows;
  }

  private static String text(Type type, @Nullable Object value, ZoneId zone) {
    if (value == null) {
      return "NULL";
    }
    String text = ValueFormat.format(type, value, zone).replace("\t", "\\t").replace("\n", "\\n");
    return text.isEmpty() ? "(empty)" : text;
  }

  /**
   * What is wrong with {@code actual}, or null if it is as expected.
   *
   * @param columns a letter per column; R compares as numbers
   */
  public static @Nullable String difference(
      String columns, boolean sorted, List<String> expected, List<String> actual) {
    List<String> wanted = new ArrayList<>(expected);
    List<String> found = new ArrayList<>(actual);
    if (sorted) {
      Collections.sort(wanted);
      Collections.sort(found);
    }
    for (String row : found) {
      if (row.split("\t", -1).length != columns.length()) {
        return "a row of other columns than " + columns + ": " + row;
      }
    }
    boolean same = wanted.size() == found.size();
    for (int i = 0; same && i < wanted.size(); i++) {
      same = equal(columns, wanted.get(i), found.get(i));
    }
    if (same || sorted && columns.contains("R") && equalInSomeOrder(columns, wanted, found)) {
      return null;
    }
    return "expected "
        + wanted.size()
        + " rows:\n"
        + String.join("\n", wanted)
        + "\nbut found "
        + found.size()
        + ":\n"
        + String.join("\n", found);
  }

  /** Sorting by text may order numbers that differ in their last digits differently. */
  private static boolean equalInSomeOrder(String columns, List<String> wanted, List<String> found) {
    List<String> left = new ArrayList<>(found);
    for (String row : wanted) {
      int match = -1;
      for (int i = 0; i < left.size() && match < 0; i++) {
        match = equal(columns, row, left.get(i)) ? i : -1;
      }
      if (match < 0) {
        return false;
      }
      left.remove(match);
    }
    return left.isEmpty();
  }

  private static boolean equal(String columns, String wanted, String found) {
    if (wanted.equals(found)) {
      return true;
    }
    String[] a = wanted.split("\t", -1);
    String[] b = found.split("\t", -1);
    if (a.length != columns.length() || b.length != a.length) {
      return false;
    }
    for (int c = 0; c < a.length; c++) {
      if (!a[c].equals(b[c]) && !(columns.charAt(c) == 'R' && close(a[c], b[c]))) {
        return false;
      }
    }
    return true;
  }

  private static boolean close(String wanted, String found) {
    try {
      double a = Double.parseDouble(wanted);
      double b = Double.parseDouble(found);
      return Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.max(Math.abs(a), Math.abs(b)));
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
