package dev.tidemill.jdbc.spi;

import java.util.List;

/**
 * What a statement takes and gives.
 *
 * @param parameters the types of its {@code ?}, in order
 * @param columns of its rows; none where it gives no rows
 */
public record StatementDescription(List<ColumnType> parameters, List<ColumnDescription> columns) {
  public StatementDescription {
    parameters = List.copyOf(parameters);
    columns = List.copyOf(columns);
  }
}
