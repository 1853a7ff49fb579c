package dev.tidemill.streaming;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.ScanPlan;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.DeltaScanPlan;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.pipeline.DeltaPipeline;
import dev.tidemill.streaming.result.Delivery;
import dev.tidemill.streaming.result.KeptDelivery;
import dev.tidemill.streaming.result.LateDelivery;
import dev.tidemill.streaming.result.ResultFeed;
import dev.tidemill.streaming.result.ResultTable;
import dev.tidemill.streaming.result.SinkDelivery;
import dev.tidemill.streaming.state.MemoryState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts standing queries together: tables, state, delivery and the compiled plan over them. */
final class QueryAssembler {
  private final StreamingContext context;
  private final Function<String, @Nullable Standing> sources;

  /**
   * @param sources the standing query of a name, or null
   */
  QueryAssembler(StreamingContext context, Function<String, @Nullable Standing> sources) {
    this.context = context;
    this.sources = sources;
  }

  /** Gives a query's state as it was kept, or null where it is to begin anew. */
  interface StateReader {
    @Nullable MemoryState read(MemoryScope scope);
  }

  /**
   * A query that is kept, by its definition and with the state that {@code kept} reads.
   *
   * @throws dev.tidemill.foundation.error.TidemillException if a table is gone or has other
   *     columns, or rows of one are gone with the process, or the state cannot be read
   */
  StandingQuery kept(StoredQuery stored, StateReader kept) {
    return assemble(stored, kept, null);
  }

  /** A query whose changes {@code delivery}, which it takes over, gets; nothing of it is kept. */
  StandingQuery adHoc(StoredQuery stored, Delivery delivery) {
    return assemble(stored, scope -> null, delivery);
  }

  /** A query that delivers nowhere and computes beside another; nothing of it is kept. */
  StandingQuery beside(StoredQuery stored) {
    return assemble(stored, scope -> null, new Nowhere());
  }

  private static final class Nowhere implements Delivery {
    @Override
    public long lastStep() {
      return -1;
    }

    @Override
    public long write(long step, List<Batch> change) {
      return 0;
    }

    @Override
    public void commit() {}

    @Override
    public void rollback() {}

    @Override
    public void end() {}

    @Override
    public void close() {}
  }

  private StandingQuery assemble(StoredQuery stored, StateReader kept, @Nullable Delivery adHoc) {
    QueryDefinition definition = stored.definition();
    MemoryScope scope = context.memory().child(definition.name(), context.disk(definition.state()));
    MemoryState state = null;
    Delivery delivery = adHoc;
    Map<TableReference, ResultFeed> feeds = new LinkedHashMap<>();
    try {
      Map<TableReference, Table> tables = new LinkedHashMap<>();
      collectTables(stored.plan().root(), tables);
      feeds(tables, scope, feeds);
      if (context.directory() != null && adHoc == null) {
        requireReplayable(stored, tables);
      }
      state = kept.read(scope);
      if (state == null) {
        state = new MemoryState(scope);
      }
      if (delivery == null) {
        delivery = delivery(stored, scope, state);
      }
      DeltaPipeline pipeline =
          context
              .pipelines()
              .compile(stored.plan(), stored.definition().mode(), state, Map.copyOf(feeds), scope);
      return new StandingQuery(
          stored,
          new StandingQuery.Parts(
              tables,
              feeds,
              pinsLiving(stored.plan().root()),
              scope,
              state,
              pipeline,
              delivery,
              adHoc == null
                  ? new LateDelivery(
                      context.catalog(), stored.definition().name(), stored.id(), scope)
                  : null));
    } catch (Throwable t) {
      feeds.values().forEach(ResultFeed::close);
      if (delivery != null) {
        delivery.close();
      }
      if (state != null) {
        state.close();
      }
      scope.close();
      throw t;
    }
  }

  /** The tables of a plan that are not results of standing queries. */
  Map<TableReference, Table> tables(StandingPlan plan) {
    Map<TableReference, Table> tables = new LinkedHashMap<>();
    collectTables(plan.root(), tables);
    tables.values().removeIf(ResultTable.class::isInstance);
    return tables;
  }

  /** The tables that a query grows with. */
  private void collectTables(DeltaPlan plan, Map<TableReference, Table> tables) {
    if (plan instanceof DeltaScanPlan scan) {
      tables.computeIfAbsent(
          scan.table(), reference -> context.catalog().table(reference.path()).table());
    }
    plan.inputs().forEach(input -> collectTables(input, tables));
  }

  /** Whether rows are pinned of a table that would not give the same ones again. */
  private boolean pinsLiving(DeltaPlan plan) {
    return plan instanceof StaticPlan fixed && readsLiving(fixed.body())
        || plan.inputs().stream().anyMatch(this::pinsLiving);
  }

  private boolean readsLiving(BatchPlan plan) {
    return plan instanceof ScanPlan scan
            && !context.catalog().table(scan.table().path()).table().replayable()
        || plan.inputs().stream().anyMatch(this::readsLiving);
  }

  /** Takes the results of other standing queries out of the tables. */
  private void feeds(
      Map<TableReference, Table> tables, MemoryScope scope, Map<TableReference, ResultFeed> feeds) {
    for (TableReference reference : List.copyOf(tables.keySet())) {
      if (tables.get(reference) instanceof ResultTable result
          && sources.apply(reference.path().getLast()) instanceof StandingQuery source
          && source.delivery() instanceof KeptDelivery kept) {
        tables.remove(reference);
        feeds.put(reference, result.feed(source, kept, scope));
      }
    }
  }

  private static void requireReplayable(StoredQuery stored, Map<TableReference, Table> tables) {
    tables.forEach(
        (reference, table) -> {
          if (!table.replayable()) {
            throw StreamingErrors.notReplayable(stored.definition().name(), reference.toString());
          }
        });
  }

  private Delivery delivery(StoredQuery stored, MemoryScope scope, MemoryState state) {
    QueryDefinition definition = stored.definition();
    TableReference sink = definition.sink();
    if (sink == null) {
      return new KeptDelivery(stored.plan(), definition.mode(), state, stored.succeeded());
    }
    Table table = context.catalog().table(sink.path()).table();
    SinkDelivery delivery =
        new SinkDelivery(
            () -> table.sink(stored.id()),
            stored.continues(),
            table.schema(),
            definition.mode(),
            stored.plan(),
            state,
            scope);
    if (!stored.continues()) {
      delivery.open();
    }
    return delivery;
  }
}
