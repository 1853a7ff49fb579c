package dev.tidemill.sql.parser.statement;

import dev.tidemill.foundation.error.SourcePosition;

/**
 * One name as it was written, quotes removed: of a column, a parameter, or one part of a {@link
 * QualifiedName}. Keeps its case; matching without regard to case is the reader's business. Equal
 * names have equal text, wherever they stand.
 *
 * @param text never empty
 * @param position where it was written
 */
public record Name(String text, SourcePosition position) {
  @Override
  public boolean equals(Object other) {
    return other instanceof Name name && text.equals(name.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /**
   * In canonical SQL: in double quotes where it is no plain word, or one that SQL keeps for itself.
   */
  @Override
  public String toString() {
    return Keywords.quoteIfNeeded(text);
  }
}
