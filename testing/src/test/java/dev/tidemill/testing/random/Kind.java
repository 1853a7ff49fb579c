package dev.tidemill.testing.random;

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
  /** A floating point number that may differ in its last digits: for the outermost columns only. */
  INEXACT("CAST(1 AS DOUBLE)");

  private final String least;

  Kind(String least) {
    this.least = least;
  }

  /** How a script compares columns of this kind. */
  char letter() {
    return switch (this) {
      case NUMBER, DECIMAL, DOUBLE, INEXACT -> 'R';
      case TEXT, TRUTH, DATE, TIME -> 'T';
    };
  }

  boolean isNumeric() {
    return this == NUMBER || this == DECIMAL || this == DOUBLE;
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
