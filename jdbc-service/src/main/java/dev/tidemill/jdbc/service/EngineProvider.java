package dev.tidemill.jdbc.service;

import dev.tidemill.engine.Engine;
import dev.tidemill.engine.Result;
import dev.tidemill.engine.Session;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.foundation.setting.Settings;
import dev.tidemill.jdbc.spi.DatabaseAddress;
import dev.tidemill.jdbc.spi.DatabaseException;
import dev.tidemill.jdbc.spi.DatabaseProvider;
import dev.tidemill.jdbc.spi.DatabaseSession;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Opens databases in this process: one engine a session in memory, one engine a directory. Standing
 * queries kept in a directory do not start by themselves: those run that a session creates or
 * resumes.
 */
public final class EngineProvider implements DatabaseProvider {
  /** Settings that an engine takes when it is opened; a session can only go below them. */
  private static final List<String> ENGINE_SETTINGS =
      List.of(EngineSettings.THREADS.name(), EngineSettings.MEMORY.name());

  @Override
  public boolean serves(DatabaseAddress address) {
    return switch (address) {
      case DatabaseAddress.Memory memory -> true;
      case DatabaseAddress.Directory directory -> true;
      case DatabaseAddress.Server server -> false;
    };
  }

  @Override
  public DatabaseSession connect(DatabaseAddress address, Map<String, String> settings)
      throws DatabaseException {
    JvmFlags.check();
    try {
      Settings engineSettings = Settings.defaults();
      for (Map.Entry<String, String> setting : settings.entrySet()) {
        Settings checked = engineSettings.with(setting.getKey(), setting.getValue());
        engineSettings = isOfEngine(setting.getKey()) ? checked : engineSettings;
      }
      return session(lease(address, engineSettings), settings);
    } catch (RuntimeException | LinkageError e) {
      throw ServiceErrors.of(e);
    }
  }

  private static boolean isOfEngine(String setting) {
    return ENGINE_SETTINGS.contains(setting.toLowerCase(Locale.ROOT));
  }

  private static EngineLease lease(DatabaseAddress address, Settings settings)
      throws DatabaseException {
    return switch (address) {
      case DatabaseAddress.Memory memory ->
          EngineLease.alone(Engine.builder().settings(settings).open());
      case DatabaseAddress.Directory directory ->
          SharedEngines.ofProcess().lease(path(directory), settings);
      case DatabaseAddress.Server server -> throw ServiceErrors.notServed(server);
    };
  }

  private static Path path(DatabaseAddress.Directory directory) throws DatabaseException {
    try {
      return Path.of(directory.path());
    } catch (InvalidPathException e) {
      throw ServiceErrors.notAPath(directory.path(), e);
    }
  }

  /** Takes over the lease. */
  private static DatabaseSession session(EngineLease lease, Map<String, String> settings) {
    try {
      Session session = lease.engine().session();
      List<String> warnings = new ArrayList<>(JvmFlags.warnings());
      Settings running = lease.engine().settings();
      for (Map.Entry<String, String> setting : settings.entrySet()) {
        set(session, setting.getKey(), setting.getValue());
        String had = running.entry(setting.getKey()).value();
        String asked = session.settings().entry(setting.getKey()).value();
        if (isOfEngine(setting.getKey()) && !asked.equals(had)) {
          warnings.add(
              "the database is open in this process already, with %s = %s; %s has no effect beyond that"
                  .formatted(setting.getKey(), had, asked));
        }
      }
      return new EngineSession(lease, session, warnings);
    } catch (RuntimeException | Error e) {
      lease.close();
      throw e;
    }
  }

  private static void set(Session session, String name, String value) {
    String statement = "SET \"%s\" = '%s'".formatted(name, value.replace("'", "''"));
    try (Result done = session.execute(statement)) {
      done.updateCount();
    }
  }
}
