package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.planner.PlannedChange;
import dev.tidemill.sql.parser.statement.SqlFragment;
import dev.tidemill.sql.parser.statement.Statement;
import dev.tidemill.storage.catalog.CatalogEntry;
import dev.tidemill.storage.table.Changeable;
import dev.tidemill.storage.table.Offset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** UPDATE, DELETE and MERGE: each a commit of its table, of rows that go and rows that come. */
final class ChangeStatements {
  private final Session session;
  private final QueryStatements queries;
  private final Cancellation cancellation;

  ChangeStatements(Session session, QueryStatements queries, Cancellation cancellation) {
    this.session = session;
    this.queries = queries;
    this.cancellation = cancellation;
  }

  /**
   * Runs one.
   *
   * @param tag its first word
   */
  Result run(String tag, SqlFragment statement) {
    PlannedChange planned = queries.planning().change(statement, queries.parameters());
    try {
      return new CountResult(tag, run(planned), List.of());
    } catch (TidemillException e) {
      throw e.at(statement.position());
    }
  }

  /** COMPACT TABLE; the update count is how many segments there were. */
  Result compact(Statement.CompactTable compact) {
    CatalogEntry.TableEntry entry = new OwnTables(session).require(compact.table(), "compacted");
    Changeable table = entry.table().changeable();
    if (table == null) {
      throw EngineErrors.cannotCompact(entry.path().getLast(), compact.table().position());
    }
    ReentrantLock lock = session.engine().writeLock(entry.path());
    lock.lock();
    try (MemoryScope memory = session.statementMemory("compact")) {
      StandingQueryRoom standing = session.engine().standing();
      List<String> readers = standing.readersOf(entry.path());
      return standing.betweenSteps(
          entry.path(),
          () -> {
            List<Offset> places = standing.placesIn(entry.path());
            long segments =
                places == null
                    ? table.compact(false, List.of(), memory)
                    : table.compact(true, places, memory);
            return new CountResult(
                "COMPACT TABLE", segments, places == null ? List.of(kept(readers)) : List.of());
          });
    } catch (TidemillException e) {
      throw e.at(compact.table().position());
    } finally {
      lock.unlock();
    }
  }

  private static String kept(List<String> readers) {
    return "old snapshots are kept as long as %s %s the table"
        .formatted(String.join(", ", readers), readers.size() == 1 ? "reads" : "read");
  }

  private long run(PlannedChange planned) {
    List<String> path = planned.target().path();
    Changeable table = planned.target().table().changeable();
    if (table == null) {
      throw EngineErrors.cannotWrite(path.getLast());
    }
    queries.awaitStandingQueries();
    ReentrantLock lock = session.engine().writeLock(path);
    lock.lock();
    try (MemoryScope memory = session.statementMemory("change");
        Changeable.Change change = table.change(memory)) {
      List<String> readers = session.engine().standing().appendReaders(path);
      if (!readers.isEmpty()) {
        throw EngineErrors.readAsAppendOnly(path.getLast(), readers);
      }
      Writer writer = new Writer(planned, change);
      try (QueryResult result = queries.start(planned.query().plan())) {
        for (Batch batch = result.next(); batch != null; batch = result.next()) {
          try (Batch current = batch) {
            writer.write(current);
          }
        }
      }
      cancellation.check();
      change.commit();
      return writer.rows;
    } catch (TidemillException e) {
      throw session.engine().standing().notWritten(path, e);
    } finally {
      lock.unlock();
    }
  }

  /** Divides the rows of a change into those that go and those that come. */
  private static final class Writer {
    private final PlannedChange planned;
    private final Changeable.Change change;
    private final int stored;
    private long rows;

    Writer(PlannedChange planned, Changeable.Change change) {
      this.planned = planned;
      this.change = change;
      this.stored = planned.target().table().schema().getFields().size();
    }

    void write(Batch batch) {
      Column action = batch.column(1 + stored);
      int from = 2 + stored;
      for (int k = 0; k < planned.actions().size(); k++) {
        int[] chosen = new int[batch.rowCount()];
        int count = 0;
        for (int i = 0; i < batch.rowCount(); i++) {
          int row = batch.row(i);
          if (action.value(row) instanceof Integer number && number == k + 1) {
            chosen[count++] = row;
          }
        }
        boolean come =
            switch (planned.actions().get(k)) {
              case UPDATE -> {
                remove(batch, chosen, count);
                insert(batch, from, chosen, count);
                yield true;
              }
              case DELETE -> {
                remove(batch, chosen, count);
                yield false;
              }
              case INSERT -> {
                insert(batch, from, chosen, count);
                yield true;
              }
              case NOTHING -> {
                count = 0;
                yield false;
              }
            };
        from += come ? stored : 0;
        rows += count;
      }
    }

    private void remove(Batch batch, int[] chosen, int count) {
      if (count > 0) {
        try (Batch gone = part(batch, 0, 1 + stored, chosen, count)) {
          change.remove(gone);
        }
      }
    }

    private void insert(Batch batch, int from, int[] chosen, int count) {
      if (count > 0) {
        try (Batch come = part(batch, from, stored, chosen, count)) {
          change.insert(come);
        }
      }
    }

    private static Batch part(Batch batch, int from, int count, int[] rows, int rowCount) {
      List<Column> columns = new ArrayList<>(count);
      for (int i = from; i < from + count; i++) {
        columns.add(batch.column(i).retain());
      }
      return new Batch(
          batch.length(), columns, new Selection(Arrays.copyOf(rows, rowCount), rowCount), null);
    }
  }
}
