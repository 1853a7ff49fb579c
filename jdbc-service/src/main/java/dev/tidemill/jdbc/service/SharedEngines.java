package dev.tidemill.jdbc.service;

import dev.tidemill.engine.Engine;
import dev.tidemill.foundation.setting.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The engines of database directories, one a directory and process: opened by the first lease,
 * closed with the last, or when the process ends, steps at work committed.
 */
final class SharedEngines {
  /** Made at the first use, which is when there is something to close at the end of the process. */
  private static final class OfProcess {
    static final SharedEngines INSTANCE = new SharedEngines();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(INSTANCE::closeAll, "tidemill-jdbc-close"));
    }
  }

  private static final class Shared {
    final Engine engine;
    int leases;

    Shared(Engine engine) {
      this.engine = engine;
    }
  }

  private final Map<Path, Shared> engines = new HashMap<>();

  static SharedEngines ofProcess() {
    return OfProcess.INSTANCE;
  }

  /**
   * @param settings of the engine, where this is the first lease
   */
  synchronized EngineLease lease(Path directory, Settings settings) {
    Path key = canonical(directory);
    Shared shared = engines.get(key);
    if (shared == null) {
      shared = new Shared(Engine.builder().directory(key).settings(settings).open());
      engines.put(key, shared);
    }
    shared.leases++;
    return new EngineLease(shared.engine, () -> giveBack(key));
  }

  private synchronized void giveBack(Path key) {
    Shared shared = engines.get(key);
    if (shared != null && --shared.leases == 0) {
      engines.remove(key);
      shared.engine.close();
    }
  }

  private synchronized void closeAll() {
    engines.values().forEach(shared -> shared.engine.close());
    engines.clear();
  }

  /**
   * One path for one directory, through links; the directory is made. Where that fails, the engine
   * will say why.
   */
  private static Path canonical(Path directory) {
    try {
      return Files.createDirectories(directory).toRealPath();
    } catch (IOException e) {
      return directory.toAbsolutePath().normalize();
    }
  }
}
