package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.plan.batch.BatchPlan;
import dev.tidemill.plan.batch.OutputColumn;
import dev.tidemill.planner.PlannedInsert;
import dev.tidemill.planner.PlannedQuery;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.files.FileExport;
import dev.tidemill.storage.table.RowOperation;
import dev.tidemill.storage.table.SinkMode;
import dev.tidemill.storage.table.TableSink;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** INSERT, CREATE TABLE AS and COPY: a query whose rows are written. All of them, or none. */
final class WriteStatements {
  private final Session session;
  private final QueryStatements queries;
  private final Cancellation cancellation;
  private final Catalog catalog;

  WriteStatements(Session session, QueryStatements queries, Cancellation cancellation) {
    this.session = session;
    this.queries = queries;
    this.cancellation = cancellation;
    this.catalog = session.engine().catalog();
  }

  Result insert(Statement.Insert insert) {
    PlannedInsert planned =
        queries.planning().insert(queries.withPivotValues(insert.insert()), queries.parameters());
    try {
      return new CountResult("INSERT", write(planned.target(), planned.query().plan()), List.of());
    } catch (TidemillException e) {
      throw e.at(insert.insert().position());
    }
  }

  Result createTableAs(Statement.CreateTableAs create) {
    String name = OwnNames.require(create.name(), session.namespace());
    String sql = TableDefinitions.canonical(create).unparse();
    for (TableDefinition there : catalog.tableDefinitions()) {
      if (TableStatements.isNamed(there.name(), name)
          && (create.ifNotExists() || there.sql().equals(sql))) {
        return CountResult.done("CREATE TABLE", "table " + name + " is there already");
      }
    }
    PlannedQuery query =
        queries.planning().query(queries.withPivotValues(create.query()), queries.parameters());
    TableDefinition definition =
        new TableDefinitions(queries.planning()).of(create, name, query.columns());
    return OptionPositions.placing(
        create.options(),
        create.name().position(),
        () -> {
          if (create.replace()) {
            new TableStatements(session).dropForReplacement(name, create.name().position());
          }
          long[] rows = new long[1];
          catalog.createTable(definition, false, entry -> rows[0] = write(entry, query.plan()));
          return new CountResult("CREATE TABLE", rows[0], List.of());
        });
  }

  /**
   * Runs the plan and appends its rows, which are those of the table's stored columns, as one step
   * of INSERT.
   */
  long write(CatalogEntry.TableEntry target, BatchPlan plan) {
    String name = target.path().getLast();
    if (session.engine().standing().keepsResult(name)) {
      throw EngineErrors.cannotWrite(name);
    }
    List<OutputColumn> columns = ResultColumns.of(target.table().schema());
    ReentrantLock lock = session.engine().writeLock(target.path());
    lock.lock();
    try (MemoryScope memory = session.statementMemory("insert");
        TableSink sink = target.table().sink(TableSink.INSERT);
        TableSink.StepWriter writer = sink.begin(sink.lastStep() + 1, SinkMode.APPEND, memory)) {
      long rows =
          drain(
              plan,
              batch -> {
                requireValues(batch, columns, name);
                writer.write(batch, RowOperation.INSERT);
              });
      cancellation.check();
      writer.commit();
      return rows;
    } catch (TidemillException e) {
      throw session.engine().standing().notWritten(target.path(), e);
    } finally {
      lock.unlock();
    }
  }

  Result copy(Statement.CopyTo copy) {
    queries.awaitStandingQueries();
    PlannedQuery query =
        queries.planning().query(queries.withPivotValues(copy.query()), queries.parameters());
    TableDefinitions.requireStorable(query.columns(), copy.query().position());
    return OptionPositions.placing(
        copy.options(),
        copy.file().position(),
        () -> {
          try (MemoryScope memory = session.statementMemory("copy");
              FileExport export =
                  FileExport.open(
                      session.engine().connectors().files(),
                      session.engine().connectors().workingDirectory(),
                      copy.file().text(),
                      TableDefinitions.options(copy.options()),
                      ResultColumns.schema(query.columns()),
                      memory)) {
            long rows = drain(query.plan(), export::write);
            cancellation.check();
            export.commit();
            return new CountResult("COPY", rows, List.of());
          }
        });
  }

  private long drain(BatchPlan plan, Consumer<Batch> sink) {
    long rows = 0;
    try (QueryResult result = queries.start(plan)) {
      for (Batch batch = result.next(); batch != null; batch = result.next()) {
        try (Batch current = batch) {
          rows += current.rowCount();
          sink.accept(current);
        }
      }
    }
    return rows;
  }

  private static void requireValues(Batch batch, List<OutputColumn> columns, String table) {
    for (int i = 0; i < columns.size(); i++) {
      Column column = batch.column(i);
      if (columns.get(i).nullable() || !column.mayHaveNulls()) {
        continue;
      }
      for (int row = 0; row < batch.rowCount(); row++) {
        if (column.isNull(batch.row(row))) {
          throw EngineErrors.notNull(columns.get(i).name(), table);
        }
      }
    }
  }
}
