package dev.tidemill.streaming;

import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.table.InputKind;
import dev.tidemill.storage.table.Table;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A wait for queries to have taken what was there when it began. A query that may end is waited for
 * to its end; any other has settled once a look that began after the wait found nothing, and those
 * that write what it reads have settled before. Under the {@link StepLock}.
 */
final class Settlement {
  private final Catalog catalog;
  private final QueryRegistry registry;
  private final StepTaker steps;

  /** Per query (by id) the number of looks when it was first waited for. */
  private final Map<String, Long> since = new HashMap<>();

  Settlement(Catalog catalog, QueryRegistry registry, StepTaker steps) {
    this.catalog = catalog;
    this.registry = registry;
    this.steps = steps;
  }

  /** Whether all of the queries that are still there have settled. */
  boolean isReached(Collection<String> names) {
    boolean all = true;
    for (String name : names) {
      if (registry.find(name) instanceof StandingQuery query) {
        all &= isSettled(query, new HashSet<>());
      }
    }
    return all;
  }

  private boolean isSettled(StandingQuery query, Set<String> seen) {
    if (!query.status().isAtWork() || !seen.add(query.id())) {
      return true;
    }
    if (query.status() == QueryStatus.RETRYING || canEnd(query, new HashSet<>())) {
      since.remove(query.id());
      return false;
    }
    boolean waitsForAnother = false;
    for (StandingQuery other : registry.queries()) {
      if (other != query && feeds(other, query) && !isSettled(other, seen)) {
        waitsForAnother = true;
      }
    }
    if (waitsForAnother) {
      since.remove(query.id());
      return false;
    }
    Long begun = since.putIfAbsent(query.id(), steps.looks());
    return begun != null && steps.settledAt(query) > begun;
  }

  private boolean feeds(StandingQuery writer, StandingQuery reader) {
    if (reader.reads(writer)) {
      return true;
    }
    TableReference sink = writer.definition().sink();
    return sink != null
        && reader.tables().keySet().stream().anyMatch(table -> isSamePlace(table, sink));
  }

  private boolean canEnd(StandingQuery query, Set<String> seen) {
    if (query.status() == QueryStatus.ENDED) {
      return true;
    }
    if (!query.status().isAtWork() || !seen.add(query.id())) {
      return false;
    }
    return query.definition().trigger().endsByItself() || inputsCanEnd(query, seen);
  }

  private boolean inputsCanEnd(StandingQuery query, Set<String> seen) {
    for (StandingQuery writer : registry.queries()) {
      if (query.reads(writer) && !canEnd(writer, seen)) {
        return false;
      }
    }
    for (Map.Entry<TableReference, Table> table : query.tables().entrySet()) {
      if (table.getValue().inputKind() == InputKind.GROWING && !query.hasEnded(table.getKey())) {
        boolean writerEnds = false;
        for (StandingQuery writer : registry.queries()) {
          TableReference sink = writer.definition().sink();
          boolean writes = sink != null && isSamePlace(table.getKey(), sink);
          boolean marksEnd = !writer.definition().trigger().endsByItself();
          writerEnds |= writes && marksEnd && canEnd(writer, seen);
        }
        if (!writerEnds) {
          return false;
        }
      }
    }
    return true;
  }

  /** Whether two tables are one, or stand on the same files. */
  private boolean isSamePlace(TableReference a, TableReference b) {
    return a.equals(b) || place(a).equals(place(b));
  }

  private String place(TableReference table) {
    Map<String, String> options = catalog.table(table.path()).definition().options();
    String path = options.get("path");
    return path == null ? table.toString() : path.replaceAll("/+$", "");
  }
}
