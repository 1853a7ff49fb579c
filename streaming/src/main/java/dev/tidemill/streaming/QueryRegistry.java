package dev.tidemill.streaming;

import dev.tidemill.foundation.error.NearMisses;
import dev.tidemill.foundation.error.TidemillException;
import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.storage.catalog.Catalog;
import dev.tidemill.storage.catalog.TableDefinition;
import dev.tidemill.storage.table.Offset;
import dev.tidemill.storage.table.Table;
import dev.tidemill.streaming.result.KeptDelivery;
import dev.tidemill.streaming.result.ResultTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Which queries stand, in which groups, and how far each table has been cut. Guarded by the {@link
 * StepLock}; what readers may see of it is passed on to {@link PublishedQueries} and the catalog.
 */
final class QueryRegistry {
  private final Catalog catalog;
  private final PublishedQueries published;
  private final Map<String, Standing> byName = new LinkedHashMap<>();
  private final Map<TableReference, Offset> cuts = new HashMap<>();
  private List<QueryGroup> groups = List.of();

  QueryRegistry(Catalog catalog, PublishedQueries published) {
    this.catalog = catalog;
    this.published = published;
  }

  /** The queries that read the result of one, themselves, in the order they were created. */
  List<StandingQuery> readers(Standing source) {
    return queries().stream().filter(q -> q.reads(source)).toList();
  }

  /** Connected components of queries by the tables and results they read. */
  List<QueryGroup> groups() {
    return groups;
  }

  /** The last cut of each table that a query reads. */
  Map<TableReference, Offset> cuts() {
    return cuts;
  }

  /** All, in the order they were created. */
  Collection<Standing> all() {
    return byName.values();
  }

  /** Those at work, in the order they were created. */
  List<StandingQuery> queries() {
    List<StandingQuery> queries = new ArrayList<>();
    for (Standing query : byName.values()) {
      if (query instanceof StandingQuery at) {
        queries.add(at);
      }
    }
    return queries;
  }

  @Nullable Standing find(String name) {
    return byName.get(PublishedQueries.key(name));
  }

  /**
   * The query of that name.
   *
   * @throws TidemillException QUERY_NOT_FOUND
   */
  Standing get(String name) {
    Standing query = find(name);
    if (query == null) {
      List<String> known = byName.values().stream().map(Standing::name).toList();
      throw StreamingErrors.notFound(name, NearMisses.of(name, known));
    }
    return query;
  }

  /**
   * The query of that name, at work.
   *
   * @throws TidemillException QUERY_NOT_FOUND, QUERY_NOT_RECOVERED
   */
  StandingQuery atWork(String name) {
    return switch (get(name)) {
      case StandingQuery query -> query;
      case UnrecoveredQuery lost -> throw StreamingErrors.notRecovered(lost.name(), lost.cause());
    };
  }

  /** Adds a query, in place of one of its name that could not be recovered. */
  void add(Standing query) {
    Standing before = byName.put(PublishedQueries.key(query.name()), query);
    if (before != null) {
      catalog.unregister(query.name());
    }
    enter(query);
  }

  private void enter(Standing query) {
    switch (query) {
      case StandingQuery at -> {
        if (at.delivery() instanceof KeptDelivery) {
          catalog.register(
              resultDefinition(query),
              new ResultTable(at.plan(), at.definition().mode(), at.state()::read));
        }
      }
      case UnrecoveredQuery lost -> {
        if (lost.definition().sink() == null) {
          catalog.registerUnreadable(
              resultDefinition(query),
              () -> StreamingErrors.notRecovered(lost.name(), lost.cause()));
        }
      }
    }
    published.add(query);
    regroup();
  }

  private static TableDefinition resultDefinition(Standing query) {
    return new TableDefinition(
        query.name(), List.of(), null, List.of(), false, Map.of(), query.definition().sql());
  }

  /** Takes a query out and gives back what it holds in memory; what is kept of it stays. */
  void remove(Standing query) {
    byName.remove(PublishedQueries.key(query.name()));
    published.remove(query.name());
    if (query.definition().sink() == null) {
      catalog.unregister(query.name());
    }
    try {
      if (query instanceof StandingQuery at) {
        at.close();
      }
    } finally {
      forgetCuts();
      regroup();
    }
  }

