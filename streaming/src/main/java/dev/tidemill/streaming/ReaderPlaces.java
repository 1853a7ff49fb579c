package dev.tidemill.streaming;

import dev.tidemill.plan.batch.TableReference;
import dev.tidemill.plan.delta.DeltaPlan;
import dev.tidemill.plan.delta.StandingPlan;
import dev.tidemill.plan.delta.StaticPlan;
import dev.tidemill.storage.table.Offset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where standing queries stand in tables of which what is old is to go. */
final class ReaderPlaces {
  private final QueryRegistry registry;
  private final Checkpoints checkpoints;

  ReaderPlaces(QueryRegistry registry, Checkpoints checkpoints) {
    this.registry = registry;
    this.checkpoints = checkpoints;
  }

  /**
   * Where the queries go on that read a table, also after a crash: nothing before that is read
   * again. To be asked between two steps, and true as long as that lasts.
   *
   * @param path of the table
   * @return null where something may be read that is older
   */
  @Nullable List<Offset> in(List<String> path) {
    String key = String.join(".", path).toLowerCase(Locale.ROOT);
    List<Offset> places = new ArrayList<>();
    for (Standing standing : registry.all()) {
      StandingPlan plan = standing.storedPlan();
      if (plan == null) {
        return null;
      }
      boolean readsTable = plan.definitions().containsKey(key);
      boolean readsBeside =
          plan.definitions().keySet().stream().anyMatch(read -> read.startsWith(key + "$"));
      if (!readsTable && !readsBeside) {
        continue;
      }
      if (!(standing instanceof StandingQuery query)
          || readsBeside
          || readsOnce(plan.root())
          || query.failure().step() != null) {
        return null;
      }
      TableReference table = growing(query, key);
      if (table == null || !checkpoints.settle(query)) {
        return null;
      }
      Offset place = query.place(table);
      if (place != null) {
        places.add(place);
      }
    }
    return places;
  }

  private static @Nullable TableReference growing(StandingQuery query, String key) {
    for (TableReference table : query.tables().keySet()) {
      if (String.join(".", table.path()).toLowerCase(Locale.ROOT).equals(key)) {
        return table;
      }
    }
    return null;
  }

  private static boolean readsOnce(DeltaPlan plan) {
    return plan instanceof StaticPlan || plan.inputs().stream().anyMatch(ReaderPlaces::readsOnce);
  }
}
