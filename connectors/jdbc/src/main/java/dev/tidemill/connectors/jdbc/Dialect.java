package dev.tidemill.connectors.jdbc;

import dev.tidemill.foundation.type.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What databases say differently. */
enum Dialect {
  POSTGRESQL("PostgreSQL"),
  MYSQL("MySQL"),
  H2("H2"),
  DUCKDB("DuckDB"),
  SQLITE("SQLite"),
  /** Whatever else has a driver: standard SQL, and as little of it as will do. */
  OTHER("this database");

  private static final int MICROSECONDS = 6;

  private final String title;

  Dialect(String title) {
    this.title = title;
  }

  static Dialect of(String url) {
    String kind = url.toLowerCase(Locale.ROOT);
    if (kind.startsWith("jdbc:postgresql:")) {
      return POSTGRESQL;
    }
    if (kind.startsWith("jdbc:mysql:") || kind.startsWith("jdbc:mariadb:")) {
      return MYSQL;
    }
    if (kind.startsWith("jdbc:h2:")) {
      return H2;
    }
    if (kind.startsWith("jdbc:duckdb:")) {
      return DUCKDB;
    }
    return kind.startsWith("jdbc:sqlite:") ? SQLITE : OTHER;
  }

  String title() {
    return title;
  }

  String quoted(String name) {
    return this == MYSQL
        ? '`' + name.replace("`", "``") + '`'
        : '"' + name.replace("\"", "\"\"") + '"';
  }

  /** An unquoted name as the database keeps it. */
  String folded(String name) {
    return switch (this) {
      case POSTGRESQL -> name.toLowerCase(Locale.ROOT);
      case H2, OTHER -> name.toUpperCase(Locale.ROOT);
      case MYSQL, DUCKDB, SQLITE -> name;
    };
  }

  /** Whether texts are equal only where their bytes are, unless a column says otherwise. */
  boolean comparesBytes() {
    return switch (this) {
      case POSTGRESQL, H2, DUCKDB, SQLITE -> true;
      case MYSQL, OTHER -> false;
    };
  }

  /** Whether a query may end with LIMIT. */
  boolean hasLimit() {
    return this != OTHER;
  }

  /**
   * The statement that puts a row in place of the one of its key, or inserts it; null where it is
   * to be deleted and inserted.
   *
   * @param uniqueKeys how many keys the table has that are unique, of which one is {@code key}
   */
  @Nullable String upsert(String table, List<String> columns, List<String> key, int uniqueKeys) {
    return switch (this) {
      case POSTGRESQL, DUCKDB, SQLITE -> onConflict(table, columns, key);
      // Any unique key would do to it, not only the one that is meant.
      case MYSQL -> uniqueKeys == 1 ? onDuplicateKey(table, columns, key) : null;
      case H2 ->
          "MERGE INTO %s (%s) KEY (%s) VALUES (%s)"
              .formatted(table, list(columns), list(key), parameters(columns.size()));
      case OTHER -> null;
    };
  }

  private String onConflict(String table, List<String> columns, List<String> key) {
    List<String> changes = new ArrayList<>();
    for (String column : columns) {
      if (!key.contains(column)) {
        changes.add("%s = EXCLUDED.%s".formatted(quoted(column), quoted(column)));
      }
    }
    return "%s ON CONFLICT (%s) DO %s"
        .formatted(
            insert(table, columns),
            list(key),
            changes.isEmpty() ? "NOTHING" : "UPDATE SET " + String.join(", ", changes));
  }

  private String onDuplicateKey(String table, List<String> columns, List<String> key) {
    List<String> changes = new ArrayList<>();
    for (String column : columns) {
      if (!key.contains(column)) {
        changes.add("%s = VALUES(%s)".formatted(quoted(column), quoted(column)));
      }
    }
    if (changes.isEmpty()) {
      changes.add("%s = %s".formatted(quoted(key.getFirst()), quoted(key.getFirst())));
    }
    return insert(table, columns) + " ON DUPLICATE KEY UPDATE " + String.join(", ", changes);
  }

  String insert(String table, List<String> columns) {
    return "INSERT INTO %s (%s) VALUES (%s)"
        .formatted(table, list(columns), parameters(columns.size()));
  }

  String delete(String table, List<String> key) {
    List<String> conditions = key.stream().map(column -> quoted(column) + " = ?").toList();
    return "DELETE FROM %s WHERE %s".formatted(table, String.join(" AND ", conditions));
  }

