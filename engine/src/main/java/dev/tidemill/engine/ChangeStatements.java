package dev.tidemill.engine;

import dev.tidemill.foundation.batch.Batch;
import dev.tidemill.foundation.batch.Column;
import dev.tidemill.foundation.batch.Selection;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.foundation.memory.MemoryScope;
import dev.tidemill.planner.PlannedChange;
import dev.tidemill.sql.parser.statement.SqlFragment;
import dev.tidemill.storage.table.Changeable;
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
      int[] matched = new int[batch.rowCount()];
      int[] unmatched = new int[batch.rowCount()];
      int matches = 0;
      int others = 0;
      Column number = batch.column(0);
      for (int i = 0; i < batch.rowCount(); i++) {
        int row = batch.row(i);
        if (number.isNull(row)) {
          unmatched[others++] = row;
        } else {
          matched[matches++] = row;
        }
      }
      boolean keeps = planned.inserts() && !planned.updates();
      if (matches > 0 && !keeps) {
        try (Batch gone = part(batch, 0, 1 + stored, matched, matches)) {
          change.remove(gone);
        }
        if (planned.updates()) {
          try (Batch come = part(batch, 1 + stored, stored, matched, matches)) {
            change.insert(come);
          }
        }
        rows += matches;
      }
      if (others > 0 && planned.inserts()) {
        int from = 1 + (planned.updates() ? 2 : 1) * stored;
        try (Batch come = part(batch, from, stored, unmatched, others)) {
          change.insert(come);
        }
        rows += others;
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
