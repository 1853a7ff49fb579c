package dev.tidemill.sql.parser.statement;

import dev.tidemill.foundation.error.SourcePosition;

/**
 * The name of a file, as written in a string literal. Equal file names have equal text, wherever
 * they stand.
 *
 * @param position where the literal begins
 */
public record FileName(String text, SourcePosition position) {
  @Override
  public boolean equals(Object other) {
    return other instanceof FileName file && text.equals(file.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
