package dev.tidemill.jdbc;

import dev.tidemill.jdbc.spi.DatabaseAddress;
import dev.tidemill.jdbc.spi.DatabaseException;
import dev.tidemill.jdbc.spi.DatabaseProvider;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Opens {@code jdbc:tidemill:} (a database in memory, of this connection alone), {@code
 * jdbc:tidemill:DIR} (the database of a directory, shared by all connections of this process) and,
 * where a provider for it is on the class path, {@code jdbc:tidemill://HOST:PORT}. Connection
 * properties are settings, as of {@code SET}; {@code user} and {@code password} are not looked at.
 * Behind a {@code ?} the URL may have settings too: {@code jdbc:tidemill:DIR?threads=2&memory=1GB}.
 */
public final class TidemillDriver implements Driver {
  static {
    try {
      DriverManager.registerDriver(new TidemillDriver());
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @Override
  public @Nullable Connection connect(String url, @Nullable Properties properties)
      throws SQLException {
    TidemillUrl parsed = TidemillUrl.parse(url);
    if (parsed == null) {
      return null;
    }
    Map<String, String> settings = new LinkedHashMap<>(parsed.settings());
    if (properties != null) {
      for (String name : properties.stringPropertyNames()) {
        if (!name.equals("user") && !name.equals("password")) {
          settings.put(name, properties.getProperty(name));
        }
      }
    }
    DatabaseProvider provider = provider(parsed);
    try {
      return new TidemillConnection(url, provider.connect(parsed.address(), settings));
    } catch (DatabaseException e) {
      throw DriverErrors.of(e);
    }
  }

  private static DatabaseProvider provider(TidemillUrl url) throws SQLException {
    try {
      ClassLoader loader = TidemillDriver.class.getClassLoader();
      for (DatabaseProvider provider : ServiceLoader.load(DatabaseProvider.class, loader)) {
        if (provider.serves(url.address())) {
          return provider;
        }
      }
    } catch (ServiceConfigurationError | LinkageError e) {
      throw DriverErrors.providerUnloadable(e);
    }
    throw url.address() instanceof DatabaseAddress.Server
        ? DriverErrors.unservedServer(url.text())
        : DriverErrors.noProvider(url.text());
  }

  @Override
  public boolean acceptsURL(String url) throws SQLException {
    return TidemillUrl.parse(url) != null;
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, @Nullable Properties properties)
      throws SQLException {
    return new DriverPropertyInfo[] {
      property(properties, "threads", "Worker threads; default one per processor."),
      property(properties, "memory", "Memory that queries and state may take together, as 512MB."),
      property(
          properties,
          "broadcast_threshold",
          "A join's build side estimated smaller than this is broadcast."),
      property(
          properties,
          "max_rows_per_step",
          "Most input rows that one step of a standing query takes."),
    };
  }

  private static DriverPropertyInfo property(
      @Nullable Properties given, String name, String description) {
    DriverPropertyInfo info =
        new DriverPropertyInfo(name, given == null ? null : given.getProperty(name));
    info.description = description;
    return info;
  }

  @Override
  public int getMajorVersion() {
    return DriverVersion.MAJOR;
  }

  @Override
  public int getMinorVersion() {
    return DriverVersion.MINOR;
  }

  /** False: there are no transactions. */
  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("dev.tidemill.jdbc");
  }
}
