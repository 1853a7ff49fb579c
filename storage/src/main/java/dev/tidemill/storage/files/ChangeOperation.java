package dev.tidemill.storage.files;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a row of a changelog does, as its operation column says. */
enum ChangeOperation {
  /** A row is there. */
  INSERT,
  /** A row is there in place of the one of its key. */
  UPDATE,
  /** A row is there; the row that was there before it goes by {@link #UPDATE_BEFORE}. */
  UPDATE_AFTER,
  /** A row goes, since another takes its place. */
  UPDATE_BEFORE,
  /** A row goes. */
  DELETE;

  /** What users may write, for messages. */
  static final String KNOWN =
      "c, r, i, insert or +I; u or update; -U; +U; d, delete or -D (in any case)";

  /** The operation of a text, in any case, or null. */
  static @Nullable ChangeOperation of(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "c", "r", "i", "insert", "+i" -> INSERT;
      case "u", "update" -> UPDATE;
      case "+u" -> UPDATE_AFTER;
      case "-u" -> UPDATE_BEFORE;
      case "d", "delete", "-d" -> DELETE;
      default -> null;
    };
  }

  boolean removes() {
    return this == DELETE || this == UPDATE_BEFORE;
  }
}
