package dev.tidemill.sql.parser.statement;

import java.util.List;

/**
 * {@code PRIMARY KEY (a, b)}.
 *
 * @param columns at least one, no name twice
 * @param enforced false where NOT ENFORCED was written
 */
public record PrimaryKey(List<Name> columns, boolean enforced) {
  public PrimaryKey {
    columns = List.copyOf(columns);
  }
}
