package dev.tidemill.engine;

import dev.tidemill.exec.spill.BlockFormat;
import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.foundation.setting.EngineSettings;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.plan.delta.OutputMode;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.streaming.QueryDefinition;
import dev.tidemill.streaming.Retries;
import dev.tidemill.streaming.Trigger;
import dev.tidemill.streaming.result.ConsumerDelivery;
import java.time.ZoneId;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

/** SELECT … EMIT: a standing query that is only read, and gone when its reader is. */
final class EmitStatements {
  private final Session session;
  private final Cancellation cancellation;

  EmitStatements(Session session, Cancellation cancellation) {
    this.session = session;
    this.cancellation = cancellation;
  }

  Result run(Statement.Query query) {
    OutputMode mode =
        query.emit() == Statement.Query.Emit.ON_WINDOW_CLOSE
            ? OutputMode.APPEND
            : OutputMode.UPDATE;
    StandingPlanning.Planned planned = new StandingPlanning(session).plan(query.query(), mode);
    QueryDefinition definition =
        new QueryDefinition(
            "",
            null,
            mode,
            new Trigger.AsFastAsPossible(),
            session.settings().get(EngineSettings.MAX_ROWS_PER_STEP),
            0,
            Retries.NONE,
            false,
            session.settings().get(EngineSettings.STATE),
            query.unparse());
    Emission emission =
        new Emission(session, cancellation, planned.plan().columns(), mode == OutputMode.UPDATE);
    try {
      emission.name =
          session.engine().standing().adHoc(definition, planned.plan(), emission, emission::failed);
      return emission;
    } catch (RuntimeException | Error e) {
      emission.memory.close();
      throw e;
    }
  }

  /**
   * Changes on their way from the steps to the reader. When some wait already the query takes no
   * further step, so that a slow reader costs no more memory than the change of one step.
   */
  static final class Emission implements Result, ConsumerDelivery.ChangeConsumer {
    /** Batches. */
    private static final int MOST_WAITING = 16;

    private final Session session;
    private final Cancellation cancellation;
    private final List<OutputColumn> columns;
    private final MemoryScope memory;
    private final ZoneId timeZone;
    private final boolean weights;
    private final BlockingQueue<Item> items = new LinkedBlockingQueue<>();
    private @Nullable String name;
    private boolean closed;

    /** Something that has happened to the query. */
    private sealed interface Item {}

    private record Change(Batch batch) implements Item {}

    private record End() implements Item {}

    private record Failure(TidemillException error) implements Item {}

    Emission(
        Session session, Cancellation cancellation, List<OutputColumn> columns, boolean weights) {
      this.session = session;
      this.cancellation = cancellation;
      this.columns = columns;
      this.weights = weights;
      this.memory = session.statementMemory("emit");
      this.timeZone = session.settings().get(EngineSettings.TIME_ZONE);
      cancellation.onCancel(() -> items.add(new Failure(EngineErrors.cancelled())));
    }

    @Override
    public boolean isReady() {
      return items.size() < MOST_WAITING;
    }

    @Override
    public void accept(long step, List<Batch> change) {
      try {
        for (Batch batch : change) {
          // What is handed on may be memory of the query's tables.
          synchronized (this) {
            if (!closed) {
              items.add(new Change(BlockFormat.copy(batch, memory)));
            }
          }
        }
      } finally {
        change.forEach(Batch::close);
      }
    }

    @Override
    public void ended() {
      items.add(new End());
    }

    void failed(TidemillException error) {
      items.add(new Failure(error));
    }

    @Override
    public Schema schema() {
      return ResultColumns.schema(columns);
    }

    @Override
    public boolean hasRows() {
      return true;
    }

    @Override
    public boolean isLive() {
      return true;
    }

    @Override
    public ZoneId timeZone() {
      return timeZone;
    }

    @Override
    public boolean hasWeights() {
      return weights;
    }

    @Override
    public String tag() {
      return "EMIT";
    }

    @Override
    public long updateCount() {
      return -1;
    }

    @Override
    public @Nullable Batch next() {
      cancellation.check();
      try {
        Item item = items.take();
        return switch (item) {
          case Change change -> change.batch();
          case End end -> {
            items.add(end);
            yield null;
          }
          case Failure failure -> {
            items.add(failure);
            throw failure.error();
          }
        };
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw EngineErrors.cancelled();
      }
    }

    @Override
    public void close() {
      synchronized (this) {
        if (closed) {
          return;
        }
        closed = true;
      }
      session.finished(cancellation);
      String query = name;
      try (memory) {
        if (query != null) {
          session.engine().standing().drop(query);
        }
        for (Item item = items.poll(); item != null; item = items.poll()) {
          if (item instanceof Change change) {
            change.batch().close();
          }
        }
      }
    }
  }
}
