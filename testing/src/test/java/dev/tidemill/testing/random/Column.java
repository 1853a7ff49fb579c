package dev.tidemill.testing.random;

/** A column that an expression may name. */
record Column(String name, Kind kind) {
  Column of(String alias) {
    return new Column(alias + "." + name, kind);
  }
}