  /**
   * As {@link #remove} and {@link #add}: whatever the one that goes does not give back, the other
   * is there.
   */
  void renew(Standing before, StandingQuery by) {
    try {
      remove(before);
    } finally {
      add(by);
    }
  }

  /**
   * Puts a query in the place of one of its name, which gives back what it holds in memory. It
   * reads nothing else than that one.
   */
  void replace(StandingQuery before, StandingQuery by) {
    if (before.definition().sink() == null) {
      catalog.unregister(before.name());
    }
    byName.put(PublishedQueries.key(before.name()), by);
    enter(by);
    before.close();
    forgetCuts();
  }

  /**
   * Cuts of tables that nobody reads any more are forgotten: the next query begins at the start.
   */
  private void forgetCuts() {
    cuts.keySet()
        .removeIf(table -> queries().stream().noneMatch(q -> q.tables().containsKey(table)));
  }

  private void regroup() {
    List<Set<TableReference>> tables = new ArrayList<>();
    List<List<StandingQuery>> members = new ArrayList<>();
    for (StandingQuery query : queries()) {
      Set<TableReference> merged = new HashSet<>(query.tables().keySet());
      List<StandingQuery> together = new ArrayList<>();
      for (int i = tables.size() - 1; i >= 0; i--) {
        boolean reads =
            members.get(i).stream().anyMatch(other -> query.reads(other) || other.reads(query));
        if (reads || tables.get(i).stream().anyMatch(merged::contains)) {
          merged.addAll(tables.remove(i));
          together.addAll(0, members.remove(i));
        }
      }
      together.add(query);
      tables.add(merged);
      members.add(together);
    }
    groups = members.stream().map(group -> new QueryGroup(group, cuts)).toList();
  }

  /**
   * Puts the cuts of tables to where the furthest of their readers stands, and counts what waits
   * for the others. Where all stand at one place the table is not asked.
   *
   * @param unreadable is told of each query of which a table cannot be read
   */
  void align(
      Collection<TableReference> tables, BiConsumer<StandingQuery, TidemillException> unreadable) {
    for (TableReference table : tables) {
      Map<StandingQuery, Offset> places = new LinkedHashMap<>();
      for (StandingQuery query : queries()) {
        Table read = query.tables().get(table);
        if (read != null) {
          Offset place = query.place(table);
          places.put(query, place == null ? read.start() : place);
        }
      }
      align(table, places, unreadable);
    }
  }

  private void align(
      TableReference table,
      Map<StandingQuery, Offset> places,
      BiConsumer<StandingQuery, TidemillException> unreadable) {
    Offset cut = cuts.get(table);
    Set<Offset> different = new HashSet<>(places.values());
    if (cut != null) {
      different.add(cut);
    }
    if (different.size() == 1) {
      places.keySet().forEach(query -> query.setPendingRows(table, 0));
      if (places.keySet().stream().anyMatch(query -> query.place(table) != null)) {
        cuts.put(table, different.iterator().next());
      }
      return;
    }
    Map<Offset, Long> behind = new HashMap<>();
    places.forEach(
        (query, place) -> {
          try {
            Table read = query.tables().get(table);
            if (read != null && !behind.containsKey(place)) {
              behind.put(place, read.advance(place, Long.MAX_VALUE).rows());
            }
            if (read != null && cut != null && !behind.containsKey(cut)) {
              behind.put(cut, read.advance(cut, Long.MAX_VALUE).rows());
            }
          } catch (TidemillException e) {
            unreadable.accept(query, e);
          }
        });
    Offset furthest = cut == null || !behind.containsKey(cut) ? null : cut;
    for (Map.Entry<Offset, Long> place : behind.entrySet()) {
      if (furthest == null || place.getValue() < behind.getOrDefault(furthest, Long.MAX_VALUE)) {
        furthest = place.getKey();
      }
    }
    if (furthest != null) {
      Offset to = furthest;
      cuts.put(table, to);
      places.forEach(
          (query, place) -> {
            Long own = behind.get(place);
            if (own != null && !place.equals(to)) {
              query.beginBefore(table, to);
            }
            if (own != null) {
              query.setPendingRows(table, own - behind.getOrDefault(to, 0L));
            }
          });
    }
  }
}
