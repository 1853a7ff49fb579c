package dev.tidemill.sql.parser.statement;

import dev.tidemill.foundation.error.SourcePosition;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A name of one or more parts, outermost first: {@code tpch.sf0_01.lineitem}.
 *
 * @param parts at least one
 */
public record QualifiedName(List<Name> parts) {
  public QualifiedName {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a name has at least one part");
    }
  }

  /** The texts of the parts, as catalogs take them. */
  public List<String> names() {
    return parts.stream().map(Name::text).toList();
  }

  /** The parts as they are, joined by dots: the key of a setting. */
  public String dotted() {
    return String.join(".", names());
  }

  /** The innermost part. */
  public Name last() {
    return parts.getLast();
  }

  /** Where the first part was written. */
  public SourcePosition position() {
    return parts.getFirst().position();
  }

  /** In canonical SQL. */
  @Override
  public String toString() {
    return parts.stream().map(Name::toString).collect(Collectors.joining("."));
  }
}
