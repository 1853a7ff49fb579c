package dev.tidemill.testing.random;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a value is. Values of a kind compare with each other and can stand in one column. */
enum Kind {
  NUMBER("0"),
  DECIMAL("0.5"),
  /** Of few binary digits: sums of them are exact. */
  DOUBLE("CAST(0 AS DOUBLE)"),
  TEXT("'x'"),
  TRUTH("TRUE"),
  DATE("DATE '2024-02-29'"),
  TIME("TIMESTAMP '2024-02-29 10:00:00'"),
  /** Not for the outermost columns: engines print them differently. */
  BYTES("UNHEX('00')"),
  /** Of integers; not for the outermost columns either. */
  LIST("[0]"),
  /** A floating point number that may differ in its last digits: for the outermost columns only. */
  INEXACT("CAST(1 AS DOUBLE)");

  /** What columns of queries are, as often as they are here. */
  static final List<Kind> EXACT =
      List.of(NUMBER, NUMBER, NUMBER, DECIMAL, DOUBLE, TEXT, TEXT, TRUTH, DATE, TIME);

  private final String least;

  Kind(String least) {
    this.least = least;
  }

  /** How a script compares columns of this kind. */
  char letter() {
    return switch (this) {
      case NUMBER, DECIMAL, DOUBLE, INEXACT -> 'R';
      case TEXT, TRUTH, DATE, TIME, BYTES, LIST -> 'T';
    };
  }

  boolean isNumeric() {
    return this == NUMBER || this == DECIMAL || this == DOUBLE;
  }

  /** NULL of this kind. */
  String nullValue() {
    return switch (this) {
      case NUMBER -> "CAST(NULL AS INTEGER)";
      case DECIMAL -> "CAST(NULL AS DECIMAL(6,2))";
      case DOUBLE, INEXACT -> "CAST(NULL AS DOUBLE)";
      case TEXT -> "CAST(NULL AS VARCHAR)";
      case TRUTH -> "CAST(NULL AS BOOLEAN)";
      case DATE -> "CAST(NULL AS DATE)";
      case TIME -> "CAST(NULL AS TIMESTAMP(3))";
      case BYTES -> "UNHEX(CAST(NULL AS VARCHAR))";
      case LIST -> "CAST(NULL AS INTEGER[])";
    };
  }

  /** The simplest piece of SQL of a sort, if the sort is a kind. */
  static @Nullable String least(String sort) {
    for (Kind kind : values()) {
      if (kind.name().equals(sort)) {
        return kind.least;
      }
    }
    return null;
  }
}
