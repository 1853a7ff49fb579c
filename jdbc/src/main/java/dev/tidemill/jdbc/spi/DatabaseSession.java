package dev.tidemill.jdbc.spi;

import java.util.List;

/**
 * One user's session. One call at a time, statements and results of it included; but {@link
 * DatabaseStatement#cancel} and {@link #isOpen} may come from any thread at any time.
 */
public interface DatabaseSession extends AutoCloseable {
  /** Version of the database, as {@code 1.2.3} or {@code 1.2.3-SNAPSHOT}. */
  String productVersion();

  /** What the user should know about the session from its beginning. */
  List<String> warnings();

  /** Where names without a qualifier are looked up now. */
  Namespace namespace() throws DatabaseException;

  /** A statement of this text, not looked at yet. */
  DatabaseStatement statement(String sql) throws DatabaseException;

  /** Whether statements can still be run. */
  boolean isOpen();

  /** Ends what still runs. More than once does no harm. */
  @Override
  void close() throws DatabaseException;

  /** A catalog and a schema. */
  record Namespace(String catalog, String schema) {}
}