  String list(List<String> columns) {
    return String.join(", ", columns.stream().map(this::quoted).toList());
  }

  private static String parameters(int count) {
    return String.join(", ", Collections.nCopies(count, "?"));
  }

  /** The type of a new column that keeps every value of {@code type}, or null if there is none. */
  @Nullable String typeName(Type type) {
    return switch (type) {
      case Type.Bool t -> "BOOLEAN";
      case Type.Int t when t.bits() == 8 -> tinyint();
      case Type.Int t -> t.toString();
      case Type.Real t -> this == MYSQL ? "FLOAT" : "REAL";
      case Type.DoubleType t -> "DOUBLE PRECISION";
      case Type.Decimal t ->
          this == SQLITE ? null : "DECIMAL(%d, %d)".formatted(t.precision(), t.scale());
      case Type.Varchar t -> text(t);
      case Type.Varbinary t -> bytes();
      case Type.Date t -> this == SQLITE ? null : "DATE";
      case Type.Time t -> time(t.precision());
      case Type.Timestamp t -> timestamp(t.precision());
      case Type.ZonedTimestamp t -> instant(t.precision());
      case Type.MonthInterval t -> null;
      case Type.TimeInterval t -> null;
      case Type.Array t -> null;
      case Type.MapType t -> null;
      case Type.Row t -> null;
      case Type.Null t -> null;
    };
  }

  private String tinyint() {
    return switch (this) {
      case POSTGRESQL, OTHER -> "SMALLINT";
      case MYSQL, H2, DUCKDB, SQLITE -> "TINYINT";
    };
  }

  private @Nullable String text(Type.Varchar type) {
    boolean unbounded = type.maxLength() == Type.Varchar.UNBOUNDED;
    return switch (this) {
      case POSTGRESQL, SQLITE -> unbounded ? "TEXT" : "VARCHAR(%d)".formatted(type.maxLength());
      case MYSQL -> unbounded ? "LONGTEXT" : "VARCHAR(%d)".formatted(type.maxLength());
      case H2, DUCKDB -> unbounded ? "VARCHAR" : "VARCHAR(%d)".formatted(type.maxLength());
      case OTHER -> unbounded ? null : "VARCHAR(%d)".formatted(type.maxLength());
    };
  }

  private @Nullable String bytes() {
    return switch (this) {
      case POSTGRESQL -> "BYTEA";
      case MYSQL -> "LONGBLOB";
      case H2 -> "VARBINARY";
      case DUCKDB, SQLITE -> "BLOB";
      case OTHER -> null;
    };
  }

  private @Nullable String time(int precision) {
    return switch (this) {
      case POSTGRESQL, MYSQL -> precision <= MICROSECONDS ? "TIME(%d)".formatted(precision) : null;
      case H2 -> "TIME(%d)".formatted(precision);
      case DUCKDB -> precision <= MICROSECONDS ? "TIME" : null;
      case SQLITE, OTHER -> null;
    };
  }

  private @Nullable String timestamp(int precision) {
    return switch (this) {
      case POSTGRESQL -> precision <= MICROSECONDS ? "TIMESTAMP(%d)".formatted(precision) : null;
      case MYSQL -> precision <= MICROSECONDS ? "DATETIME(%d)".formatted(precision) : null;
      case H2 -> "TIMESTAMP(%d)".formatted(precision);
      case DUCKDB -> precision <= MICROSECONDS ? "TIMESTAMP" : "TIMESTAMP_NS";
      case SQLITE -> null;
      case OTHER -> precision <= MICROSECONDS ? "TIMESTAMP" : null;
    };
  }

  private @Nullable String instant(int precision) {
    return switch (this) {
      case POSTGRESQL ->
          precision <= MICROSECONDS ? "TIMESTAMP(%d) WITH TIME ZONE".formatted(precision) : null;
      case MYSQL -> precision <= MICROSECONDS ? "TIMESTAMP(%d)".formatted(precision) : null;
      case H2 -> "TIMESTAMP(%d) WITH TIME ZONE".formatted(precision);
      case DUCKDB -> precision <= MICROSECONDS ? "TIMESTAMP WITH TIME ZONE" : null;
      case SQLITE, OTHER -> null;
    };
  }
}
