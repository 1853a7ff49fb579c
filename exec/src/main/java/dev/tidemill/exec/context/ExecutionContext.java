package dev.tidemill.exec.context;

import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.plan.batch.TableReference;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a plan is given: its tables, inputs, parameters and time, its memory, and how it
 * is to be run. Immutable; made by {@link #builder}.
 *
 * <p>The memory scope stays the caller's. Whatever the run reserves in it is back when the run is
 * closed, but for the batches it has handed out, which are charged to the scope itself until they
 * are closed.
 */
public final class ExecutionContext {
  /** How urgent a run is, where more runs want to work than there are threads. */
  public enum Priority {
    /** A step of a standing query: goes first. */
    STEP,
    /** A statement somebody waits for. */
    STATEMENT
  }

  private final MemoryScope memory;
  private final Function<TableReference, TableSnapshot> tables;
  private final Map<Integer, RunInput> inputs;
  private final List<@Nullable Object> parameters;
  private final Instant statementTime;
  private final int threads;
  private final Priority priority;
  private final Path spillDirectory;
  private final boolean planThroughJson;
  private final boolean exchangeThroughIpc;
  private final boolean countsParts;

  private ExecutionContext(Builder builder) {
    this.memory = builder.memory;
    this.tables = builder.tables;
    this.inputs = Map.copyOf(builder.inputs);
    this.parameters = new ArrayList<>(builder.parameters);
    this.statementTime = builder.statementTime;
    this.threads = builder.threads;
    this.priority = builder.priority;
    this.spillDirectory = builder.spillDirectory;
    this.planThroughJson = builder.planThroughJson;
    this.exchangeThroughIpc = builder.exchangeThroughIpc;
    this.countsParts = builder.countsParts;
  }

  /**
   * A context without tables, inputs and parameters, at the epoch, for as many threads as the
   * executor has.
   */
  public static Builder builder(MemoryScope memory) {
    return new Builder(memory);
  }

  /** The run's part of the budget. */
  public MemoryScope memory() {
    return memory;
  }

  /**
   * The table behind a name, pinned: the same snapshot at every call. Throws where there is none.
   */
  public TableSnapshot table(TableReference reference) {
    return tables.apply(reference);
  }

  /** What stands for the {@code InputPlan} of this number, or null. */
  public @Nullable RunInput input(int number) {
    return inputs.get(number);
  }

  /**
   * Values of the question marks, objects of the classes that {@code Type} names, null for NULL.
   */
  public List<@Nullable Object> parameters() {
    return parameters;
  }

  /** CURRENT_TIMESTAMP and its relatives. */
  public Instant statementTime() {
    return statementTime;
  }

  /** At most this many workers; 0 leaves it to the executor. */
  public int threads() {
    return threads;
  }

  public Priority priority() {
    return priority;
  }

  /** Where rows go that do not fit the memory. */
  public Path spillDirectory() {
    return spillDirectory;
  }

  /** Test mode: the plan is written as JSON and read back before it is compiled. */
  public boolean planThroughJson() {
    return planThroughJson;
  }

  /** Test mode: every batch of an exchange is written as Arrow IPC and read back. */
  public boolean exchangeThroughIpc() {
    return exchangeThroughIpc;
  }

  /** Whether scans find out, too, how many parts of their tables they left out. */
  public boolean countsParts() {
    return countsParts;
  }

  /** Collects the parts of an {@link ExecutionContext}. */
  public static final class Builder {
    private final MemoryScope memory;
    private Function<TableReference, TableSnapshot> tables =
        reference -> {
          throw new IllegalStateException("a run without tables reads " + reference);
        };
    private final Map<Integer, RunInput> inputs = new HashMap<>();
    private List<? extends @Nullable Object> parameters = List.of();
    private Instant statementTime = Instant.EPOCH;
    private int threads;
    private Priority priority = Priority.STATEMENT;
    private Path spillDirectory = Path.of(EngineSettings.SPILL_DIRECTORY.defaultValue());
    private boolean planThroughJson;
    private boolean exchangeThroughIpc;
    private boolean countsParts;

    private Builder(MemoryScope memory) {
      this.memory = Objects.requireNonNull(memory);
    }

    /** Tables by name, pinned ({@link TableSnapshot#pinning}). */
    public Builder tables(Function<TableReference, TableSnapshot> resolver) {
      tables = Objects.requireNonNull(resolver);
      return this;
    }

    public Builder input(int number, RunInput input) {
      inputs.put(number, Objects.requireNonNull(input));
      return this;
    }

    public Builder parameters(List<? extends @Nullable Object> values) {
      parameters = values;
      return this;
    }

    public Builder statementTime(Instant time) {
      statementTime = time;
      return this;
    }

    public Builder threads(int count) {
      if (count < 0) {
        throw new IllegalArgumentException("threads: " + count);
      }
      threads = count;
      return this;
    }

    public Builder priority(Priority value) {
      priority = value;
      return this;
    }

    /** Where rows go that do not fit the memory; without it the JVM's temporary directory. */
    public Builder spillDirectory(Path directory) {
      spillDirectory = Objects.requireNonNull(directory);
      return this;
    }

    public Builder planThroughJson(boolean value) {
      planThroughJson = value;
      return this;
    }

    public Builder exchangeThroughIpc(boolean value) {
      exchangeThroughIpc = value;
      return this;
    }

    public Builder countsParts(boolean value) {
      countsParts = value;
      return this;
    }

    public ExecutionContext build() {
      return new ExecutionContext(this);
    }
  }
}
