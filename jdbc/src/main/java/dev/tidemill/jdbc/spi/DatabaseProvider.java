package dev.tidemill.jdbc.spi;

import java.util.Map;

/**
 * Opens sessions of databases of some kind of address. Found by {@link java.util.ServiceLoader};
 * safe for use by many threads.
 */
public interface DatabaseProvider {
  /** Whether {@link #connect} takes addresses of this kind. */
  boolean serves(DatabaseAddress address);

  /**
   * Opens a session.
   *
   * @param settings names and values of settings, as of {@code SET}
   * @throws DatabaseException if the database cannot be reached or a setting is wrong; nothing
   *     stays open then
   */
  DatabaseSession connect(DatabaseAddress address, Map<String, String> settings)
      throws DatabaseException;
}
