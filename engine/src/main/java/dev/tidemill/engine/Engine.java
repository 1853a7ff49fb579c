package dev.tidemill.engine;

import dev.tidemill.exec.Executor;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.foundation.setting.Settings;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.ConnectorContext;
import dev.tidemill.storage.file.FileLock;
import dev.tidemill.storage.file.FileSystem;
import dev.tidemill.storage.file.LocalFileSystem;
import dev.tidemill.streaming.QueryListener;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tidemill in a process: a catalog, threads, a memory budget and the standing queries. Any number
 * of {@link Session}s work on it at once. One engine at a time has a database directory.
 */
public final class Engine implements AutoCloseable {
  private final Settings settings;
  private final InstantSource clock;
  private final @Nullable Path directory;
  private final @Nullable FileLock lock;
  private final MemoryScope memory;
  private final MemoryScope queryMemory;
  private final ConnectorContext connectors;
  private final Catalog catalog;
  private final Executor executor;
  private final StandingQueryRoom standing;
  private final TableCache cache;
  private final PlanCache plans = new PlanCache();
  private final Map<List<String>, ReentrantLock> writeLocks = new ConcurrentHashMap<>();
  private boolean closed;

  /** What of the heap hash tables and keys may take: the rest is for everything else on it. */
  private static long heapForArrays() {
    return Runtime.getRuntime().maxMemory() / 10 * 7;
  }

  private Engine(Builder builder) {
    settings = builder.settings;
    clock = builder.clock;
    directory = builder.directory;
    lock = directory == null ? null : lock(builder.files, directory);
    try {
      memory = MemoryScope.root("tidemill", settings.get(EngineSettings.MEMORY), heapForArrays());
      queryMemory = memory.child("queries");
      connectors =
          new ConnectorContext(
              builder.files,
              builder.workingDirectory,
              directory,
              clock,
              builder.out,
              memory.child("tables"));
      catalog = new Catalog(connectors);
      catalog.addFunctionServices(FunctionServices::find);
      catalog.addProvider(new InformationSchema(catalog, view -> Planning.columns(this, view)));
      executor = new Executor(settings.getInt(EngineSettings.THREADS));
      cache = new TableCache(memory.child("caches"));
      standing = standing(builder, executor);
    } catch (RuntimeException | Error e) {
      if (lock != null) {
        lock.close();
      }
      throw EngineErrors.wrap(e);
    }
  }

  private static FileLock lock(FileSystem files, Path directory) {
    try {
      return files.lock(directory.toAbsolutePath().normalize() + "/lock", "Tidemill");
    } catch (TidemillException e) {
      throw EngineErrors.notLocked(directory, e);
    }
  }

  private StandingQueryRoom standing(Builder builder, Executor workers) {
    try {
      return new StandingQueryRoom(this, builder.listener, builder.stepByHand, builder.held);
    } catch (RuntimeException | Error e) {
      workers.close();
      throw e;
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  public Session session() {
    return session(SessionOptions.DEFAULT);
  }

  public Session session(SessionOptions options) {
    return new Session(this, options);
  }

  /**
   * Runs the stored standing queries that are neither paused nor stopped. Without this only those
   * run that a statement creates or resumes.
   */
  public void resumeStored() {
    standing.resumeStored();
  }

  /** Waits until no standing query is running, or {@code cancelled} says so. */
  public void awaitStandingQueries(BooleanSupplier cancelled) {
    standing.awaitEnd(cancelled);
  }

  /** The settings that sessions start with. */
  public Settings settings() {
    return settings;
  }

  /** The database directory, or null where all is in memory. */
  public @Nullable Path directory() {
    return directory;
  }

  InstantSource clock() {
    return clock;
  }

  Catalog catalog() {
    return catalog;
  }

  Executor executor() {
    return executor;
  }

  MemoryScope memory() {
    return memory;
  }

  MemoryScope queryMemory() {
    return queryMemory;
  }

  ConnectorContext connectors() {
    return connectors;
  }

  /** Held by who writes the table: one at a time. */
  ReentrantLock writeLock(List<String> path) {
    return writeLocks.computeIfAbsent(path, unlocked -> new ReentrantLock());
  }

  PlanCache plans() {
    return plans;
  }

  TableCache cache() {
    return cache;
  }

  StandingQueryRoom standing() {
    return standing;
  }

  /**
   * Ends the steps at work, committed, and gives the directory back. Close sessions and results
   * first: what they still hold counts as a leak where memory is checked.
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      standing.close();
    } finally {
      try {
        executor.close();
        cache.close();
        queryMemory.close();
      } finally {
        if (lock != null) {
          lock.close();
        }
      }
    }
  }

  /** Collects what an engine is made of; everything has a default. */
  public static final class Builder {
    private Settings settings = Settings.defaults();
    private InstantSource clock = InstantSource.system();
    private @Nullable Path directory;
    private FileSystem files = new LocalFileSystem();
    private Path workingDirectory = Path.of("").toAbsolutePath();
    private PrintStream out = System.out;
    private QueryListener listener = QueryListener.NONE;
    private boolean stepByHand;
    private boolean held;

    private Builder() {}

    /** The time, of statements and of steps. */
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /**
     * Where catalog, tables and standing queries are kept; made if need be. Without it all is in
     * memory.
     */
    public Builder directory(@Nullable Path path) {
      directory = path;
      return this;
    }

    /** What the database directory is on, and the files that tables read and write. */
    public Builder files(FileSystem fileSystem) {
      files = fileSystem;
      return this;
    }

    /** What relative paths in SQL are relative to. */
    public Builder workingDirectory(Path path) {
      workingDirectory = path.toAbsolutePath();
      return this;
    }

    /** What sessions start with; threads and memory are those of the engine. */
    public Builder settings(Settings values) {
      settings = values;
      return this;
    }

    /** As {@code SET name = text}. */
    public Builder set(String name, String text) {
      settings = settings.with(name, text);
      return this;
    }

    public Builder threads(int count) {
      settings = settings.with(EngineSettings.THREADS, (long) count);
      return this;
    }

    public Builder memory(long bytes) {
      settings = settings.with(EngineSettings.MEMORY, bytes);
      return this;
    }

    /** Where the connector {@code print} prints. */
    public Builder out(PrintStream stream) {
      out = stream;
      return this;
    }

    /** Who hears of steps and failures. */
    public Builder listener(QueryListener queryListener) {
      listener = queryListener;
      return this;
    }

    /**
     * Standing queries wait with their first step until a statement, or {@link
     * Engine#awaitStandingQueries}, waits for them: so those of a script begin together.
     */
    public Builder beginTogether() {
      held = true;
      return this;
    }

    /** Triggers fire nothing: {@link Session#step} takes the steps. */
    public Builder stepByHand() {
      stepByHand = true;
      return this;
    }

    /**
     * Opens the engine.
     *
     * @throws dev.tidemill.foundation.error.TidemillException DATABASE_IN_USE,
     *     DATABASE_UNREACHABLE, CATALOG_DAMAGED, STEP_LOG_DAMAGED
     */
    public Engine open() {
      return new Engine(this);
    }
  }
}
