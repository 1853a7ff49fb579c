package dev.tidemill.sql.parser.statement;

import dev.tidemill.foundation.error.SourcePosition;
import org.apache.calcite.sql.SqlNode;

/**
 * A query, an expression or a type inside a statement: Calcite's node for the planner, and its
 * canonical text for the catalog, which compiles it again later, and for whoever asks whether two
 * of them are the same.
 *
 * <p>The canonical text has the tokens of the source, keywords in upper case, one space between
 * them where one is needed, and no comments (hints stay). So it parses to the same node, whatever
 * Calcite's own unparser would make of it. Fragments are equal when their texts are.
 *
 * @param node its positions count from the beginning of the script, like every position of the
 *     parser
 * @param text canonical SQL
 * @param position where the fragment begins
 */
public record SqlFragment(SqlNode node, String text, SourcePosition position) {
  @Override
  public boolean equals(Object other) {
    return other instanceof SqlFragment fragment && text.equals(fragment.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
