package dev.tidemill.exec.pipeline;

import dev.tidemill.exec.context.ExecutionContext;
import dev.tidemill.exec.error.ExecErrors;
import dev.tidemill.exec.spill.MemoryShare;
import dev.tidemill.exec.spill.MemoryShares;
import dev.tidemill.exec.spill.Spill;
import dev.tidemill.foundation.memory.MemoryScope;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a compiled plan: its pipelines in the order in which they work, its state, its
 * memory.
 *
 * <p>Operators connect themselves from the top down. A join of a scan with an aggregate over
 * another scan becomes:
 *
 * <pre>
 *   step 1   scan b ─▶ aggregate's tables            (pipeline)
 *   step 2   merge the tables                        (action)
 *   step 3   aggregate's rows ─▶ join's build        (pipeline)
 *   step 4   make the join's directory               (action)
 *   step 5   scan a ─▶ probe ─▶ result               (pipeline)
 *   step 6   unmatched build rows ─▶ result          (pipeline; RIGHT and FULL)
 * </pre>
 *
 * <p>Steps follow one another; the workers of a pipeline work side by side. {@link #connect} and
 * {@link #execute} belong to one thread, {@link #cancel} and {@link #statistics} to any.
 */
public final class Run implements AutoCloseable {
  private final ExecutionContext context;
  private final Crew crew;
  private final List<Runnable> steps = new ArrayList<>();
  private final List<AutoCloseable> owned = new ArrayList<>();
  private final Map<Operator, OperatorCounters> counters;
  private final List<OperatorCounters> ordered;
  private final Map<Operator, MemoryScope> scopes;

  /** The run that this one is a part of, or null. */
  private final @Nullable Run outer;

  private final Map<Operator, List<Object>> attached = new IdentityHashMap<>();
  private final List<MemoryScope> parts = new ArrayList<>();
  private final MemoryShares shares;
  private boolean closed;
  private volatile @Nullable Throwable failure;

  public Run(ExecutionContext context, Crew crew) {
    this.context = context;
    this.crew = crew;
    this.counters = new IdentityHashMap<>();
    this.ordered = new CopyOnWriteArrayList<>();
    this.scopes = new IdentityHashMap<>();
    this.outer = null;
    this.shares = new MemoryShares(context.memory());
    context.memory().beginSharing();
  }

  private Run(Run outer) {
    this.context = outer.context;
    this.crew = outer.crew;
    this.counters = outer.counters;
    this.ordered = outer.ordered;
    this.scopes = outer.scopes;
    this.outer = outer;
    this.shares = new MemoryShares(context.memory());
  }

  /**
   * A run of some operators of this one, which is executed and closed within a step of it, by the
   * thread that executes this one: state of its own; counters, memory and cancellation are this
   * one's.
   */
  public Run inner() {
    return new Run(this);
  }

  public ExecutionContext context() {
    return context;
  }

  /** The most workers a pipeline may have. */
  public int threads() {
    return crew.size();
  }

  /** The operator's own part of the memory. */
  public MemoryScope memory(Operator operator) {
    MemoryScope scope = scopes.get(operator);
    if (scope == null) {
      throw new IllegalStateException("not of this plan: " + operator.name());
    }
    return scope;
  }

  /** A part of the operator's memory with a name of its own in errors. */
  public MemoryScope memory(Operator operator, String part) {
    MemoryScope scope = memory(operator).child(part);
    parts.add(scope);
    return scope;
  }

  /** A share of the run's memory for what the operator holds in {@code memory}. */
  public MemoryShare share(MemoryScope memory) {
    return shares.share(memory);
  }

  /** A place on disk for what the operator cannot hold, until the run is closed. */
  public Spill spill(Operator operator, MemoryScope memory) {
    return own(newSpill(operator, memory));
  }

  /** As {@link #spill}, the caller's to close. */
  public Spill newSpill(Operator operator, MemoryScope memory) {
    OperatorCounters own = counters(operator);
    return new Spill(
        context.spillDirectory(), operator.name(), memory, own.spilledBytes, own.spilledFiles);
  }

  /**
   * Connects the plan's root, whose rows go to {@code result}; {@code resultOwner} stands for
   * whoever takes them.
   */
  public void connectRoot(Operator root, Operator resultOwner, Sink result) {
    register(root);
    connect(root, Downstream.of(new OperatorCounters(resultOwner), result));
  }

  private void register(Operator operator) {
    if (counters.containsKey(operator)) {
      return;
    }
    OperatorCounters own = new OperatorCounters(operator);
    counters.put(operator, own);
    ordered.add(own);
    scopes.put(operator, context.memory().child(operator.name()));
    operator.inputs().forEach(this::register);
  }

  /** Connects {@code operator}: its rows go to {@code down}. */
  public void connect(Operator operator, Downstream down) {
    OperatorCounters from = counters(operator);
    operator.connect(
        this,
        down.before(down.owner(), (worker, next) -> new Edge(worker, from, down.owner(), next)));
  }

  /** What {@code operator} has done so far. */
  public OperatorCounters counters(Operator operator) {
    OperatorCounters found = counters.get(operator);
    if (found == null) {
      throw new IllegalStateException("not of this plan: " + operator.name());
    }
    return found;
  }

  /** A place for rows that ends a pipeline. */
  public Downstream into(Operator operator, Sink sink) {
    return Downstream.of(counters(operator), sink);
  }

  /** {@code stage} of {@code operator} in front of {@code down}. */
  public Downstream through(Operator operator, Stage stage, Downstream down) {
    return down.before(counters(operator), stage);
  }

  /** Gives {@code operator} something for this run; while operators are connected. */
  public void attach(Operator operator, Object added) {
    attached.computeIfAbsent(operator, o -> new ArrayList<>()).add(added);
  }

  /** What was attached to {@code operator} of a kind, in order. */
  public <T> List<T> attached(Operator operator, Class<T> kind) {
    return attached.getOrDefault(operator, List.of()).stream()
        .filter(kind::isInstance)
        .map(kind::cast)
        .toList();
  }

  /** Adds a pipeline as the next step. */
  public void pipeline(Operator operator, Source source, Downstream down) {
    Pipeline pipeline = new Pipeline(counters(operator), source, down);
    steps.add(
        () -> {
          if (!source.isEmpty()) {
            work(pipeline);
          }
        });
  }

  /**
   * Adds as the next step pipelines that work one after the other: each source is asked for when
   * the one before has ended, until there is none.
   */
  public void pipelines(
      Operator operator, Supplier<? extends @Nullable Source> sources, Downstream down) {
    steps.add(
        () -> {
          for (Source source = sources.get(); source != null; source = sources.get()) {
            work(new Pipeline(counters(operator), source, down));
            check();
          }
        });
  }

  private void work(Pipeline pipeline) {
    int workers = Math.min(crew.size(), pipeline.parallelism());
    crew.work(workers, () -> pipeline.work(this), this::fail);
  }

  /** Does {@code work} as often as there are workers, side by side. */
  void together(int workers, Runnable work) {
    crew.work(workers, work, this::fail);
  }

  /** Adds an action on one thread as the next step. */
  public void then(Operator operator, Runnable action) {
    OperatorCounters own = counters(operator);
    steps.add(
        () -> {
          long start = System.nanoTime();
          action.run();
          own.nanos.add(System.nanoTime() - start);
        });
  }

  /**
   * Closes {@code state} when the run is closed; what was added last is closed first. Thread-safe.
   */
  public <T extends AutoCloseable> T own(T state) {
    synchronized (owned) {
      owned.add(state);
    }
    return state;
  }

  /** Does all steps. Throws what the first worker that failed threw. */
  public void execute() {
    check();
    for (Runnable step : steps) {
      try {
        step.run();
      } catch (Throwable t) {
        fail(t);
      }
      check();
    }
  }

  /** Ends the work at the next batch of each worker. */
  public void cancel() {
    fail(ExecErrors.cancelled());
  }

  private synchronized void fail(Throwable thrown) {
    if (failure == null) {
      failure = thrown;
    }
  }

  /** Throws if the run has been cancelled or a worker has failed. */
  public void check() {
    Throwable thrown = failure;
    if (thrown != null) {
      throw ExecErrors.wrap(thrown);
    }
    if (outer != null) {
      outer.check();
    }
  }

  boolean yield() {
    return crew.yield();
  }

  /** What each operator has done so far, the root first, then its inputs, depth first. */
  public List<OperatorStatistics> statistics() {
    return ordered.stream().map(OperatorCounters::snapshot).toList();
  }

  /** Frees all state. No worker may be at work. */
  @Override
  public void close() {
    Throwable first = null;
    if (!closed && outer == null) {
      context.memory().endSharing();
    }
    closed = true;
    synchronized (owned) {
      for (int i = owned.size() - 1; i >= 0; i--) {
        first = close(owned.get(i), first);
      }
      owned.clear();
    }
    for (MemoryScope part : parts) {
      first = close(part, first);
    }
    parts.clear();
    if (outer == null) {
      first = closeScopes(first);
    }
    if (first != null) {
      throw ExecErrors.wrap(first);
    }
  }

  private @Nullable Throwable closeScopes(@Nullable Throwable failed) {
    Throwable first = failed;
    for (OperatorCounters own : ordered) {
      MemoryScope scope = scopes.remove(own.operator());
      if (scope != null) {
        own.peakBytes = scope.peak();
        first = close(scope, first);
      }
    }
    return first;
  }

  private static @Nullable Throwable close(AutoCloseable closeable, @Nullable Throwable first) {
    try {
      closeable.close();
      return first;
    } catch (Exception e) {
      if (first != null) {
        first.addSuppressed(e);
        return first;
      }
      return e;
    }
  }
}
