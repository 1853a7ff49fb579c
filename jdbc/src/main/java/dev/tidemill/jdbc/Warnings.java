package dev.tidemill.jdbc;

import java.sql.SQLWarning;
import org.jspecify.annotations.Nullable;

/** A chain of warnings that grows at its end. */
final class Warnings {
  private @Nullable SQLWarning first;

  synchronized void add(String text) {
    SQLWarning warning = new SQLWarning(text, "01000");
    SQLWarning chain = first;
    if (chain == null) {
      first = warning;
    } else {
      chain.setNextWarning(warning);
    }
  }

  synchronized @Nullable SQLWarning first() {
    return first;
  }

  synchronized void clear() {
    first = null;
  }
}
