package dev.tidemill.storage.catalog;

import dev.tidemill.storage.table.Table;
import java.util.List;

/**
 * Opens tables of one kind; found by {@code ServiceLoader}. Stateless.
 *
 * <p>{@link #open} checks every option: an unknown one, a missing one or a bad value is a USER
 * error that names the option, what was expected and the near ones.
 */
public interface Connector {
  /** The value of {@code 'connector'}, lower case. */
  String name();

  /** The options it knows besides {@code connector}, for messages and help. */
  List<ConnectorOption> options();

  /**
   * Opens a table. Where the definition has no stored columns, the connector infers them, or says
   * that it cannot.
   *
   * @throws dev.tidemill.foundation.error.TidemillException on a bad option, or where the table
   *     cannot be reached
   */
  Table open(TableDefinition definition, ConnectorContext context);

  /**
   * A table that was not there is about to be created and opened for the first time: removes what a
   * DROP that a crash cut short may have left of one of the same name.
   */
  default void creating(TableDefinition definition, ConnectorContext context) {}

  /**
   * The table's definition is gone (DROP TABLE): removes what only the database needs, never a
   * user's files.
   */
  default void dropped(TableDefinition definition, ConnectorContext context) {}
}
