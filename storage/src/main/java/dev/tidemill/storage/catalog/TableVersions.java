package dev.tidemill.storage.catalog;

import dev.tidemill.foundation.type.Type;
import dev.tidemill.storage.catalog.TableDefinition.ColumnDefinition;
import dev.tidemill.storage.table.Changeable;
import dev.tidemill.storage.table.Table;
import dev.tidemill.storage.table.Versions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names of what a table has beside itself that keeps snapshots.
 *
 * <pre>
 *   t$snapshots                 what snapshots there are
 *   t$rows                      its rows with their numbers
 *   t$version_7                 snapshot 7
 *   t$time_1700000000000000     the last snapshot that is not later than that, in microseconds
 * </pre>
 *
 * @param table the table's own name
 */
public record TableVersions(String table, Kind kind, long number) {
  private static final String SNAPSHOTS = "$snapshots";
  private static final String ROWS = "$rows";
  private static final String VERSION = "$version_";
  private static final String TIME = "$time_";

  /** What is beside a table. */
  public enum Kind {
    SNAPSHOTS,
    ROWS,
    VERSION,
    TIME
  }

  /** The name of the table with row numbers. */
  public static String rows(String table) {
    return table + ROWS;
  }

  /** The name of a snapshot by its number. */
  public static String version(String table, long number) {
    return table + VERSION + number;
  }

  /** The name of the snapshot at a time, in microseconds since 1970. */
  public static String time(String table, long micros) {
    return table + TIME + micros;
  }

  static @Nullable TableVersions parse(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(SNAPSHOTS)) {
      return of(name, SNAPSHOTS.length(), Kind.SNAPSHOTS, 0);
    }
    if (lower.endsWith(ROWS)) {
      return of(name, ROWS.length(), Kind.ROWS, 0);
    }
    int dollar = lower.lastIndexOf('$');
    String suffix = dollar < 0 ? "" : lower.substring(dollar);
    for (Kind kind : List.of(Kind.VERSION, Kind.TIME)) {
      String prefix = kind == Kind.VERSION ? VERSION : TIME;
      if (suffix.startsWith(prefix)
          && suffix.substring(prefix.length()).matches("-?[0-9]{1,18}|[1-9][0-9]{18}")) {
        try {
          return of(name, suffix.length(), kind, Long.parseLong(suffix.substring(prefix.length())));
        } catch (NumberFormatException e) {
          return null;
        }
      }
    }
    return null;
  }

  private static TableVersions of(String name, int suffix, Kind kind, long number) {
    return new TableVersions(name.substring(0, name.length() - suffix), kind, number);
  }

  /** What the name means beside a table, or null where that has no such thing. */
  @Nullable Table open(Table beside) {
    Versions versions = beside.versions();
    Changeable changeable = beside.changeable();
    if (kind == Kind.ROWS) {
      return changeable == null ? null : changeable.withRowIds();
    }
    if (versions == null) {
      return null;
    }
    return switch (kind) {
      case SNAPSHOTS -> versions.snapshots();
      case VERSION -> versions.at(number);
      case TIME -> versions.at(Instant.ofEpochSecond(0, number * 1000));
      case ROWS -> throw new IllegalStateException(kind.name());
    };
  }

  /** The definition, with the columns that are computed from those of {@code of}. */
  TableDefinition definition(String name, TableDefinition of) {
    List<ColumnDefinition> columns = new ArrayList<>(of.columns());
    switch (kind) {
      case SNAPSHOTS -> columns.clear();
      case ROWS -> columns.add(new ColumnDefinition(Changeable.ROW, Type.BIGINT, false, null));
      case VERSION, TIME -> {}
    }
    return new TableDefinition(
        name, columns, null, List.of(), false, Map.of(), of.sql(), of.timeZone());
  }
}
